/**
 * Ceilings: the most that a run, project, key, member or the whole studio may hold and spend, ever or in one calendar day or month of
 * the studio. What a hold has and what was captured of it count in the period in which it opened; what it gives back does not.
 */
import type { Books, Hold } from "./books.ts";
import type { Ceiling, CeilingPeriod, HoldRef, ReachedCeiling } from "./commands.ts";

const DAY_MS = 86_400_000;
/** How long before a moment its period can have begun: a day of 25 hours, a month of 31 days and an hour. */
const reachesBackMs: Record<CeilingPeriod, number> = { absolute: Infinity, day: DAY_MS + 3_600_000, month: 31 * DAY_MS + 3_600_000 };

/** The calendar period that a moment lies in, such as `2027-02-28` or `2027-02`. */
export function periodOf(period: CeilingPeriod, at: number, timeZone: string): string {
  if (period === "absolute") return "";
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return period === "day" ? `${part("year")}-${part("month")}-${part("day")}` : `${part("year")}-${part("month")}`;
}

/** Whether a ceiling is about a hold of this ref. */
export function concerns({ subject, id }: Ceiling, ref: HoldRef): boolean {
  return subject === "studio" || ref[subject] === id;
}

const keyOf = ({ subject, id, period }: Ceiling, at: number, timeZone: string) => JSON.stringify([subject, id, period, periodOf(period, at, timeZone)]);

/** Counts credits that a hold takes or, negative, gives back, wherever they are being counted. */
export function countUse(books: Books, hold: Pick<Hold, "ref" | "openedAt">, credits: number): void {
  if (credits === 0) return;
  for (const ceiling of books.ceilings) {
    if (!concerns(ceiling, hold.ref)) continue;
    const key = keyOf(ceiling, hold.openedAt, books.timeZone);
    const used = books.used.get(key);
    if (used !== undefined) books.used.set(key, used + credits);
  }
}

/** What one hold counts for. */
export type Use = Pick<Hold, "ref" | "openedAt"> & { credits: number };

/** The first ceiling that a hold of so many credits would pass. `usesSince` reads what holds opened since a moment count for. */
export function reachedCeiling(books: Books, wanted: { ref: HoldRef; credits: number }, at: number, usesSince: (since: number) => Use[]): ReachedCeiling | undefined {
  for (const ceiling of books.ceilings) {
    if (!concerns(ceiling, wanted.ref)) continue;
    const key = keyOf(ceiling, at, books.timeZone);
    let used = books.used.get(key);
    if (used === undefined) {
      const inPeriod = usesSince(at - reachesBackMs[ceiling.period]).filter((use) => concerns(ceiling, use.ref) && keyOf(ceiling, use.openedAt, books.timeZone) === key);
      used = inPeriod.reduce((sum, use) => sum + use.credits, 0);
      books.used.set(key, used);
    }
    if (wanted.credits > 0 && used + wanted.credits > ceiling.credits) return { ...ceiling, used };
  }
  return undefined;
}
