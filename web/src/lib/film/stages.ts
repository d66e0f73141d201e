import type { FilmNode, Graph, Project, RunSummary } from "#lib/api/types.ts";
import { isOpen } from "#lib/text/words.ts";

export const stages = ["script", "breakdown", "shots", "animatic", "film"] as const;
export type Stage = (typeof stages)[number];

/** What there is of a stage: nothing yet, something that no longer fits the script, or all of it. */
export type StageState = "empty" | "stale" | "done" | "running";

export type NextStep = "write" | "animatic" | "film" | "publish" | "watch";

const nodeOf = (graph: Graph | null, id: string): FilmNode | null => graph?.nodes.find((node) => node.id === id) ?? null;

const ofNode = (node: FilmNode | null): StageState => {
  if (node?.making) return "running";
  if (!node?.take) return "empty";
  return node.state === "current" ? "done" : "stale";
};

/** The state of each stage, read from the project and its graph. */
export function stageStates(input: { project: Project; graph: Graph | null }): Record<Stage, StageState> {
  const written: StageState = input.project.counts.scenes > 0 ? "done" : "empty";
  return { script: written, breakdown: written, shots: written, animatic: ofNode(nodeOf(input.graph, "animatic:film")), film: ofNode(nodeOf(input.graph, "cut:film")) };
}

/** The one step that takes the film further, with the stage where it is done; null where all is done. */
export function nextStep(input: { project: Project; graph: Graph | null; runs: RunSummary[] }): { step: NextStep; stage: Stage } | null {
  const states = stageStates(input);
  const open = input.runs.find((run) => isOpen(run.status));
  if (states.script === "empty") return { step: "write", stage: "script" };
  if (open) return { step: "watch", stage: open.target === "animatic" ? "animatic" : "film" };
  if (states.film === "done") return input.project.publication === "private" ? { step: "publish", stage: "film" } : null;
  if (states.animatic === "done" || states.film === "stale") return { step: "film", stage: "film" };
  return { step: "animatic", stage: "animatic" };
}
