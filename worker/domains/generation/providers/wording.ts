/** What people read of a vendor's words, and how long it asks us to wait. */

const QUOTED_MAX = 160;
/** No run goes on for longer. */
const WAIT_SECONDS_MAX = 86_400;

/** A vendor's words as a quotation, or nothing: only short plain ones, without addresses, names of files or anything that may be a key. */
export function quoted(words: unknown): string {
  if (typeof words !== "string") return "";
  const plain = words.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  const isHarmless = plain.length > 0 && plain.length <= QUOTED_MAX && /^[\p{L}\p{N} .,;:'’"“”()%+\-–!?]+$/u.test(plain) && !/:\/\/|www\.|\S{25,}|\b(key|token|secret|bearer)\b/i.test(plain);
  return isHarmless ? ` It says: “${plain}”.` : "";
}

/**
 * Milliseconds that a vendor asks us to wait: `retry-after-ms`, `Retry-After` in seconds or as a date, its words (`resets in ~30s`), else so many seconds.
 * Never less than a second, never more than a day.
 */
export function waitMs(headers: Headers, { now, words, otherwiseSeconds }: { now: number; words?: string | undefined; otherwiseSeconds: number }): number {
  const after = headers.get("retry-after");
  const candidates = [
    Number(headers.get("retry-after-ms") ?? Number.NaN) / 1_000,
    Number(after ?? Number.NaN),
    after === null || !/[a-z]/i.test(after) ? Number.NaN : (Date.parse(after) - now) / 1_000,
    Number(/\bin ~?(\d+(?:\.\d+)?) ?s/i.exec(words ?? "")?.[1] ?? Number.NaN),
  ];
  const seconds = candidates.find((candidate) => Number.isFinite(candidate) && candidate >= 0) ?? otherwiseSeconds;
  return Math.round(Math.min(Math.max(seconds, 1), WAIT_SECONDS_MAX) * 1_000);
}
