import type { PartnerRow } from "../tables.ts";

/** A request is believed for so long around the time that it names. */
export const TOLERANCE_MS = 5 * 60_000;
export const HOUR_MS = 60 * 60_000;
/** Requests of one partner, right signatures only: who guesses them must not use up another's. */
export const PARTNER_LIMIT = { max: 600, windowMs: 60_000 };
/** Keys have no dot: the dot ends each part of the signed text but the body. */
export const KEY = /^[A-Za-z0-9_-]{1,255}$/;

/** What a partner sends beside the body, as text. */
export interface SignedRequest {
  timestamp: string;
  method: string;
  /** With the query, if there is one. */
  path: string;
  /** The `Idempotency-Key`, so that a request that was caught cannot be sent again under another. */
  key: string;
  body: Uint8Array<ArrayBuffer>;
}

/** The bytes that are signed: `${timestamp}.${method}.${path}.${key}.${body}`. */
export function signedText({ timestamp, method, path, key, body }: SignedRequest): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${timestamp}.${method}.${path}.${key}.`);
  const text = new Uint8Array(head.length + body.length);
  text.set(head);
  text.set(body, head.length);
  return text;
}

/** Whether a time in seconds, as it was sent, is now. */
export const isFresh = (timestamp: string, now: number): boolean => /^\d{10,11}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1000) <= TOLERANCE_MS;

/** The signature's bytes in `v1=<64 hex digits>`, or null. */
export function signatureIn(header: string): Uint8Array<ArrayBuffer> | null {
  const digits = /^v1=([0-9a-f]{64})$/.exec(header)?.[1];
  return digits === undefined ? null : Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

type Versions = Pick<PartnerRow, "version" | "earlier" | "revokedAt">;

/** Versions of the secret that are accepted now, the present one first. */
export function versionsAt({ version, earlier, revokedAt }: Versions, now: number): number[] {
  return revokedAt === null ? [version, ...earlier.filter(({ until }) => until > now).map((each) => each.version)] : [];
}

/** The next secret. Those before it end after the grace, or when they would have ended anyway. */
export function rotated({ version, earlier }: Versions, now: number, graceHours: number): Pick<PartnerRow, "version" | "earlier"> {
  const until = now + graceHours * HOUR_MS;
  const ending = [{ version, until }, ...earlier.map((each) => ({ ...each, until: Math.min(each.until, until) }))];
  return { version: version + 1, earlier: ending.filter((each) => each.until > now) };
}
