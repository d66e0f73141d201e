/** The table of a wallet's ceilings, and how they are changed one by one, so that two who change them at once both keep their word. */
import type { Books } from "./books.ts";
import { type CeilingStanding, sinceFor, standingOfCeilings } from "./ceilings.ts";
import {
  CEILINGS_MAX, type Ceiling, type CeilingName, faultInCeiling, isTimeZone, type PutCeilingInput, type PutCeilingOutcome, type SetTimeZoneOutcome,
} from "./commands.ts";
import { createTables, hasTables, usesSince } from "./sql.ts";

/** Only wallets that have ceilings pay for the indexes by which use is counted. */
const indexes = `
  CREATE INDEX IF NOT EXISTS holds_by_time ON holds (opened_at);
  CREATE INDEX IF NOT EXISTS holds_by_run ON holds (ref ->> 'run');
`;

/** The studio has one ceiling for each period, whatever it was called. */
const placed = <C extends CeilingName>(ceiling: C, wallet: string): C => (ceiling.subject === "studio" ? { ...ceiling, id: wallet } : ceiling);

const find = (books: Books, { subject, id, period }: CeilingName): Ceiling | undefined =>
  books.ceilings.find((each) => each.subject === subject && each.id === id && each.period === period);

function prepare(sql: SqlStorage, books: Books): void {
  if (!hasTables(sql)) createTables(sql, books.head);
  sql.exec(indexes);
}

/** Sets a ceiling or replaces it. It binds holds from now on. */
export function putCeiling(sql: SqlStorage, books: Books, { ceiling: given, mayRaise }: PutCeilingInput): PutCeilingOutcome {
  const detail = faultInCeiling(given);
  if (detail !== null) return { ok: false, code: "invalid", detail };
  const ceiling = placed(given, books.wallet);
  const before = find(books, ceiling);
  if (!before && books.ceilings.length >= CEILINGS_MAX) return { ok: false, code: "too_many", most: CEILINGS_MAX };
  if (before && !mayRaise && ceiling.credits > before.credits) return { ok: false, code: "would_raise", before };
  prepare(sql, books);
  const { subject, id, period, credits } = ceiling;
  sql.exec("INSERT INTO ceilings (subject, id, period, credits) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET credits = excluded.credits", subject, id, period, credits);
  return { ok: true, before: before ?? null };
}

export function removeCeiling(sql: SqlStorage, books: Books, name: CeilingName): { before: Ceiling | null } {
  const before = find(books, placed(name, books.wallet));
  if (!before) return { before: null };
  sql.exec("DELETE FROM ceilings WHERE subject = ? AND id = ? AND period = ?", before.subject, before.id, before.period);
  return { before };
}

/** The days and months of all ceilings are those of the time zone. */
export function setTimeZone(sql: SqlStorage, books: Books, timeZone: string): SetTimeZoneOutcome {
  if (!isTimeZone(timeZone)) return { ok: false, code: "invalid", detail: "no such time zone" };
  prepare(sql, books);
  sql.exec("UPDATE book SET time_zone = ?", timeZone);
  return { ok: true, before: books.timeZone };
}

/** The ceilings with what is used of each now. */
export function readCeilings(sql: SqlStorage, books: Books, at: number): { timeZone: string; ceilings: CeilingStanding[] } {
  const uses = books.ceilings.length === 0 ? [] : usesSince(sql, books, sinceFor(books.ceilings, at));
  return { timeZone: books.timeZone, ceilings: standingOfCeilings(books, at, uses) };
}
