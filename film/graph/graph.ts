import { hashOf } from "../hash.ts";
import type { Film, NodeId, NodeKind, Recipe } from "../film.ts";
import { partsOf, recipeHash, recipeJson } from "../recipes/recipe.ts";
import { depsOf } from "./deps.ts";
import { recipesOf } from "./derive.ts";

/** A thing to be made: how, from what, and the hash of both. */
export interface GraphNode {
  id: NodeId;
  kind: NodeKind;
  deps: NodeId[];
  /** The recipe that holds: a person's choice, else the derived one. */
  recipe: Recipe;
  /** Hash of the derived recipe: what a choice made now is made over. */
  base: string;
  /** Hash of the node's id, its recipe and its dependencies' fingerprints; never of anything that was output. */
  fingerprint: string;
}

/** A film as a build. */
export interface Graph {
  nodes: ReadonlyMap<NodeId, GraphNode>;
  /** Every node after all that it depends on. */
  order: readonly NodeId[];
}

/** The fingerprint of a node. Its id is part of it, so that no two nodes of a film ever share a take. */
export function fingerprintOf(node: NodeId, recipe: Recipe, depFingerprints: readonly string[]): string {
  return hashOf({ node, recipe: recipeJson(recipe), deps: [...depFingerprints] });
}

/** The graph of a film: every node that its present shots, lines, cues and titles need, each with its fingerprint. Pure. */
export function buildGraph(film: Film): Graph {
  const recipes = recipesOf(film);
  const nodes = new Map<NodeId, GraphNode>();
  const visit = (id: NodeId): GraphNode | null => {
    const known = nodes.get(id);
    if (known) return known;
    const recipe = recipes.effective(id);
    if (recipe === null) return null;
    const deps = depsOf(id, recipe).flatMap((dep) => visit(dep) ?? []);
    const derived = recipes.derived(id);
    const node: GraphNode = {
      id,
      kind: partsOf(id).kind,
      deps: deps.map((dep) => dep.id),
      recipe,
      base: recipeHash(derived ?? recipe),
      fingerprint: fingerprintOf(id, recipe, deps.map((dep) => dep.fingerprint)),
    };
    nodes.set(id, node);
    return node;
  };
  for (const id of recipes.roots) visit(id);
  return { nodes, order: [...nodes.keys()] };
}

/** A node and everything below it, each after what it depends on. Ids that the graph does not have are left out. */
export function closureOf(graph: Graph, ids: readonly NodeId[]): NodeId[] {
  const wanted = new Set<NodeId>();
  const pending = [...ids];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = graph.nodes.get(id);
    if (!node || wanted.has(id)) continue;
    wanted.add(id);
    pending.push(...node.deps);
  }
  return graph.order.filter((id) => wanted.has(id));
}

/** The nodes of the film that use a node, directly or not. */
export function dependentsOf(graph: Graph, id: NodeId): NodeId[] {
  const reached = new Set<NodeId>([id]);
  for (const other of graph.order) if (graph.nodes.get(other)?.deps.some((dep) => reached.has(dep))) reached.add(other);
  reached.delete(id);
  return [...reached];
}
