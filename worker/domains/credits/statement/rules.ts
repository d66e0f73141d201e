/** What goes into a statement, and its text. Pure: a test writes statements with these without a worker. */
import { periodOf } from "#objects/wallet/ceilings.ts";
import type { StoredEntry } from "#objects/wallet/entry.ts";
import type { Span } from "#objects/wallet/log.ts";
import type { Statement } from "./contract.ts";

/** A log up to this is given whole, whatever range of it was asked for: then the file proves itself from the first entry on. */
export const WHOLE_ENTRIES_MAX = 20_000;
/** Most entries in one file. */
export const ENTRIES_MAX = 200_000;
/** No time zone is further from UTC. */
const ZONE_MS_MAX = 15 * 3_600_000;
const DAY_MS = 86_400_000;

/** The first moment of a date in a time zone. */
export function dayStart(date: string, timeZone: string): number {
  const noon = Date.parse(`${date}T00:00:00Z`);
  let [before, within] = [noon - ZONE_MS_MAX, noon + ZONE_MS_MAX];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (periodOf("day", middle, timeZone) < date) before = middle;
    else within = middle;
  }
  return within;
}

const isDate = (moment: string): boolean => moment.length === 10;
const nextDate = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** The moments that a query means: from the first until before the second. Null: without end. */
export function momentsOf({ from, to }: { from?: string | undefined; to?: string | undefined }, timeZone: string): { from: number | null; to: number | null } {
  const start = (moment: string) => (isDate(moment) ? dayStart(moment, timeZone) : Date.parse(moment));
  return { from: from === undefined ? null : start(from), to: to === undefined ? null : start(isDate(to) ? nextDate(to) : to) };
}

export interface Layout {
  /** The entries of the file. */
  start: number;
  end: number;
  /** Whether the file reaches the entry that the root covers. */
  reachesRoot: boolean;
}

/**
 * Which entries a statement has: the range, and whatever lies between it and the entry that the newest root covers. Null where the
 * range alone is too long.
 */
export function layOut({ first, last, seq }: Span, signed: number | null): Layout | null {
  const end = Math.max(last, Math.min(signed ?? 0, seq));
  const start = end <= WHOLE_ENTRIES_MAX ? 1 : Math.min(first, (signed ?? seq) + 1);
  if (end - start < ENTRIES_MAX) return { start, end, reachesRoot: signed !== null };
  return last - first < ENTRIES_MAX ? { start: first, end: last, reachesRoot: false } : null;
}

/** Everything of a statement but its entries and its end. */
export type Preamble = Omit<Statement, "object" | "v" | "entries" | "end">;

/** A statement's text in pieces: before its entries, each page of entries, and after them. */
export function openingText({ wallet, madeAt, from, to, range, opening, root, rootless, unsigned, keys }: Preamble): string {
  const head = JSON.stringify({ object: "statement", v: 1, wallet, madeAt, from, to, range, opening, root, rootless, unsigned, keys }, null, 1);
  return `${head.slice(0, -2)},\n "entries": [`;
}

export const pageText = (entries: StoredEntry[], place: "first" | "later"): string =>
  entries.map(({ seq, body, hash }, at) => `${place === "first" && at === 0 ? "" : ","}\n  ${JSON.stringify({ seq, body, hash })}`).join("");

export const closingText = (end: Statement["end"]): string => `\n ],\n "end": ${JSON.stringify(end)}\n}\n`;
