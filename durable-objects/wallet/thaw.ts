/**
 * How a frozen wallet goes on. It froze because D1 or a signed root has entries that it lacks: its object was restored to an earlier state. Two
 * administrators may decide that it takes those entries over. They must continue its own log from its own head, entry by entry, and end where the
 * two agreed; then the books are what they would be had nothing been lost.
 */
import { addEntry, compare, emptyFold, type Fault } from "./audit.ts";
import type { Books } from "./books.ts";
import type { StoredEntry } from "./entry.ts";
import { isTrueEntry } from "./projection.ts";
import { replay } from "./rebuild.ts";
import { nextDue } from "./rules.ts";
import { createTables, entriesAfter, hasTables, readBooks, writeChanges } from "./sql.ts";

export interface ThawInput {
  /** The entry and its hash that the log ends with afterwards. */
  seq: number;
  head: string;
}

export type ThawOutcome =
  | { ok: true; seq: number; adopted: number }
  | { ok: false; code: "not_frozen" | "changed" | "forked" | "unsound"; detail: string };

const PAGE = 500;

/** The first entry up to a number that D1 has as another true one. Rows that are no entries at all were changed by somebody; reconciliation writes them anew. */
async function strangerIn(db: D1Database, sql: SqlStorage, wallet: string, seq: number): Promise<number | null> {
  for (let after = 0; after < seq; after += PAGE) {
    const own = new Map(entriesAfter(sql, after, PAGE).map((entry) => [entry.seq, entry.hash]));
    const { results } = await db.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? AND seq > ? AND seq <= ? ORDER BY seq").bind(wallet, after, Math.min(after + PAGE, seq)).all<StoredEntry>();
    const stranger = results.find((entry) => own.get(entry.seq) !== entry.hash && isTrueEntry(wallet, entry));
    if (stranger) return stranger.seq;
  }
  return null;
}

/** What D1 has beyond an entry, oldest first. */
async function entriesAhead(db: D1Database, wallet: string, after: number): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for (;;) {
    const { results } = await db.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? AND seq > ? ORDER BY seq LIMIT ?").bind(wallet, entries.at(-1)?.seq ?? after, PAGE).all<StoredEntry>();
    entries.push(...results);
    if (results.length < PAGE) return entries;
  }
}

/** Asks D1 for what is ahead, takes it over, and tells D1. May be asked again wherever it was cut off. */
export async function thaw(db: D1Database, storage: DurableObjectStorage, { wallet, seq }: Pick<Books, "wallet" | "seq">, input: ThawInput): Promise<ThawOutcome> {
  const stranger = await strangerIn(db, storage.sql, wallet, seq);
  if (stranger !== null) return refuse("forked", `entry ${stranger} is another one in D1, and it is a true entry: both came after the same one`);
  const outcome = takeOver(storage, wallet, await entriesAhead(db, wallet, seq), input);
  if (outcome.ok) await projectThaw(db, wallet);
  return outcome;
}

const refuse = (code: "not_frozen" | "changed" | "forked" | "unsound", detail: string): ThawOutcome => ({ ok: false, code, detail });

/** Takes entries over and lets the wallet go on, both or neither. Asked again, it says that it is done. */
function takeOver(storage: DurableObjectStorage, wallet: string, ahead: readonly StoredEntry[], { seq, head }: ThawInput): ThawOutcome {
  const { sql } = storage;
  return storage.transactionSync((): ThawOutcome => {
    const books = readBooks(sql, wallet);
    if (books.frozen === null) {
      const known = books.seq > 0 ? sql.exec<{ hash: string }>("SELECT hash FROM entries WHERE seq = ?", seq).toArray()[0] : undefined;
      return known?.hash === head ? { ok: true, seq, adopted: 0 } : refuse("not_frozen", "the wallet is not frozen");
    }
    const adopted = ahead.filter((entry) => entry.seq > books.seq);
    const end = adopted.at(-1) ?? { seq: books.seq, hash: books.head };
    if (end.seq !== seq || end.hash !== head) return refuse("changed", `the log would end with entry ${end.seq} now, and another end was agreed`);
    const fold = emptyFold(wallet);
    const add = (entry: StoredEntry): Fault | null => {
      addEntry(fold, wallet, entry);
      return fold.fault;
    };
    for (let after = 0; after < books.seq; after += PAGE) {
      for (const entry of entriesAfter(sql, after, PAGE)) {
        const fault = add(entry);
        if (fault) return refuse("unsound", `entry ${entry.seq} of the wallet itself: ${fault.fault}`);
      }
    }
    for (const entry of adopted) {
      const fault = add(entry);
      if (fault) return refuse("forked", `entry ${entry.seq} in D1 does not continue this log: ${fault.fault}`);
      replay(books, entry);
    }
    const faults = compare(fold, books, books.lots.values(), books.holds.values());
    if (faults.length > 0) return refuse("unsound", faults.map(({ fault }) => fault).slice(0, 3).join("; "));
    if (!hasTables(sql)) createTables(sql, books.head);
    books.dueAt = nextDue(books);
    writeChanges(sql, books);
    sql.exec("UPDATE book SET frozen = NULL, acked = max(acked, ?)", seq);
    return { ok: true, seq, adopted: adopted.length };
  });
}

/** Tells D1 that the wallet goes on. */
async function projectThaw(db: D1Database, wallet: string): Promise<void> {
  await db.batch([
    db.prepare("UPDATE wallets SET frozen = NULL WHERE wallet = ?1").bind(wallet),
    db.prepare("UPDATE findings SET state = 'resolved', resolved_at = unixepoch() * 1000, resolution = 'The wallet goes on, by a decision of two administrators.' WHERE id = 'wallet:' || ?1 || ':frozen' AND state = 'open'").bind(wallet),
  ]);
}
