import type { Film, NodeId } from "./film.ts";
import { closureOf, type Graph } from "./graph/graph.ts";
import { MAX_STEPS, targetNodes, type Takes, type Target } from "./plan.ts";
import { shotsInOrder } from "./recipes/order.ts";
import { nodeId } from "./recipes/recipe.ts";

/** A part of a long film that is quoted by itself; without scenes it is what puts the parts together. */
export interface Range {
  scenes: string[];
  target: Target;
}

/**
 * A target in parts of at most so many steps each, scene by scene, to be quoted and run one after another. One part where all of it fits. A
 * scene that is too long by itself is cut between shots.
 */
export function rangesOf(input: { graph: Graph; film: Film; takes: Pick<Takes, "byFingerprint">; target: "animatic" | "master"; maxSteps?: number }): Range[] {
  const { graph, film, target, maxSteps = MAX_STEPS } = input;
  const missing = (ids: readonly NodeId[]): number => ids.filter((id) => !input.takes.byFingerprint(graph.nodes.get(id)?.fingerprint ?? "")).length;
  if (missing(targetNodes(graph, target)) <= maxSteps) return [{ scenes: film.scenes.map(({ id }) => id), target }];
  const ranges: { scenes: string[]; target: NodeId[] }[] = [];
  for (const { scene, nodes } of unitsOf(graph, film, target, (ids) => missing(closureOf(graph, ids)) <= maxSteps)) {
    const last = ranges.at(-1);
    if (last && missing(closureOf(graph, [...last.target, ...nodes])) <= maxSteps) {
      last.target.push(...nodes);
      if (!last.scenes.includes(scene)) last.scenes.push(scene);
    } else {
      ranges.push({ scenes: [scene], target: [...nodes] });
    }
  }
  const worth = ranges.filter((range) => missing(closureOf(graph, range.target)) > 0);
  return [...worth, { scenes: [], target }];
}

/** Scenes, or the shots of a scene that does not fit. */
function unitsOf(graph: Graph, film: Film, target: "animatic" | "master", fits: (nodes: NodeId[]) => boolean): { scene: string; nodes: NodeId[] }[] {
  const picture = target === "animatic" ? "move" : "clip";
  const byScene = Map.groupBy(shotsInOrder(film), ({ scene }) => scene);
  return [...byScene].flatMap(([scene, shots]) => {
    const nodes = shots.map(({ id }) => nodeId(picture, id)).filter((id) => graph.nodes.has(id));
    return fits(nodes) ? [{ scene, nodes }] : nodes.map((node) => ({ scene, nodes: [node] }));
  });
}
