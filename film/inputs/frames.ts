import type { NodeId, Recipe, TakeFacts } from "../film.ts";
import type { ShotLength } from "../recipes/picture.ts";
import { nodeId } from "../recipes/recipe.ts";
import { shotFrames } from "../recipes/speech.ts";

/** The frames of the takes that a node is made from. */
export type DepTakes = ReadonlyMap<NodeId, Pick<TakeFacts, "frames">>;

/** Frames of a voice's take, or null while it has none. */
export const voiceFrames = (takes: DepTakes) => (line: string): number | null => takes.get(nodeId("voice", line))?.frames ?? null;

/** Frames that a picture must last: known before it is made, once the voices are. Null for everything else, and for what people bring. */
export function recipeFrames({ tool, params }: Recipe, takes: DepTakes): number | null {
  if (tool === "title") return params["frames"] as number;
  if (tool === "move" || tool === "clip") return shotFrames(params as unknown as ShotLength, voiceFrames(takes));
  return null;
}
