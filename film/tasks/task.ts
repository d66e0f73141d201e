/** A single thing that is ordered by itself, and belongs to no film: a picture, a cleaned recording, a mesh. It is a step like those of a film, without a graph. */
import { FRAME_RATE, type Json, type NodeId, type Recipe, type Wish } from "../film.ts";
import { fingerprintOf } from "../graph/graph.ts";
import type { AssetPlace } from "../inputs/tool-input.ts";
import { stepId, type Step } from "../plan.ts";
import { nodeId, partsOf } from "../recipes/recipe.ts";

/** What can be ordered by itself. */
export const taskTools = ["frame", "clip", "voice", "music", "sound", "lip-sync", "transcribe", "dub", "clean-audio", "grade", "roto", "upscale", "mesh", "rig", "break-down", "chat"] as const;
export type TaskTool = (typeof taskTools)[number];

export const isTaskTool = (tool: string): tool is TaskTool => (taskTools as readonly string[]).includes(tool);
export const isTask = (node: NodeId): boolean => partsOf(node).kind === "task";

/** An order as it was made: its parameters are the tool's, files are places of assets, and `seconds` is the length of what comes or of what it is made from. */
export interface TaskOrder {
  tool: TaskTool;
  params: { [key: string]: Json };
  wish: Wish;
}

/** The step of an order. `id` tells it from every other: whoever orders the same twice wants two. Its price is the router's to find. */
export function taskStep(id: string, { tool, params, wish }: TaskOrder): Step {
  const node = nodeId("task", id);
  const recipe: Recipe = { tool, params, wish, variant: 0 };
  const fingerprint = fingerprintOf(node, recipe, []);
  return { id: stepId(node, fingerprint), node, tool, recipe, fingerprint, deps: [], after: [], frames: framesIn(params), item: { credits: 0, quantity: 1, unit: "each", unitCredits: 0 } };
}

const framesIn = ({ seconds }: TaskOrder["params"]): number | null => (typeof seconds === "number" ? Math.max(1, Math.round(seconds * FRAME_RATE)) : null);

/** Whether a parameter is a file. */
export const isPlace = (value: Json | undefined): value is AssetPlace => typeof value === "object" && value !== null && !Array.isArray(value) && typeof value["$asset"] === "string";

/** What it is called, for people: its tool, and the words or the length of it. */
export function taskLabel(name: string, { prompt, text, message }: TaskOrder["params"]): string {
  const words = [prompt, text, message].find((value) => typeof value === "string" && value !== "");
  return typeof words === "string" ? `${name}: ${shortened(words)}` : name;
}

const LABEL_LETTERS = 60;
const shortened = (words: string): string => {
  const line = words.replaceAll(/\s+/g, " ").trim();
  return line.length <= LABEL_LETTERS ? line : `${line.slice(0, LABEL_LETTERS - 1).replace(/\s+\S*$/, "").toWellFormed()}…`;
};
