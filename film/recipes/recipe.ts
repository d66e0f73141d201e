import { hashOf } from "../hash.ts";
import type { Json, NodeId, NodeKind, Recipe, Wish } from "../film.ts";

/** The id of a node. */
export const nodeId = (kind: NodeKind, subject: string): NodeId => `${kind}:${subject}`;

/** The two halves of a node's id. */
export function partsOf(id: NodeId): { kind: NodeKind; subject: string } {
  const colon = id.indexOf(":");
  return { kind: id.slice(0, colon) as NodeKind, subject: id.slice(colon + 1) };
}

/** A recipe as the film alone says it: by the film's wish, the cheapest where it has none; first variant. */
export const derivedRecipe = (tool: string, params: Recipe["params"], wish: Wish = "cheapest"): Recipe => ({ tool, params, wish, variant: 0 });

/** The recipe of a file that people bring. */
export const uploadRecipe = (assetSha256: string): Recipe => derivedRecipe("upload", { asset: assetSha256 });

/** A recipe as a plain value, so that it can be hashed. */
export const recipeJson = ({ tool, params, wish, variant }: Recipe): Json => ({ tool, params, wish, variant });

/** The hash of a recipe; of a derived one it is what a choice names as its `base`. */
export const recipeHash = (recipe: Recipe): string => hashOf(recipeJson(recipe));
