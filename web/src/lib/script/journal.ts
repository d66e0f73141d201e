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

/** Locks of this device's open pages. A browser lets go of them when a page is gone, however it went. Null where it has none, as over plain http. */
const heldLocks = (): Promise<Set<string | undefined> | null> => quietly(async () => new Set((await navigator.locks.query()).held?.map(({ name }) => name)), null);

/** Without locks, what was typed within this time may be another open page's. */
const FRESH_MS = 60_000;

/** What names no user is nobody's to take over, and is forgotten after this time. */
const NAMELESS = "script:";
const NAMELESS_MS = 30 * 24 * 3_600_000;

interface Found {
  key: string;
  entry: JournalEntry;
}

async function entriesOf(prefix: string): Promise<Found[]> {
  const found = (await keys()).filter((key): key is string => typeof key === "string" && key.startsWith(prefix));
  return (await getMany<JournalEntry>(found)).flatMap((entry, index) => (entry ? [{ key: found[index] ?? "", entry }] : []));
}

async function forgetNameless(): Promise<void> {
  const old = (await entriesOf(NAMELESS)).filter(({ entry }) => entry.at < Date.now() - NAMELESS_MS);
  await delMany(old.map(({ key }) => key));
}

/** The journal of one open page: two tabs with the same project write beside each other, and nobody is shown what another user of this device typed. */
export function journalOf(user: string, project: string): Journal {
  const prefix = `typed:${user}:${project}:`;
  // Only secure contexts have `randomUUID`.
  const own = prefix + crypto.getRandomValues(new Uint32Array(4)).join("-");
  let leave = (): void => {};
  const left = new Promise<void>((done) => { leave = done; });
  const hold = () => quietly(() => new Promise<void>((held, refused) => {
    navigator.locks.request(own, () => { held(); return left; }).catch(refused);
  }), undefined);

  async function takeOver(saved: string): Promise<JournalEntry | undefined> {
    await hold();
    await forgetNameless();
    const held = await heldLocks();
    const isLeft = ({ key, entry }: Found) => (held ? !held.has(key) : entry.at < Date.now() - FRESH_MS);
    const found = (await entriesOf(prefix)).filter((each) => each.key !== own && isLeft(each));
    const isNews = ({ entry: { text } }: Found) => text !== saved && text.trim() !== "";
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
    leave,
  };
}
