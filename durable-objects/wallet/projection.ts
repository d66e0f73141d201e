/**
 * The wallet's log on its way to D1. Entries conflict on (wallet, seq) alone, and one that is there already must be equal; the rows
 * of wallets and holds are replaced only by newer ones. Everything may be sent twice.
 */
import { type Books, debtIn, type Hold, remainingOf, standingOf } from "./books.ts";
import { type Entry, sha256, type StoredEntry } from "./entry.ts";

/** What D1 said to a piece of the log. */
export interface Projected {
  /** The last entry that D1 has of this wallet. */
  lastSeq: number;
  /** Entries that are there with another content. */
  different: StoredEntry[];
}

/** One consistent piece of the log with the state rows that it changed. */
export interface Piece {
  books: Pick<Books, "wallet" | "seq" | "head" | "at" | "accounts" | "frozen">;
  nextExpiry: number | null;
  entries: StoredEntry[];
  holds: Hold[];
}

const sumOf = (entry: Entry, names: string[]) =>
  entry.postings.reduce((sum, { account, credits }) => sum + (names.includes(account) ? credits : 0), 0);

/** An entry as its row in D1 has it: how far it moved what can be spent, what is held and what is spent. */
export function toEntryRow({ seq, body, hash }: StoredEntry) {
  const entry = JSON.parse(body) as Entry;
  const available = sumOf(entry, ["subscription", "purchased", "promo", "earned"]);
  return { seq, available, held: sumOf(entry, ["held"]), spent: sumOf(entry, ["spent"]), body, hash };
}

const toHoldRow = (hold: Hold) => ({ ...hold, ...hold.ref, remaining: remainingOf(hold) });

const toFindingRow = ({ seq, body }: StoredEntry) => {
  const { at, hold, item, reason, ref } = JSON.parse(body) as Entry;
  return { seq, at, subject: hold ?? "log", detail: `${reason}: ${ref}`, data: { item, ref } };
};

/** Sends a piece of the log as one transaction, and compares it with what was there before. Throws what D1 throws. */
export async function project(db: D1Database, { books, nextExpiry, entries, holds }: Piece): Promise<Projected> {
  const { wallet } = books;
  const rows = JSON.stringify(entries.map(toEntryRow));
  const findings = entries.filter((entry) => entry.body.includes('"kind":"finding"')).map(toFindingRow);
  const { available, held } = standingOf(books as Books);
  const results = await db.batch<Record<string, unknown>>([
    db.prepare(
      `INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash)
       SELECT ?1, value ->> 'seq', value ->> 'available', value ->> 'held', value ->> 'spent', value ->> 'body', value ->> 'hash' FROM json_each(?2) WHERE true
       ON CONFLICT (wallet, seq) DO NOTHING`).bind(wallet, rows),
    db.prepare("SELECT max(seq) AS seq FROM wallet_entries WHERE wallet = ?1").bind(wallet),
    db.prepare(
      `INSERT INTO wallet_holds (wallet, hold, run, project, member, api_key, state, credits, captured, remaining, opened_at, expires_at, closed_at, seq)
       SELECT ?1, value ->> 'id', value ->> 'run', value ->> 'project', value ->> 'member', value ->> 'apiKey', value ->> 'state', value ->> 'credits',
         value ->> 'captured', value ->> 'remaining', value ->> 'openedAt', value ->> 'expiresAt', value ->> 'closedAt', value ->> 'seq'
       FROM json_each(?2) WHERE true
       ON CONFLICT (wallet, hold) DO UPDATE SET state = excluded.state, captured = excluded.captured, remaining = excluded.remaining,
         closed_at = excluded.closed_at, seq = excluded.seq WHERE excluded.seq > wallet_holds.seq`).bind(wallet, JSON.stringify(holds.map(toHoldRow))),
    db.prepare(
      `INSERT INTO wallets (wallet, available, held, debt, spent, next_expiry, frozen, head, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
       ON CONFLICT (wallet) DO UPDATE SET available = excluded.available, held = excluded.held, debt = excluded.debt, spent = excluded.spent,
         next_expiry = excluded.next_expiry, frozen = excluded.frozen, head = excluded.head, seq = excluded.seq, at = excluded.at
       WHERE excluded.seq > wallets.seq`)
      .bind(wallet, available, held, debtIn(books as Books), books.accounts.spent, nextExpiry, books.frozen, books.head, books.seq, books.at),
    db.prepare(
      `INSERT INTO findings (id, studio, source, severity, subject, detail, data, at)
       SELECT 'wallet:' || ?1 || ':' || (value ->> 'seq'), ?1, 'wallet', 'critical', value ->> 'subject', value ->> 'detail', value -> 'data', value ->> 'at'
       FROM json_each(?2) WHERE true ON CONFLICT (id) DO NOTHING`).bind(wallet, JSON.stringify(findings)),
  ]);
  const isAllNew = results[0]?.meta.changes === entries.length;
  return { lastSeq: Number(results[1]?.results[0]?.["seq"] ?? 0), different: isAllNew ? [] : await differentIn(db, wallet, entries) };
}

/** Entries that D1 had before, with another content than ours. */
async function differentIn(db: D1Database, wallet: string, entries: StoredEntry[]): Promise<StoredEntry[]> {
  const ours = new Map(entries.map((entry) => [entry.seq, entry]));
  const { results } = await db.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? AND seq BETWEEN ? AND ?")
    .bind(wallet, entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0).all<StoredEntry>();
  return results.filter(({ seq, body, hash }) => ours.get(seq)?.hash !== hash || ours.get(seq)?.body !== body);
}

/** Tells D1's wallet row that the wallet is frozen; a freeze has no entry, so no seq would carry it there. */
export async function projectFreeze(db: D1Database, wallet: string, reason: string, at: number): Promise<void> {
  await db.batch([
    db.prepare("UPDATE wallets SET frozen = ?2 WHERE wallet = ?1").bind(wallet, reason),
    db.prepare(
      `INSERT INTO findings (id, studio, source, severity, subject, detail, data, at) VALUES ('wallet:' || ?1 || ':frozen', ?1, 'wallet', 'critical', ?1, ?2, '{}', ?3)
       ON CONFLICT (id) DO UPDATE SET state = 'open', detail = excluded.detail, at = excluded.at, mailed_at = NULL, resolved_at = NULL, resolution = NULL
       WHERE findings.state = 'resolved' AND findings.resolved_by IS NULL`).bind(wallet, reason, at),
  ]);
}

/**
 * Whether an entry of D1 that differs from ours is a true entry of this wallet: its text has its hash and names its place. Then
 * it was written before this object was restored to an earlier state. Otherwise somebody changed the row.
 */
export function isTrueEntry(wallet: string, { seq, body, hash }: StoredEntry): boolean {
  if (sha256(body) !== hash) return false;
  try {
    const entry = JSON.parse(body) as Partial<Entry>;
    return entry.wallet === wallet && entry.seq === seq;
  } catch {
    return false;
  }
}
