/** How a provider's file writes its models down. */
import { isOfGivenLength, type ModelRequest } from "#film/inputs/model-request.ts";
import type { Accepts, Model, VendorPrice } from "../tools/tool.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Limits of a model; what is not said does not apply to it. */
export const accepts = (more: Partial<Accepts>): Accepts => ({ seconds: null, aspects: [], resolutions: [], firstFrame: "never", promptMax: 1_000, languages: null, ...more });

/** Any length between two. */
export const between = (least: number, most: number): Accepts["seconds"] => ({ least, most, only: null });
/** Only these lengths, shortest first. */
export const only = (...lengths: readonly number[]): Accepts["seconds"] => ({ least: lengths[0] ?? 0, most: lengths.at(-1) ?? 0, only: lengths });

/** A price with one worked example: what it is for, how many units, and millionths of a dollar. */
export const price = (version: string, source: string, unit: VendorPrice["unit"], micros: number, example: readonly [words: string, quantity: number, micros: number]): VendorPrice => ({
  version, source, unit, micros, examples: [{ words: example[0], quantity: example[1], micros: example[2] }],
});

/** The shortest length that a model has and that is long enough; its longest where none is. In seconds. */
export function lengthFor(seconds: number, lengths: Accepts["seconds"]): number {
  if (lengths === null) return seconds;
  const { least, most, only: choices } = lengths;
  // A frame's worth of rounding must not buy a whole second more.
  const wanted = Math.round(seconds * 1_000) / 1_000;
  if (choices) return choices.find((choice) => choice >= wanted) ?? most;
  return Math.min(most, Math.max(least, Math.ceil(wanted)));
}

const HALF_A_FRAME = 1 / 48;

/** What is wrong with a request for a model, in words for people; null where it fits. Whoever quotes has asked before: this is the last look. */
export function misfit({ label, accepts: limits }: Pick<Model, "label" | "accepts">, asked: ModelRequest): string | null {
  if (limits === null) return null;
  if ("seconds" in asked && limits.seconds !== null && asked.seconds > limits.seconds.most + 0.001) return `${label} makes at most ${limits.seconds.most} seconds, and this is ${Math.round(asked.seconds * 10) / 10}. Make it shorter, or choose another model.`;
  if ("seconds" in asked && limits.seconds !== null && isOfGivenLength(asked.tool) && asked.seconds < limits.seconds.least - HALF_A_FRAME) return `${label} takes at least ${limits.seconds.least} seconds, and this is ${Math.round(asked.seconds * 10) / 10}. Send a longer file, or choose another model.`;
  if ("aspect" in asked && !limits.aspects.includes(asked.aspect)) return `${label} does not make ${asked.aspect}. It makes ${limits.aspects.join(" and ")}: choose one of these, or another model.`;
  if ("resolution" in asked && !limits.resolutions.includes(asked.resolution)) return `${label} does not make ${asked.resolution}. It makes ${limits.resolutions.join(" and ")}: choose one of these, or another model.`;
  if ("prompt" in asked && asked.prompt !== null && asked.prompt.length > limits.promptMax) return `${label} reads at most ${limits.promptMax} letters, and this description has ${asked.prompt.length}. Shorten it.`;
  if (asked.tool === "clip" && asked.firstFrame === null && limits.firstFrame === "must") return `${label} needs a picture to begin with. Make the shot's panel first.`;
  return null;
}
