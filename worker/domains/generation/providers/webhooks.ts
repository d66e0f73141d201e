import { fromBase64 } from "#core/encoding.ts";

/** A signature holds for so long, either way: what is older may be a replay. */
export const TOLERANCE_SECONDS = 300;
/** A secret that is shorter protects nothing; an empty one would fit anybody's signature. */
const SECRET_BYTES_MIN = 16;
const SIGNATURES_MAX = 8;

export type Verified = { ok: true } | { ok: false; reason: string };

/**
 * Verifies a Standard Webhooks signature over the raw body: id, time within five minutes, and any of its `v1` signatures by any of our secrets (`whsec_…`,
 * with commas while one is being replaced). Comparing is left to the platform, which takes the same time for every wrong one.
 */
export async function verifyStandardWebhook({ secret, headers, rawBody, now }: { secret: string; headers: Headers; rawBody: string; now: number }): Promise<Verified> {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signatures = headers.get("webhook-signature");
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: "its headers are missing" };
  if (!isRecent(Number(timestamp), now)) return { ok: false, reason: "it is too old or from the future" };
  const secrets = secret.split(",").map((one) => fromBase64(one.trim().replace(/^whsec_/, "")));
  const usable = secrets.filter((bytes): bytes is Uint8Array<ArrayBuffer> => bytes !== null && bytes.length >= SECRET_BYTES_MIN);
  if (usable.length === 0) return { ok: false, reason: "our secret is not base64, or too short" };
  const given = signatures.split(" ").slice(0, SIGNATURES_MAX).flatMap((entry) => (entry.startsWith("v1,") ? (fromBase64(entry.slice(3)) ?? []) : []));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${rawBody}`);
  for (const bytes of usable) {
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of given) if (await crypto.subtle.verify("HMAC", key, signature, signed)) return { ok: true };
  }
  return { ok: false, reason: "its signature is wrong" };
}

/** Whether a time in seconds is near enough to now, in milliseconds. */
export const isRecent = (seconds: number, now: number): boolean => Math.abs(now / 1_000 - seconds) <= TOLERANCE_SECONDS;
