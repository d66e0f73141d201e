/** Reads of a wallet's log and holds beyond a page of entries. */
import { addEntry, compare, emptyFold, type Fault } from "./audit.ts";
import { type HoldSummary, toSummary } from "./balance.ts";
import type { Books } from "./books.ts";
import type { HoldState } from "./commands.ts";
import { type Account, genesisOf, type StoredEntry } from "./entry.ts";
import { entriesAfter, holdsIn, readBooks } from "./sql.ts";

const PAGE_MAX = 1_000;
const SUMMED_MAX = 20_000;

/** Entries `first` to `last` of a log; none, where `last` is less than `first`. */
export interface Span {
  first: number;
  last: number;
  /** The hash that entry `first` follows. */
  before: string;
  /** The whole log's last entry and its hash. */
  seq: number;
  head: string;
}

/** Entries written in [from, to). */
export function spanOf(sql: SqlStorage, { wallet, seq, head }: Books, { from, to }: { from: number; to: number }): Span {
  const first = seq === 0 ? 1 : firstAt(sql, seq, from);
  const last = seq === 0 ? 0 : firstAt(sql, seq, to) - 1;
  const before = first === 1 ? genesisOf(wallet) : sql.exec<{ hash: string }>("SELECT hash FROM entries WHERE seq = ?", first - 1).one().hash;
  return { first, last, before, seq, head };
}

/** The first entry at or after a moment, or one beyond the last. Times in a log never fall. */
function firstAt(sql: SqlStorage, seq: number, at: number): number {
  let [low, high] = [1, seq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sql.exec<{ at: number }>("SELECT body ->> 'at' AS at FROM entries WHERE seq = ?", middle).one().at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function sumsOf(sql: SqlStorage, { after, through }: { after: number; through: number }): Partial<Record<Account, number>> {
  const rows = sql.exec<{ account: Account; credits: number }>(
    `SELECT p.value ->> 'account' AS account, sum(p.value ->> 'credits') AS credits FROM entries, json_each(body, '$.postings') AS p
     WHERE seq > ? AND seq <= ? GROUP BY 1`, after, Math.min(through, after + SUMMED_MAX));
  return Object.fromEntries(rows.toArray().map(({ account, credits }) => [account, credits]));
}

/** The entries of one hold: what opened it, what was captured of it, what ended it. */
export const entriesOf = (sql: SqlStorage, hold: string): StoredEntry[] =>
  sql.exec<{ seq: number; body: string; hash: string }>(
    `SELECT seq, body, hash FROM entries WHERE seq IN (
       SELECT opened FROM holds WHERE id = ?1 UNION SELECT seq FROM holds WHERE id = ?1 UNION SELECT captures.seq FROM holds JOIN captures USING (opened) WHERE id = ?1
     ) ORDER BY seq`, hold).toArray();

/** Reads the whole log and compares it with the books as they are stored. */
export function checkLog(sql: SqlStorage, wallet: string): { seq: number; head: string; faults: Fault[] } {
  const stored = readBooks(sql, wallet);
  const fold = emptyFold(wallet);
  for (let after = 0; after < stored.seq && !fold.fault; after += PAGE_MAX) {
    for (const entry of entriesAfter(sql, after, PAGE_MAX)) addEntry(fold, wallet, entry);
  }
  return { seq: stored.seq, head: stored.head, faults: compare(fold, stored, stored.lots.values(), stored.holds.values()) };
}

/** Holds in a state: open ones oldest first, others newest first. */
export function holdsOf(sql: SqlStorage, books: Books, state: HoldState, count: number): HoldSummary[] {
  if (books.seq === 0) return [];
  return (state === "open" ? [...books.holds.values()].slice(0, count) : holdsIn(sql, state, count)).map(toSummary);
}
