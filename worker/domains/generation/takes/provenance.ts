import type { StudioCtx } from "#core/context.ts";
import type { Film, NodeKind, Recipe } from "#film/film.ts";
import { buildGraph, closureOf, dependentsOf } from "#film/graph/graph.ts";
import { labelsOf } from "../quotes/labels.ts";
import { readSnapshot } from "../quotes/service.ts";
import { findTake, indexTakes, takesOf, type PlainTake } from "./store.ts";

/** How a take came to be: the film as it was quoted, and each part of it with its recipe and its take. */
export interface Provenance {
  film: Film;
  /** What it was made from, directly or not, itself, and what was made from it. */
  parts: { node: string; kind: NodeKind; label: string; recipe: Recipe; take: Omit<PlainTake, "facts"> & { values: PlainTake["facts"] } }[];
}

/** The provenance of a take of the studio; null where it has none of that id, or it belongs to no film. */
export async function provenanceOf(ctx: StudioCtx, id: string): Promise<Provenance | null> {
  const take = await findTake(ctx, id);
  if (!take) return null;
  const { film } = await readSnapshot(ctx, take.quote);
  if (!film) return null;
  const graph = buildGraph(film);
  const takes = indexTakes(await takesOf(ctx, take.project));
  const label = labelsOf(film);
  const parts = [...closureOf(graph, [take.node]), ...dependentsOf(graph, take.node)].flatMap((id) => {
    const node = graph.nodes.get(id);
    const row = node && takes.row(node.fingerprint);
    if (!node || !row) return [];
    const { facts, ...rest } = row;
    return [{ node: id, kind: node.kind, label: label(id), recipe: node.recipe, take: { ...rest, values: facts } }];
  });
  return { film, parts };
}
