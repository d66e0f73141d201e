import { del, delMany, getMany, keys, set } from "idb-keyval";
import type { ScriptFormat } from "#lib/api/types.ts";

/** What was typed on this device and may not have reached the server yet. */
export interface JournalEntry {
  text: string;
  format: ScriptFormat;
  /** The version that it was typed over. */
  base: number;
  at: number;
}

export interface Journal {
  /** What a page that is gone left here: the newest of it becomes this page's own. What the server has, or nothing is in, is forgotten. */
  takeOver: (saved: string) => Promise<JournalEntry | undefined>;
  /** Answers whether this device keeps it. */
  write: (entry: JournalEntry) => Promise<boolean>;
  clear: () => Promise<void>;
  /** What is here may be taken over by others from now on. */
  leave: () => void;
}

/** A browser may refuse storage (private windows): typing goes on, without the journal. */
async function quietly<Value>(work: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

/** Locks of this device's open pages. A browser lets go of them when a page is gone, however it went. */
const heldLocks = (): Promise<Set<string | undefined>> => quietly(async () => new Set((await navigator.locks.query()).held?.map(({ name }) => name)), new Set());

/** The journal of one open page: two tabs with the same project write beside each other. */
export function journalOf(project: string): Journal {
  const prefix = `script:${project}`;
  const own = `${prefix}:${crypto.randomUUID()}`;
  const left = Promise.withResolvers<void>();
  const hold = () => quietly(() => new Promise<void>((held, refused) => {
    navigator.locks.request(own, () => { held(); return left.promise; }).catch(refused);
  }), undefined);

  async function takeOver(saved: string): Promise<JournalEntry | undefined> {
    await hold();
    const held = await heldLocks();
    const lying = (await keys()).filter((key): key is string => typeof key === "string" && key.startsWith(prefix) && key !== own && !held.has(key));
    const found = (await getMany<JournalEntry>(lying)).flatMap((entry, index) => (entry ? [{ key: lying[index] ?? "", entry }] : []));
    const isNews = ({ entry: { text } }: (typeof found)[number]) => text !== saved && text.trim() !== "";
    await delMany(found.filter((each) => !isNews(each)).map(({ key }) => key));
    const newest = found.filter(isNews).toSorted((a, b) => b.entry.at - a.entry.at)[0];
    if (!newest) return undefined;
    await set(own, newest.entry);
    await del(newest.key);
    return newest.entry;
  }

  return {
    takeOver: (saved) => quietly(() => takeOver(saved), undefined),
    write: (entry) => quietly(() => set(own, entry).then(() => true), false),
    clear: () => quietly(() => del(own), undefined),
    leave: () => left.resolve(),
  };
}
