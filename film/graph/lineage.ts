import type { NodeId, Recipe } from "../film.ts";
import { closureOf, type Graph } from "./graph.ts";

/** A take's recipe, and those of everything that it was made from, directly or not: what choosing it puts back. */
export interface Lineage {
  node: NodeId;
  fingerprint: string;
  recipe: Recipe;
  deps: { node: NodeId; fingerprint: string; recipe: Recipe }[];
}

/** The lineage of a node as a film has it; null where the film does not have it. */
export function lineageOf(graph: Graph, id: NodeId): Lineage | null {
  const below = closureOf(graph, [id]).flatMap((node) => graph.nodes.get(node) ?? []);
  const records = below.map((node) => ({ node: node.id, fingerprint: node.fingerprint, recipe: node.recipe }));
  const own = records.pop();
  return own ? { ...own, deps: records } : null;
}
