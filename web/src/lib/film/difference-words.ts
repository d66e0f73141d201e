import type { TakeDifference } from "#lib/api/types.ts";
import { formatNumber, formatTimecode } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";
import { wishName } from "./wish-words.ts";
import { modelList } from "./models.svelte.ts";

type Difference = TakeDifference["differences"][number];

/** What is said of both takes in one line. */
export interface DifferenceRow {
  field: string;
  name: string;
  from: string;
  to: string;
}

const names: Record<string, () => string> = {
  model: m.compare_model, provider: m.compare_provider, modelVersion: m.compare_version, prompt: m.compare_prompt, seed: m.compare_seed, credits: m.compare_credits, frames: m.compare_length,
  inputs: m.compare_inputs, madeFrom: m.compare_made_from, priceCard: m.compare_card, generated: m.compare_generated, tool: m.compare_tool, "recipe.wish": m.compare_wish, "recipe.variant": m.compare_variant,
  "recipe.params.description": m.field_description, "recipe.params.framing": m.field_framing, "recipe.params.cameraMove": m.field_move, "recipe.params.text": m.compare_text, "recipe.params.aspect": m.compare_aspect,
  "recipe.params.seconds": m.field_seconds,
};
/** Said elsewhere already (two takes are two files), or nothing that a person could make use of. */
const hidden: ReadonlySet<string> = new Set(["files", "providerModel", "costMicros", "recipe.params.seed"]);

/** `cameraMove` as `camera move`: a field that is newer than this page. */
const spelled = (field: string): string => (field.split(".").at(-1) ?? field).replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);

function valueOf(field: string, value: unknown): string {
  if (value === null || value === undefined) return m.compare_nothing();
  if (field === "frames" && typeof value === "number") return formatTimecode(value);
  if (field === "recipe.variant" && typeof value === "number") return formatNumber(value + 1);
  if (field === "recipe.wish" && typeof value === "string") return wishName(value);
  if (field === "model" && typeof value === "string") return modelList.label(value);
  if (typeof value === "boolean") return value ? m.pricing_yes() : m.pricing_no();
  if (typeof value === "number") return field === "seed" ? String(value) : formatNumber(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.every((part) => typeof part === "string" || typeof part === "number") ? value.join(", ") : m.compare_list({ count: value.length });
  return JSON.stringify(value);
}

/** What differs between two takes, for people; what a list of files, inputs or takes has in it is told by their number. */
export const differenceRows = (differences: readonly Difference[]): DifferenceRow[] => differences.filter(({ field }) => !hidden.has(field)).map(({ field, from, to }) => {
  const [was, is] = [valueOf(field, from), valueOf(field, to)];
  return { field, name: names[field]?.() ?? spelled(field), from: was, to: was === is && was !== "" ? m.compare_others() : is };
});
