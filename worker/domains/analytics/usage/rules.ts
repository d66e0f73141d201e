import { periodOf } from "#objects/wallet/ceilings.ts";
import { DAYS_DEFAULT, DAYS_MAX } from "./contract.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** No clock is further from UTC. */
const OFFSET_HOURS_MAX = 15;

/** A calendar day of a time zone: `from` is its first moment, `to` the first of the next. */
export interface Day {
  date: string;
  from: number;
  to: number;
}

export const dateAt = (at: number, timeZone: string): string => periodOf("day", at, timeZone);

const shifted = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** The first and the last day that are meant, or what is wrong with what was asked. */
export function daysMeant({ from, to }: { from?: string | undefined; to?: string | undefined }, today: string): { from: string; to: string } | { pointer: "query/from"; detail: string } {
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? shifted(last, 1 - DAYS_DEFAULT);
  if (first > last) return { pointer: "query/from", detail: "is after the last day" };
  if (Date.parse(last) - Date.parse(first) >= DAYS_MAX * DAY_MS) return { pointer: "query/from", detail: `is more than ${DAYS_MAX} days before the last day` };
  return { from: first, to: last };
}

/** The first moment of a date. A day that a zone skips has none of its own: it begins where the next one does. */
function startOf(date: string, timeZone: string): number {
  let [before, within] = [Date.parse(date) - OFFSET_HOURS_MAX * HOUR_MS, Date.parse(date) + OFFSET_HOURS_MAX * HOUR_MS];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dateAt(middle, timeZone) >= date) within = middle;
    else before = middle;
  }
  return within;
}

/** The days of a time zone one after the other: those of 23 and 25 hours too. */
export function daysOf({ from, to }: { from: string; to: string }, timeZone: string): Day[] {
  const days: Day[] = [];
  let at = startOf(from, timeZone);
  for (let date = from; date <= to; date = shifted(date, 1)) {
    const next = shifted(date, 1);
    const guess = at + DAY_MS;
    const isRight = dateAt(guess, timeZone) === next && dateAt(guess - 1, timeZone) === date;
    const end = isRight ? guess : startOf(next, timeZone);
    days.push({ date, from: at, to: end });
    at = end;
  }
  return days;
}
