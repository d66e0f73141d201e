import { getLocale } from "#lib/paraglide/runtime.js";
import { FRAME_RATE } from "#film/film.ts";

const pad = (value: number): string => String(value).padStart(2, "0");

/** `1:04`, `1:02:09`: a length for people. */
export function formatLength(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** `00:00:12:07`: hours, minutes, seconds and frames. */
export function formatTimecode(frames: number): string {
  const whole = Math.max(0, Math.round(frames));
  const seconds = Math.floor(whole / FRAME_RATE);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, whole % FRAME_RATE].map(pad).join(":");
}

export const formatNumber = (value: number): string => new Intl.NumberFormat(getLocale()).format(value);

/** `$9.99`, `$49`: a price. */
export const formatPrice = (cents: number, currency: string): string => new Intl.NumberFormat(getLocale(), { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" }).format(cents / 100);

/** `$49.00`: an amount among others. */
export const formatAmount = (cents: number, currency: string): string => new Intl.NumberFormat(getLocale(), { style: "currency", currency }).format(cents / 100);

/** `$0.015`: what one of many costs. */
export const formatUnitPrice = (cents: number, currency: string): string => new Intl.NumberFormat(getLocale(), { style: "currency", currency, maximumFractionDigits: 3 }).format(cents / 100);

/** `a, b and c`, or `a, b or c` */
export const formatList = (parts: string[], join: "and" | "or" = "and"): string => new Intl.ListFormat(getLocale(), { type: join === "or" ? "disjunction" : "conjunction" }).format(parts);

/** `3.5 s` */
export const formatSeconds = (seconds: number): string =>
  new Intl.NumberFormat(getLocale(), { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 1 }).format(seconds);

/** `about` a waiting time: seconds below 90, then whole minutes. */
export function formatWait(seconds: number): string {
  const unit = seconds < 90 ? "second" : "minute";
  const amount = unit === "second" ? Math.max(1, Math.ceil(seconds / 5) * 5) : Math.round(seconds / 60);
  return new Intl.NumberFormat(getLocale(), { style: "unit", unit, unitDisplay: "short" }).format(amount);
}

/** `2–4 min`: between two waiting times, said once where both come to the same. */
export function formatWaitRange(least: number, most: number): string {
  const unit = most < 90 ? "second" : "minute";
  const round = (seconds: number): number => (unit === "second" ? Math.max(5, Math.ceil(seconds / 5) * 5) : Math.max(1, Math.round(seconds / 60)));
  const format = new Intl.NumberFormat(getLocale(), { style: "unit", unit, unitDisplay: "short" });
  return round(least) === round(most) ? format.format(round(most)) : format.formatRange(round(least), round(most));
}

/** `in 45 seconds`, `in 3 minutes`: counted down. */
export function formatCountdown(seconds: number): string {
  const relative = new Intl.RelativeTimeFormat(getLocale(), { numeric: "always" });
  return seconds < 120 ? relative.format(seconds, "second") : relative.format(Math.ceil(seconds / 60), "minute");
}

export const formatDate = (iso: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium" }).format(new Date(iso));
export const formatDateTime = (iso: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
export const formatTime = (at: Date): string => new Intl.DateTimeFormat(getLocale(), { timeStyle: "short" }).format(at);

/** A moment in UTC, for what is the same for everyone. */
export const formatUtc = (iso: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(new Date(iso));

/** A calendar day that is named by its date, whichever zone it is of. */
export const formatDay = (date: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
export const formatDayShort = (date: string): string => new Intl.DateTimeFormat(getLocale(), { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));

/** `91 %` of a part between 0 and 1. */
export const formatPercent = (part: number): string => new Intl.NumberFormat(getLocale(), { style: "percent", maximumFractionDigits: 1 }).format(part);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** `5 minutes ago`, `yesterday`; a date after a month. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  if (seconds < -30 * 86_400) return formatDate(iso);
  const relative = new Intl.RelativeTimeFormat(getLocale(), { numeric: "auto" });
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? relative.format(Math.trunc(seconds / step[1]), step[0]) : relative.format(0, "second");
}
