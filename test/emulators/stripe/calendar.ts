/** Periods of a subscription, in seconds and UTC, as Stripe counts them: always from the anchor, clamped to the end of a short month. */

export type Interval = "day" | "week" | "month" | "year";

const DAY_S = 86_400;
export const HOUR_S = 3_600;
export const days = (count: number): number => count * DAY_S;

/** The anchor moved on by so many intervals. From 31 January by one month it is 28 or 29 February, by two months 31 March. */
export function anchored(anchor: number, interval: Interval, count: number): number {
  if (interval === "day") return anchor + days(count);
  if (interval === "week") return anchor + days(7 * count);
  const date = new Date(anchor * 1_000);
  const month = date.getUTCMonth() + (interval === "year" ? 12 * count : count);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const time = anchor - Math.floor(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) / 1_000);
  return Math.floor(Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay)) / 1_000) + time;
}

/** The first end of a period that lies after a moment. */
export function periodEndAfter(moment: number, anchor: number, { interval, interval_count: each }: { interval: Interval; interval_count: number }): number {
  const length = { day: 1, week: 7, month: 28, year: 365 }[interval] * DAY_S * each;
  let steps = Math.max(0, Math.floor((moment - anchor) / length / 1.2) - 1);
  while (anchored(anchor, interval, steps * each) <= moment) steps += 1;
  return anchored(anchor, interval, steps * each);
}

/** `15 Jan 2026`, as it stands in the descriptions of prorations. */
export const dayOf = (moment: number): string => new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" }).format(moment * 1_000);
