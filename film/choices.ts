import { hashOf } from "./hash.ts";
import { wishableKinds, type Choice, type Film, type NodeId, type NodeKind, type Recipe, type Wish, type WishableKind } from "./film.ts";
import { recipesOf } from "./graph/derive.ts";
import { buildGraph } from "./graph/graph.ts";
import type { Lineage } from "./graph/lineage.ts";
import { partsOf, recipeHash, recipeJson, uploadRecipe } from "./recipes/recipe.ts";

/** What people may bring as a file of their own: footage for a shot's clip, a picture for its frame, a recording, music, a title. */
export const uploadable: readonly NodeKind[] = ["voice", "frame", "clip", "music", "title"];

/**
 * Makes a take the current one, by putting back its recipe and those of everything that it was made from. Undo is choosing the other take.
 */
export function chooseTake(film: Film, lineage: Lineage): Film {
  return withRecipes(film, [...lineage.deps, lineage]);
}

/**
 * Asks for another making of a node: its recipe with the next variant. `takenVariants` are those that takes of the node have already, so
 * that a retake is always a new one. Retaking what people brought makes it by machine again. Null if the film has no such node.
 */
export function retake(film: Film, node: NodeId, takenVariants: readonly number[] = []): Film | null {
  const made = dropUpload(film, node) ?? film;
  const recipe = buildGraph(made).nodes.get(node)?.recipe;
  if (!recipe) return null;
  return withRecipes(film, [{ node, recipe: { ...recipe, variant: Math.max(recipe.variant, ...takenVariants) + 1 } }]);
}

/** Asks for a node to be made by what matters most, or by a model of that name. Null if the film has no such node, or it is an upload. */
export function wishFor(film: Film, node: NodeId, wish: Recipe["wish"]): Film | null {
  const recipe = buildGraph(film).nodes.get(node)?.recipe;
  return recipe && recipe.tool !== "upload" ? withRecipes(film, [{ node, recipe: { ...recipe, wish } }]) : null;
}

/** Takes a file that people brought, by its hash, in the place of what would be made. Null for a node that takes none or is not there. */
export function useUpload(film: Film, node: NodeId, assetSha256: string): Film | null {
  if (!uploadable.includes(partsOf(node).kind) || !buildGraph(film).nodes.has(node)) return null;
  return withRecipes(film, [{ node, recipe: uploadRecipe(assetSha256) }]);
}

/** Takes an upload away, so that the node is made again. Null where there is none. */
export function dropUpload(film: Film, node: NodeId): Film | null {
  if (film.choices[node]?.recipe.tool !== "upload") return null;
  const { [node]: _dropped, ...choices } = film.choices;
  return changed(film, choices);
}

/**
 * The film with these recipes in force. What a choice is made over can itself depend on the choices (captions follow the lengths of the
 * clips), so all are laid in first and what is derived under them is read then. A choice that says what is derived is none.
 */
function withRecipes(film: Film, wanted: readonly { node: NodeId; recipe: Recipe }[]): Film {
  const laid: Record<string, Choice> = { ...film.choices };
  for (const { node, recipe } of wanted) laid[node] = { base: null, recipe };
  const recipes = recipesOf({ ...film, choices: { ...laid } });
  for (const { node, recipe } of wanted) {
    if (recipe.tool === "upload") continue;
    const derived = recipes.derived(node);
    if (derived !== null && recipeHash(derived) === recipeHash(recipe)) delete laid[node];
    else laid[node] = { base: recipeHash(derived ?? recipe), recipe };
  }
  return changed(film, laid);
}

function changed(film: Film, choices: Record<string, Choice>): Film {
  return sameChoices(film.choices, choices) ? film : { ...film, version: film.version + 1, choices };
}

function sameChoices(a: Record<string, Choice>, b: Record<string, Choice>): boolean {
  const hash = (choices: Record<string, Choice>) => hashOf(Object.fromEntries(Object.entries(choices).map(([node, { base, recipe }]) => [node, { base, recipe: recipeJson(recipe) }])));
  return hash(a) === hash(b);
}

/** Sets which models make the film's parts; null takes a wish away. What is made already by another wish becomes stale. */
export function wishFilm(film: Film, wishes: { [kind in WishableKind]?: Wish | null | undefined }): Film {
  const kept = wishableKinds.flatMap((kind) => {
    const wish = wishes[kind] === undefined ? film.wishes?.[kind] : wishes[kind];
    return wish ? [[kind, wish] as const] : [];
  });
  const { wishes: _before, ...rest } = film;
  return kept.length === 0 ? rest : { ...rest, wishes: Object.fromEntries(kept) };
}

/**
 * Puts one model in the place of another wherever the film wishes for it by name. What has its take already keeps it, with the old wish, so that nothing is
 * made and paid twice; only what is still to be made is made by the other.
 */
export function replaceModel(film: Film, { from, to, hasTake }: { from: string; to: Wish; hasTake(fingerprint: string): boolean }): Film {
  const old: Wish = `model:${from}`;
  const named = [...buildGraph(film).nodes.values()].filter(({ recipe }) => recipe.wish === old && recipe.tool !== "upload");
  const wishes = Object.fromEntries(wishableKinds.map((kind) => [kind, film.wishes?.[kind] === old ? to : film.wishes?.[kind]]));
  const recipes = named.map(({ id, recipe, fingerprint }) => ({ node: id, recipe: hasTake(fingerprint) ? recipe : { ...recipe, wish: to } }));
  return named.length === 0 && !Object.values(film.wishes ?? {}).includes(old) ? film : withRecipes(wishFilm(film, wishes), recipes);
}
