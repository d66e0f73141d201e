import { FRAME_RATE, type NodeId, type TakeFacts } from "../film.ts";
import type { Graph } from "../graph/graph.ts";
import { expectedOutput } from "../inputs/expected-output.ts";
import type { Step, Takes } from "../plan.ts";

/** A shelf of takes, as a project has them, filled by making steps without a renderer: a voice lasts by the length of its text. */
export class Shelf implements Takes {
  readonly takes: TakeFacts[] = [];

  byFingerprint(fingerprint: string): TakeFacts | undefined {
    return this.takes.find((take) => take.fingerprint === fingerprint);
  }

  newestOf(node: NodeId): TakeFacts | undefined {
    return this.takes.findLast((take) => take.node === node);
  }

  /** The takes that a node is made from, as a run has them when it dispatches a step. */
  depsOf(step: Pick<Step, "deps">): Map<NodeId, TakeFacts> {
    return new Map(step.deps.flatMap(({ node, fingerprint }) => {
      const take = this.byFingerprint(fingerprint);
      return take ? [[node, take] as const] : [];
    }));
  }

  /** Makes a step. Fails if what it is made from is not there, or if its take is there already. */
  make(step: Step): TakeFacts {
    const deps = this.depsOf(step);
    if (deps.size !== step.deps.length) throw new Error(`${step.node} was made before what it is made from`);
    if (this.byFingerprint(step.fingerprint)) throw new Error(`${step.node} was made twice`);
    const take: TakeFacts = {
      id: `take_${this.takes.length}`,
      node: step.node,
      fingerprint: step.fingerprint,
      frames: framesOf(step, deps),
      assets: assetsOf(step),
      values: step.tool === "frame" ? { depths: [0, 0.5, 1], overscan: 0.1 } : {},
      createdAt: this.takes.length,
    };
    this.takes.push(take);
    return take;
  }

  /** Makes everything of a plan, in its order. */
  makeAll(steps: readonly Step[]): this {
    for (const step of steps) this.make(step);
    return this;
  }
}

function framesOf(step: Step, deps: ReadonlyMap<NodeId, TakeFacts>): number | null {
  if (step.tool === "voice") return String(step.recipe.params["text"]).length * 2 + step.recipe.variant;
  if (step.tool === "upload") return 3 * FRAME_RATE;
  return expectedOutput(step, deps, { aspect: "16:9" }).frames;
}

function assetsOf({ node, tool }: Step): Record<string, string> {
  const asset = (role: string): [string, string] => [role, `asset_${node.replaceAll(":", "_")}_${role}`];
  const roles: Record<string, string[]> = {
    voice: ["audio", "timings"],
    frame: ["panel", "planes.0", "planes.1", "planes.2"],
    music: ["audio"],
    captions: ["captions"],
    upload: ["video", "audio", "timings", "panel"],
  };
  return Object.fromEntries((roles[tool] ?? ["video"]).map(asset));
}

/** The fingerprint of every node. */
export const fingerprintsOf = (graph: Graph): Record<string, string> => Object.fromEntries([...graph.nodes].map(([id, node]) => [id, node.fingerprint]));
