/** The tables of one wallet, how its books are read from them, and how changes are written to them. */
import { type Books, emptyBooks, type Hold, type Lot, noChanges, remainingOf } from "./books.ts";
import { reachedCeiling, type Use } from "./ceilings.ts";
import type { Ceiling, CeilingSubject, HoldInput, HoldState } from "./commands.ts";
import type { StoredEntry } from "./entry.ts";
import { type Known, nextDue } from "./rules.ts";

/**
 * Nothing is created before the first entry: asking for a wallet that does not exist must leave no storage behind. Rows are kept in
 * the order in which they come (holds and captures by the entry that opened the hold), so that one transaction touches few pages.
 */
const schema = `
  CREATE TABLE book (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL, head TEXT NOT NULL, at INTEGER NOT NULL, accounts TEXT NOT NULL,
    acked INTEGER NOT NULL DEFAULT 0, frozen TEXT, time_zone TEXT NOT NULL DEFAULT 'UTC'
  ) STRICT;
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL,
    key TEXT UNIQUE, payload TEXT, reply TEXT
  ) STRICT;
  CREATE TRIGGER entries_are_final BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are final'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are final'); END;
  CREATE TABLE lots (
    id INTEGER PRIMARY KEY, bucket TEXT NOT NULL,
    available INTEGER NOT NULL CHECK (available >= 0), held INTEGER NOT NULL CHECK (held >= 0),
    expires_at INTEGER, grace_of INTEGER
  ) STRICT;
  CREATE INDEX lots_live ON lots (id) WHERE available + held > 0;
  CREATE TABLE holds (
    opened INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
    credits INTEGER NOT NULL, captured INTEGER NOT NULL CHECK (captured BETWEEN 0 AND credits),
    parts TEXT NOT NULL, ref TEXT NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, closed_at INTEGER, seq INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX holds_open ON holds (opened) WHERE state = 'open';
  CREATE TABLE captures (
    opened INTEGER NOT NULL, item TEXT NOT NULL, credits INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (opened, item)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE findings (subject TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE ceilings (
    subject TEXT NOT NULL, id TEXT NOT NULL, period TEXT NOT NULL, credits INTEGER NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (subject, id, period)
  ) STRICT, WITHOUT ROWID;
`;

export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'book'").toArray().length > 0;
}

export function createTables(sql: SqlStorage, genesis: string): void {
  sql.exec(schema);
  sql.exec("INSERT INTO book (one, seq, head, at, accounts) VALUES (1, 0, ?, 0, '{}')", genesis);
}

interface HoldRow extends Record<string, SqlStorageValue> {
  opened: number; id: string; state: string; credits: number; captured: number; parts: string; ref: string;
  opened_at: number; expires_at: number; closed_at: number | null; seq: number;
}

const toHold = (row: HoldRow): Hold => ({
  id: row.id, opened: row.opened, state: row.state as HoldState, credits: row.credits, captured: row.captured, parts: JSON.parse(row.parts), ref: JSON.parse(row.ref),
  openedAt: row.opened_at, expiresAt: row.expires_at, closedAt: row.closed_at, seq: row.seq,
});

/** Reads the books; those of a wallet without tables are empty. */
export function readBooks(sql: SqlStorage, wallet: string): Books {
  const books = emptyBooks(wallet);
  if (!hasTables(sql)) return books;
  const book = sql.exec<{ seq: number; head: string; at: number; accounts: string; acked: number; frozen: string | null; timeZone: string }>("SELECT seq, head, at, accounts, acked, frozen, time_zone AS timeZone FROM book").one();
  Object.assign(books, { seq: book.seq, head: book.head, at: book.at, acked: book.acked, frozen: book.frozen, timeZone: book.timeZone });
  Object.assign(books.accounts, JSON.parse(book.accounts));
  books.lotIdMax = sql.exec<{ id: number | null }>("SELECT max(id) AS id FROM lots").one().id ?? 0;
  type LotRow = { id: number; bucket: Lot["bucket"]; available: number; held: number; expires_at: number | null; grace_of: number | null };
  for (const row of sql.exec<LotRow>("SELECT * FROM lots WHERE available + held > 0")) {
    const { expires_at: expiresAt, grace_of: graceOf, ...lot } = row;
    books.lots.set(lot.id, { ...lot, expiresAt, graceOf });
  }
  for (const row of sql.exec<HoldRow>("SELECT * FROM holds WHERE state = 'open' ORDER BY opened")) {
    books.holds.set(row.id, toHold(row));
    books.captured.set(row.id, new Set());
  }
  const captures = "SELECT id, item FROM holds JOIN captures USING (opened) WHERE state = 'open'";
  for (const { id, item } of sql.exec<{ id: string; item: string }>(captures)) books.captured.get(id)?.add(item);
  books.ceilings = sql.exec<{ subject: Ceiling["subject"]; id: string; period: Ceiling["period"]; credits: number }>("SELECT subject, id, period, credits FROM ceilings").toArray();
  books.dueAt = nextDue(books);
  return books;
}

/** Writes what changed and forgets the changes. A statement for each row: it is prepared once, and three times as quick as JSON taken apart. */
export function writeChanges(sql: SqlStorage, books: Books): void {
  const { entries, lots, holds, captures, findings } = books.changes;
  if (entries.length === 0) return;
  for (const { seq, body, hash, key, payload, reply } of entries) {
    sql.exec("INSERT INTO entries (seq, body, hash, key, payload, reply) VALUES (?, ?, ?, ?, ?, ?)", seq, body, hash, key, payload, reply);
  }
  for (const lot of lots.values()) {
    sql.exec(
      `INSERT INTO lots (id, bucket, available, held, expires_at, grace_of) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET available = excluded.available, held = excluded.held`,
      lot.id, lot.bucket, lot.available, lot.held, lot.expiresAt, lot.graceOf);
  }
  for (const hold of holds.values()) {
    sql.exec(
      `INSERT INTO holds (opened, id, state, credits, captured, parts, ref, opened_at, expires_at, closed_at, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, captured = excluded.captured, parts = excluded.parts, closed_at = excluded.closed_at, seq = excluded.seq`,
      hold.opened, hold.id, hold.state, hold.credits, hold.captured, JSON.stringify(hold.parts), JSON.stringify(hold.ref), hold.openedAt, hold.expiresAt, hold.closedAt, hold.seq);
  }
  for (const { opened, item, credits, seq } of captures) sql.exec("INSERT INTO captures (opened, item, credits, seq) VALUES (?, ?, ?, ?)", opened, item, credits, seq);
  for (const { subject, seq } of findings) sql.exec("INSERT INTO findings (subject, seq) VALUES (?, ?)", subject, seq);
  sql.exec("UPDATE book SET seq = ?, head = ?, at = ?, accounts = ?", books.seq, books.head, books.at, JSON.stringify(books.accounts));
  books.changes = noChanges();
}

/** What the tables know beyond the books; nothing, where there are none yet. */
export function knownFrom(sql: SqlStorage, books: Books): Known {
  if (!hasTables(sql)) return { remembered: () => undefined, closed: () => undefined, isFound: () => false, reached: () => undefined };
  return {
    remembered: (key) => sql.exec<{ payload: string; reply: string }>("SELECT payload, reply FROM entries WHERE key = ?", key).toArray()[0],
    closed: (hold) => sql.exec<{ state: HoldState }>("SELECT state FROM holds WHERE id = ?", hold).toArray()[0]?.state,
    isFound: (subject) => sql.exec("SELECT 1 FROM findings WHERE subject = ?", subject).toArray().length > 0,
    reached: (hold: HoldInput, at) => reachedCeiling(books, hold, at, (since, subject, id) => usesSince(sql, books, since, { subject, id })),
  };
}

/** What holds opened since a moment have and had captured, those included that are not yet written; of one subject, or of all. */
export function usesSince(sql: SqlStorage, books: Books, since: number, of?: { subject: CeilingSubject; id: string }): Use[] {
  const from = Number.isFinite(since) ? since : 0;
  const written = of && of.subject !== "studio"
    ? sql.exec<HoldRow>(`SELECT * FROM holds WHERE ref ->> '${of.subject}' = ? AND opened_at >= ?`, of.id, from)
    : sql.exec<HoldRow>("SELECT * FROM holds WHERE opened_at >= ?", from);
  const holds = new Map([...written.toArray().map((row) => [row.id, toHold(row)] as const), ...books.changes.holds]);
  return [...holds.values()].map((hold) => ({ ref: hold.ref, openedAt: hold.openedAt, credits: hold.captured + remainingOf(hold) }));
}

/** Entries after a seq, oldest first. */
export const entriesAfter = (sql: SqlStorage, after: number, limit: number): StoredEntry[] =>
  sql.exec<{ seq: number; body: string; hash: string }>("SELECT seq, body, hash FROM entries WHERE seq > ? ORDER BY seq LIMIT ?", after, limit).toArray();

/** Holds that are over, newest first. */
export const holdsIn = (sql: SqlStorage, state: HoldState, limit: number): Hold[] =>
  sql.exec<HoldRow>("SELECT * FROM holds WHERE state = ? ORDER BY seq DESC LIMIT ?", state, limit).toArray().map(toHold);

export const holdsNamed = (sql: SqlStorage, ids: string[]): Hold[] =>
  sql.exec<HoldRow>("SELECT * FROM holds WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)).toArray().map(toHold);
