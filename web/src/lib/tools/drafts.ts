import { keep, readKept } from "#lib/ui/browser-store.ts";
import type { ChosenFile, Value } from "./order.svelte.ts";

/** What was filled in for a tool, and what was begun with it and not yet looked at. */
export interface Draft {
  values: Record<string, Value>;
  files: Record<string, ChosenFile | null>;
  wish: string;
}

const keyOf = (studio: string, tool: string): string => `dailies.tool.${studio}.${tool}`;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const isDraft = (value: unknown): value is Draft => isRecord(value) && isRecord(value["values"]) && isRecord(value["files"]) && typeof value["wish"] === "string";

export function readDraft(studio: string, tool: string): Draft | null {
  const draft = readKept("tab", keyOf(studio, tool));
  return isDraft(draft) ? draft : null;
}
export const writeDraft = (studio: string, tool: string, draft: Draft): void => keep("tab", keyOf(studio, tool), draft);

/** Runs that were begun here, newest first: shown until they are put away. */
export function readRuns(studio: string, tool: string): string[] {
  const runs = readKept("tab", `${keyOf(studio, tool)}.runs`);
  return Array.isArray(runs) ? runs.filter((run): run is string => typeof run === "string") : [];
}
export const writeRuns = (studio: string, tool: string, runs: readonly string[]): void => keep("tab", `${keyOf(studio, tool)}.runs`, runs);
