import { sha256Hex } from "./hash.ts";
import type { Film, NodeId, Recipe, TakeFacts } from "./film.ts";
import { closureOf, type Graph, type GraphNode } from "./graph/graph.ts";
import { recipeFrames } from "./inputs/frames.ts";
import { orderOf, priceOf, type Price, type PriceCard } from "./prices.ts";
import { partsOf } from "./recipes/recipe.ts";

/** The most steps of one quote; longer films are quoted by ranges of scenes. */
export const MAX_STEPS = 500;

/** What is to be made: a whole film slated and drawn, a whole film clean, or just some nodes. */
export type Target = "animatic" | "master" | NodeId[];

/** The takes that exist. */
export interface Takes {
  byFingerprint(fingerprint: string): TakeFacts | undefined;
  newestOf(node: NodeId): TakeFacts | undefined;
}

export type Item = Price;

/** One node to be made. Everything that making it needs is in it, so that an edit made meanwhile changes nothing. */
export interface Step {
  id: string;
  node: NodeId;
  tool: string;
  recipe: Recipe;
  fingerprint: string;
  /** What it is made from; `take` is null where this plan makes it. */
  deps: { node: NodeId; fingerprint: string; take: TakeFacts | null }[];
  /** Ids of the steps of this plan that come first. */
  after: string[];
  /** Frames that it will last; null for what has no length, or whose length follows from a step before it. */
  frames: number | null;
  item: Item;
}

export interface Plan {
  steps: Step[];
  credits: number;
  /** Target nodes whose take exists. */
  current: NodeId[];
  /** Voices that must be measured before the plan's price is certain; while there are any, `credits` is the least that it costs. */
  needsVoices: NodeId[];
  /** Nodes whose wish names a model that the price card does not have; such a plan cannot be quoted. */
  unpriced: NodeId[];
}

/** The nodes of a target with everything below them, each after what it depends on. */
export function targetNodes(graph: Graph, target: Target): NodeId[] {
  if (target === "animatic") return closureOf(graph, ["animatic:film"]);
  if (target === "master") return closureOf(graph, ["cut:film", "poster:film", "preview:film"]);
  return closureOf(graph, target);
}

/** The nodes that have no take of their fingerprint. */
export function staleNodes(graph: Graph, takes: Pick<Takes, "byFingerprint">): NodeId[] {
  return graph.order.filter((id) => {
    const node = graph.nodes.get(id);
    return node !== undefined && !takes.byFingerprint(node.fingerprint);
  });
}

/** Frames of the nodes whose take exists, for laying out a film as it is now. */
export const measuredFrames = (graph: Graph, takes: Pick<Takes, "byFingerprint">) => (id: NodeId): number | null => takes.byFingerprint(graph.nodes.get(id)?.fingerprint ?? "")?.frames ?? null;

/** The take that stands for a node: its own, or else its newest, which is stale. Null while there is none. */
export function takeShown(graph: Graph, takes: Takes, id: NodeId): { take: TakeFacts; stale: boolean } | null {
  const node = graph.nodes.get(id);
  const current = node && takes.byFingerprint(node.fingerprint);
  if (current) return { take: current, stale: false };
  const newest = takes.newestOf(id);
  return newest ? { take: newest, stale: true } : null;
}

/** The id of the step that makes a node with a fingerprint. */
export const stepId = (node: NodeId, fingerprint: string): string => `step_${sha256Hex(`${node}\n${fingerprint}`).slice(0, 28)}`;

/** What must run so that every node of the target has its take, in an order in which it can run, and what it costs. Pure. */
export function plan(input: { graph: Graph; film?: Film; takes: Pick<Takes, "byFingerprint">; prices: PriceCard; target: Target }): Plan {
  const { graph, takes, prices, target } = input;
  const result: Plan = { steps: [], credits: 0, current: [], needsVoices: [], unpriced: [] };
  const planned = new Map<NodeId, string>();
  const unmeasured = new Set<NodeId>();
  for (const id of targetNodes(graph, target)) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    if (takes.byFingerprint(node.fingerprint)) {
      result.current.push(id);
      continue;
    }
    const step = stepOf({ graph, takes, prices, planned }, node);
    if (step === null) {
      result.unpriced.push(id);
      continue;
    }
    planned.set(id, step.id);
    result.steps.push(step);
    result.credits += step.item.credits;
    if (step.frames === null && step.item.unitCredits > 0) for (const voice of voicesMissing(step)) unmeasured.add(voice);
  }
  result.needsVoices = graph.order.filter((id) => unmeasured.has(id));
  return result;
}

type Planning = { graph: Graph; takes: Pick<Takes, "byFingerprint">; prices: PriceCard; planned: ReadonlyMap<NodeId, string> };

function stepOf({ graph, takes, prices, planned }: Planning, { id, deps, recipe, fingerprint }: GraphNode): Step | null {
  const facts = deps.flatMap((dep) => {
    const node = graph.nodes.get(dep);
    return node ? [{ node: dep, fingerprint: node.fingerprint, take: takes.byFingerprint(node.fingerprint) ?? null }] : [];
  });
  const takesOfDeps = new Map(facts.flatMap(({ node, take }) => (take ? [[node, take] as const] : [])));
  const frames = recipeFrames(recipe, takesOfDeps);
  const item = priceOf(prices, orderOf(recipe, { model: modelNamed(recipe), frames }));
  if (item === null) return null;
  const after = facts.flatMap(({ node, take }) => (take ? [] : (planned.get(node) ?? [])));
  return { id: stepId(id, fingerprint), node: id, tool: recipe.tool, recipe, fingerprint, deps: facts, after, frames, item };
}

const modelNamed = ({ wish }: Recipe): string | null => (wish.startsWith("model:") ? wish.slice("model:".length) : null);

const voicesMissing = ({ deps }: Step): NodeId[] => deps.flatMap(({ node, take }) => (take === null && partsOf(node).kind === "voice" ? [node] : []));
