/** The tables of one wallet, how its books are read from them, and how changes are written to them. */
import { type Books, emptyBooks, type Hold, type Lot, noChanges } from "./books.ts";
import type { HoldInput, HoldState } from "./commands.ts";
import { reachedCeiling } from "./ceilings.ts";
import type { StoredEntry } from "./entry.ts";
import { type Known, nextDue } from "./rules.ts";

/** Nothing is created before the first entry: asking for a wallet that does not exist must leave no storage behind. */
const schema = `
  CREATE TABLE book (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL, head TEXT NOT NULL, at INTEGER NOT NULL, accounts TEXT NOT NULL,
    acked INTEGER NOT NULL DEFAULT 0, frozen TEXT
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
    id TEXT PRIMARY KEY, state TEXT NOT NULL,
    credits INTEGER NOT NULL, captured INTEGER NOT NULL CHECK (captured BETWEEN 0 AND credits),
    parts TEXT NOT NULL, ref TEXT NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, closed_at INTEGER, seq INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX holds_open ON holds (id) WHERE state = 'open';
  CREATE TABLE captures (
    hold TEXT NOT NULL, item TEXT NOT NULL, credits INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (hold, item)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE findings (subject TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE ceilings (
    subject TEXT NOT NULL, id TEXT NOT NULL, period TEXT NOT NULL, credits INTEGER NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (subject, id, period)
  ) STRICT, WITHOUT ROWID;
`;

const text = (sql: SqlStorage, query: string, ...values: SqlStorageValue[]) => sql.exec<Record<string, SqlStorageValue>>(query, ...values);

export function hasTables(sql: SqlStorage): boolean {
  return text(sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'book'").toArray().length > 0;
}

export function createTables(sql: SqlStorage, genesis: string): void {
  sql.exec(schema);
  sql.exec("INSERT INTO book (one, seq, head, at, accounts) VALUES (1, 0, ?, 0, '{}')", genesis);
}

interface HoldRow extends Record<string, SqlStorageValue> {
  id: string; state: string; credits: number; captured: number; parts: string; ref: string;
  opened_at: number; expires_at: number; closed_at: number | null; seq: number;
}

const toHold = (row: HoldRow): Hold => ({
  id: row.id, state: row.state as HoldState, credits: row.credits, captured: row.captured, parts: JSON.parse(row.parts), ref: JSON.parse(row.ref),
  openedAt: row.opened_at, expiresAt: row.expires_at, closedAt: row.closed_at, seq: row.seq,
});

/** Reads the books; those of a wallet without tables are empty. */
export function readBooks(sql: SqlStorage, wallet: string): Books {
  const books = emptyBooks(wallet);
  if (!hasTables(sql)) return books;
  const book = sql.exec<{ seq: number; head: string; at: number; accounts: string; acked: number; frozen: string | null }>("SELECT seq, head, at, accounts, acked, frozen FROM book").one();
  Object.assign(books, { seq: book.seq, head: book.head, at: book.at, acked: book.acked, frozen: book.frozen });
  Object.assign(books.accounts, JSON.parse(book.accounts));
  books.lotIdMax = sql.exec<{ id: number | null }>("SELECT max(id) AS id FROM lots").one().id ?? 0;
  type LotRow = { id: number; bucket: Lot["bucket"]; available: number; held: number; expires_at: number | null; grace_of: number | null };
  for (const row of sql.exec<LotRow>("SELECT * FROM lots WHERE available + held > 0")) {
    const { expires_at: expiresAt, grace_of: graceOf, ...lot } = row;
    books.lots.set(lot.id, { ...lot, expiresAt, graceOf });
  }
  for (const row of sql.exec<HoldRow>("SELECT * FROM holds WHERE state = 'open'")) {
    books.holds.set(row.id, toHold(row));
    books.captured.set(row.id, new Set());
  }
  const captures = "SELECT hold, item FROM captures WHERE hold IN (SELECT id FROM holds WHERE state = 'open')";
  for (const { hold, item } of sql.exec<{ hold: string; item: string }>(captures)) books.captured.get(hold)?.add(item);
  books.dueAt = nextDue(books);
  return books;
}

/** Writes what changed, each kind of row in one statement, and forgets the changes. */
export function writeChanges(sql: SqlStorage, books: Books): void {
  const { entries, lots, holds, captures, findings } = books.changes;
  if (entries.length === 0) return;
  sql.exec(
    `INSERT INTO entries (seq, body, hash, key, payload, reply) SELECT value ->> 'seq', value ->> 'body', value ->> 'hash', value ->> 'key',
     value ->> 'payload', value ->> 'reply' FROM json_each(?)`, JSON.stringify(entries));
  if (lots.size > 0) {
    sql.exec(
      `INSERT INTO lots (id, bucket, available, held, expires_at, grace_of) SELECT value ->> 'id', value ->> 'bucket', value ->> 'available',
       value ->> 'held', value ->> 'expiresAt', value ->> 'graceOf' FROM json_each(?) WHERE true
       ON CONFLICT (id) DO UPDATE SET available = excluded.available, held = excluded.held`, JSON.stringify([...lots.values()]));
  }
  if (holds.size > 0) {
    sql.exec(
      `INSERT INTO holds (id, state, credits, captured, parts, ref, opened_at, expires_at, closed_at, seq) SELECT value ->> 'id', value ->> 'state',
       value ->> 'credits', value ->> 'captured', value -> 'parts', value -> 'ref', value ->> 'openedAt', value ->> 'expiresAt', value ->> 'closedAt',
       value ->> 'seq' FROM json_each(?) WHERE true ON CONFLICT (id) DO UPDATE SET state = excluded.state, captured = excluded.captured,
       parts = excluded.parts, closed_at = excluded.closed_at, seq = excluded.seq`, JSON.stringify([...holds.values()]));
  }
  if (captures.length > 0) {
    sql.exec(
      "INSERT INTO captures (hold, item, credits, seq) SELECT value ->> 'hold', value ->> 'item', value ->> 'credits', value ->> 'seq' FROM json_each(?)",
      JSON.stringify(captures));
  }
  for (const { subject, seq } of findings) sql.exec("INSERT INTO findings (subject, seq) VALUES (?, ?)", subject, seq);
  sql.exec("UPDATE book SET seq = ?, head = ?, at = ?, accounts = ?", books.seq, books.head, books.at, JSON.stringify(books.accounts));
  books.changes = noChanges();
}

/** What the tables know about the commands of one group, read with one statement for each table. */
export function knownFor(sql: SqlStorage, books: Books, group: { keys: string[]; holds: string[] }): Known {
  if (books.seq === 0) return { remembered: () => undefined, closed: () => undefined, isFound: () => false, reached: () => undefined };
  const replies = new Map<string, { payload: string; reply: string }>();
  const query = "SELECT key, payload, reply FROM entries WHERE key IN (SELECT value FROM json_each(?))";
  for (const row of sql.exec<{ key: string; payload: string; reply: string }>(query, JSON.stringify(group.keys))) replies.set(row.key, row);
  const states = new Map<string, HoldState>();
  const unknown = group.holds.filter((id) => !books.holds.has(id));
  if (unknown.length > 0) {
    const rows = sql.exec<{ id: string; state: HoldState }>("SELECT id, state FROM holds WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(unknown));
    for (const { id, state } of rows) states.set(id, state);
  }
  return {
    remembered: (key) => replies.get(key),
    closed: (hold) => states.get(hold),
    isFound: (subject) => text(sql, "SELECT 1 FROM findings WHERE subject = ?", subject).toArray().length > 0,
    reached: (hold: HoldInput, at) => reachedCeiling(sql, books, hold, at),
  };
}

/** Entries after a seq, oldest first. */
export const entriesAfter = (sql: SqlStorage, after: number, limit: number): StoredEntry[] =>
  sql.exec<{ seq: number; body: string; hash: string }>("SELECT seq, body, hash FROM entries WHERE seq > ? ORDER BY seq LIMIT ?", after, limit).toArray();

/** Holds that are over, newest first. */
export const holdsIn = (sql: SqlStorage, state: HoldState, limit: number): Hold[] =>
  sql.exec<HoldRow>("SELECT * FROM holds WHERE state = ? ORDER BY seq DESC LIMIT ?", state, limit).toArray().map(toHold);

export const holdsNamed = (sql: SqlStorage, ids: string[]): Hold[] =>
  sql.exec<HoldRow>("SELECT * FROM holds WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)).toArray().map(toHold);
