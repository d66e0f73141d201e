import type { Film, NodeId } from "./film.ts";
import { buildGraph } from "./graph/graph.ts";
import { plan, targetNodes, type Plan, type Step, type Takes, type Target } from "./plan.ts";
import type { PriceCard } from "./prices.ts";

/** What an edit would do, told before it is made. */
export interface WhatIf {
  /** Nodes of the target that would have to be made. */
  stale: NodeId[];
  /** Those of them that the edit itself makes stale. */
  added: NodeId[];
  steps: Step[];
  /** What making the target would cost after the edit, and what it costs as the film is now. */
  credits: number;
  creditsBefore: number;
  /** Voices without which `credits` is only the least that it costs. */
  needsVoices: NodeId[];
}

/** Compares a film before and after an edit. Pure: the steps are those that a quote made after the edit would have. */
export function whatIf(input: { before: Film; after: Film; takes: Pick<Takes, "byFingerprint">; prices: PriceCard; target: Target }): WhatIf {
  const { takes, prices, target } = input;
  const planned = (film: Film): Plan => plan({ graph: buildGraph(film), takes, prices, target });
  const after = planned(input.after);
  const before = planned(input.before);
  const graph = buildGraph(input.after);
  const missing = (id: NodeId): boolean => {
    const node = graph.nodes.get(id);
    return node !== undefined && !takes.byFingerprint(node.fingerprint);
  };
  const stale = targetNodes(graph, target).filter(missing);
  const staleBefore = new Set(before.steps.map(({ node, fingerprint }) => `${node} ${fingerprint}`));
  const added = after.steps.filter(({ node, fingerprint }) => !staleBefore.has(`${node} ${fingerprint}`)).map(({ node }) => node);
  return { stale, added, steps: after.steps, credits: after.credits, creditsBefore: before.credits, needsVoices: after.needsVoices };
}
