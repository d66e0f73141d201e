/** The tables of one gate. Leases and waiters are rows; the rest is one row of state. */
import { CLOSED, emptyBook, type Book, type Breaker, type Lease, type Limits, type Line, type Waiter } from "./rules.ts";

/** Waiters of before circuits were told apart. */
const NO_CIRCUIT = { circuit: "" };

const schema = `
  CREATE TABLE gate (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL) STRICT;
  CREATE TABLE leases (key TEXT PRIMARY KEY, lease TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE waiters (key TEXT PRIMARY KEY, waiter TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** A breaker of before its lines were told apart: what was known then is of submissions. */
type OneLine = Line & Pick<Breaker, "probe">;
/** The row of state. Rows of before circuits were told apart have no breakers. */
type State = Pick<Book, "limits" | "starts" | "throttledUntil"> & { breakers?: Record<string, Breaker | OneLine>; throttles?: Record<string, number> };

const breakerOf = (kept: Breaker | OneLine): Breaker => {
  if ("submit" in kept) return kept;
  const { probe, ...submit } = kept;
  return { ...CLOSED, submit, probe };
};

/** Reads a gate's book, or null if nobody ever asked it. */
export function readBook(sql: SqlStorage): Book | null {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'gate'").toArray().length === 0) return null;
  const { limits, starts, throttledUntil, breakers = {}, throttles = {} } = JSON.parse(sql.exec<{ state: string }>("SELECT state FROM gate").one().state) as State;
  const book: Book = { ...emptyBook(limits), starts, throttledUntil, throttles: new Map(Object.entries(throttles)), breakers: new Map(Object.entries(breakers).map(([circuit, kept]) => [circuit, breakerOf(kept)])) };
  for (const { key, lease } of sql.exec<{ key: string; lease: string }>("SELECT key, lease FROM leases")) book.leases.set(key, JSON.parse(lease) as Lease);
  for (const { key, waiter } of sql.exec<{ key: string; waiter: string }>("SELECT key, waiter FROM waiters")) book.waiters.set(key, { ...NO_CIRCUIT, ...(JSON.parse(waiter) as Waiter) });
  return book;
}

export function createTables(sql: SqlStorage, limits: Limits): Book {
  sql.exec(schema);
  const book = emptyBook(limits);
  sql.exec("INSERT INTO gate (one, state) VALUES (1, ?)", stateOf(book));
  return book;
}

export const stateOf = ({ limits, starts, breakers, throttledUntil, throttles }: Book): string =>
  JSON.stringify({ limits, starts, breakers: Object.fromEntries(breakers), throttledUntil, throttles: Object.fromEntries(throttles) } satisfies State);

/** Writes what differs from what was written last. */
export function writeBook(sql: SqlStorage, book: Book, before: { leases: ReadonlySet<string>; waiters: ReadonlySet<string>; state: string }): void {
  for (const key of before.leases) if (!book.leases.has(key)) sql.exec("DELETE FROM leases WHERE key = ?", key);
  for (const key of before.waiters) if (!book.waiters.has(key)) sql.exec("DELETE FROM waiters WHERE key = ?", key);
  for (const [key, lease] of book.leases) if (!before.leases.has(key)) sql.exec("INSERT OR REPLACE INTO leases VALUES (?, ?)", key, JSON.stringify(lease));
  for (const [key, waiter] of book.waiters) if (!before.waiters.has(key)) sql.exec("INSERT OR REPLACE INTO waiters VALUES (?, ?)", key, JSON.stringify(waiter));
  const state = stateOf(book);
  if (state !== before.state) sql.exec("UPDATE gate SET state = ?", state);
}
