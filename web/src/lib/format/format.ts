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

/** `3.5 s` */
export const formatSeconds = (seconds: number): string =>
  new Intl.NumberFormat(getLocale(), { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 1 }).format(seconds);

/** `about` a waiting time: seconds below 90, then whole minutes. */
export function formatWait(seconds: number): string {
  const unit = seconds < 90 ? "second" : "minute";
  const amount = unit === "second" ? Math.max(1, Math.ceil(seconds / 5) * 5) : Math.round(seconds / 60);
  return new Intl.NumberFormat(getLocale(), { style: "unit", unit, unitDisplay: "short" }).format(amount);
}

export const formatDate = (iso: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium" }).format(new Date(iso));
export const formatDateTime = (iso: string): string => new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
export const formatTime = (at: Date): string => new Intl.DateTimeFormat(getLocale(), { timeStyle: "short" }).format(at);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** `5 minutes ago`, `yesterday`; a date after a month. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  if (seconds < -30 * 86_400) return formatDate(iso);
  const relative = new Intl.RelativeTimeFormat(getLocale(), { numeric: "auto" });
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? relative.format(Math.trunc(seconds / step[1]), step[0]) : relative.format(0, "second");
}
