/**
 * Ceilings: the most that a run, project, key, member or the whole studio may hold and spend, ever or in one calendar day or month of
 * the studio. What a hold has and what was captured of it count in the period in which it opened; what it gives back does not.
 * All ceilings that concern a hold bind it, so that one more ceiling never allows more.
 */
import type { Books, Hold } from "./books.ts";
import { type Ceiling, type CeilingPeriod, type CeilingSubject, EACH, type HoldRef, type ReachedCeiling } from "./commands.ts";

const DAY_MS = 86_400_000;
/** How long before a moment its period can have begun: a day of 25 hours, a month of 31 days and an hour. */
const reachesBackMs: Record<CeilingPeriod, number> = { absolute: Infinity, day: DAY_MS + 3_600_000, month: 31 * DAY_MS + 3_600_000 };
/** Counts that are remembered. Beyond that they are read again. */
const USED_KEPT_MAX = 2_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timeZone, format);
  return format;
}

/** The calendar period that a moment lies in, such as `2027-02-28` or `2027-02`. */
export function periodOf(period: CeilingPeriod, at: number, timeZone: string): string {
  if (period === "absolute") return "";
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return period === "day" ? `${part("year")}-${part("month")}-${part("day")}` : `${part("year")}-${part("month")}`;
}

/** When the period that a moment lies in is over, or null where it never is. */
export function periodEnd(period: CeilingPeriod, at: number, timeZone: string): number | null {
  if (period === "absolute") return null;
  const own = periodOf(period, at, timeZone);
  let [within, beyond] = [at, at + reachesBackMs[period]];
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (periodOf(period, middle, timeZone) === own) within = middle;
    else beyond = middle;
  }
  return beyond;
}

/** For whom a ceiling counts a hold of this ref, or null where it does not concern it. */
export function countedFor({ subject, id }: Pick<Ceiling, "subject" | "id">, ref: HoldRef, wallet: string): string | null {
  if (subject === "studio") return wallet;
  const own = ref[subject];
  return id === EACH || id === own ? own : null;
}

const keyOf = (subject: CeilingSubject, id: string, period: CeilingPeriod, at: number, timeZone: string) =>
  JSON.stringify([subject, id, period, periodOf(period, at, timeZone)]);

/** Counts credits that a hold takes or, negative, gives back, wherever they are being counted. */
export function countUse(books: Books, hold: Pick<Hold, "ref" | "openedAt">, credits: number): void {
  if (credits === 0 || books.ceilings.length === 0) return;
  const keys = new Set(books.ceilings.flatMap((ceiling) => {
    const own = countedFor(ceiling, hold.ref, books.wallet);
    return own === null ? [] : keyOf(ceiling.subject, own, ceiling.period, hold.openedAt, books.timeZone);
  }));
  for (const key of keys) {
    const used = books.used.get(key);
    if (used !== undefined) books.used.set(key, used + credits);
  }
}

/** What one hold counts for. */
export type Use = Pick<Hold, "ref" | "openedAt"> & { credits: number };

/** Reads what holds opened since a moment count for; of one subject, or more than that. */
export type UsesSince = (since: number, subject: CeilingSubject, id: string) => Use[];

/** The first ceiling that a hold of so many credits would pass. */
export function reachedCeiling(books: Books, wanted: { ref: HoldRef; credits: number }, at: number, usesSince: UsesSince): ReachedCeiling | undefined {
  if (wanted.credits === 0) return undefined;
  for (const ceiling of books.ceilings) {
    const own = countedFor(ceiling, wanted.ref, books.wallet);
    if (own === null) continue;
    const used = usedBy(books, { ...ceiling, id: own }, at, usesSince);
    if (used + wanted.credits > ceiling.credits) return { ...ceiling, id: own, used, resetsAt: periodEnd(ceiling.period, at, books.timeZone) };
  }
  return undefined;
}

/** What one subject has used in the period that a moment lies in. */
function usedBy(books: Books, { subject, id, period }: Ceiling, at: number, usesSince: UsesSince): number {
  const key = keyOf(subject, id, period, at, books.timeZone);
  const known = books.used.get(key);
  if (known !== undefined) return known;
  const own = { subject, id };
  const isCounted = ({ ref, openedAt }: Use) => countedFor(own, ref, books.wallet) !== null && keyOf(subject, id, period, openedAt, books.timeZone) === key;
  const used = usesSince(at - reachesBackMs[period], subject, id).filter(isCounted).reduce((sum, use) => sum + use.credits, 0);
  if (books.used.size >= USED_KEPT_MAX) books.used.clear();
  books.used.set(key, used);
  return used;
}

/** A ceiling with what counts against it now: of one for each subject, the subject that is nearest to it. */
export type CeilingStanding = Ceiling & { used: number; usedBy: string | null; resetsAt: number | null };

/** How all ceilings stand. `uses` are those of all holds since the longest period of them began. */
export function standingOfCeilings(books: Books, at: number, uses: Use[]): CeilingStanding[] {
  return books.ceilings.map((ceiling) => {
    const period = periodOf(ceiling.period, at, books.timeZone);
    const sums = new Map<string, number>();
    for (const { ref, openedAt, credits } of uses) {
      const own = countedFor(ceiling, ref, books.wallet);
      if (own !== null && periodOf(ceiling.period, openedAt, books.timeZone) === period) sums.set(own, (sums.get(own) ?? 0) + credits);
    }
    const [most] = [...sums].sort(([, a], [, b]) => b - a);
    return { ...ceiling, used: most?.[1] ?? 0, usedBy: most?.[0] ?? null, resetsAt: periodEnd(ceiling.period, at, books.timeZone) };
  });
}

/** Since when holds matter to any of these ceilings. */
export const sinceFor = (ceilings: Ceiling[], at: number): number => at - Math.max(0, ...ceilings.map(({ period }) => reachesBackMs[period]));
