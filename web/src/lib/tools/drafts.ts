import type { ChosenFile, Value } from "./order.svelte.ts";

/** What was filled in for a tool, and what was begun with it and not yet looked at. */
export interface Draft {
  values: Record<string, Value>;
  files: Record<string, ChosenFile | null>;
  wish: string;
}

const keyOf = (studio: string, tool: string): string => `dailies.tool.${studio}.${tool}`;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A browser may refuse storage (private windows): the form then works without it. */
function quietly<Answer>(work: () => Answer, otherwise: Answer): Answer {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

const isDraft = (value: unknown): value is Draft => isRecord(value) && isRecord(value["values"]) && isRecord(value["files"]) && typeof value["wish"] === "string";

export const readDraft = (studio: string, tool: string): Draft | null => quietly(() => {
  const draft: unknown = JSON.parse(sessionStorage.getItem(keyOf(studio, tool)) ?? "null");
  return isDraft(draft) ? draft : null;
}, null);
export const writeDraft = (studio: string, tool: string, draft: Draft): void => quietly(() => sessionStorage.setItem(keyOf(studio, tool), JSON.stringify(draft)), undefined);

/** Runs that were begun here, newest first: shown until they are put away. */
export const readRuns = (studio: string, tool: string): string[] => quietly(() => {
  const runs: unknown = JSON.parse(sessionStorage.getItem(`${keyOf(studio, tool)}.runs`) ?? "[]");
  return Array.isArray(runs) ? runs.filter((run): run is string => typeof run === "string") : [];
}, []);
export const writeRuns = (studio: string, tool: string, runs: readonly string[]): void => quietly(() => sessionStorage.setItem(`${keyOf(studio, tool)}.runs`, JSON.stringify(runs)), undefined);
