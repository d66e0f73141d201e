import { del, get, set } from "idb-keyval";

/** What was typed on this device and may not have reached the server yet. */
export interface JournalEntry {
  text: string;
  /** The version that it was typed over. */
  base: number;
  at: number;
}

const keyOf = (project: string): string => `script:${project}`;

/** A browser may refuse storage (private windows): typing goes on, without the journal. */
async function quietly<Value>(work: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await work;
  } catch {
    return otherwise;
  }
}

export const readJournal = (project: string): Promise<JournalEntry | undefined> => quietly(get<JournalEntry>(keyOf(project)), undefined);
export const writeJournal = (project: string, entry: JournalEntry): Promise<void> => quietly(set(keyOf(project), entry), undefined);
export const clearJournal = (project: string): Promise<void> => quietly(del(keyOf(project)), undefined);
