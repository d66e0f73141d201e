import { fromBase64 } from "#core/encoding.ts";

const TOLERANCE_SECONDS = 300;

/** Verifies a Standard Webhooks signature over the raw body: id, time within five minutes, and any of its `v1` signatures. */
export async function verifyStandardWebhook({ secret, headers, rawBody, now }: { secret: string; headers: Headers; rawBody: string; now: number }): Promise<{ ok: true } | { ok: false; reason: string }> {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signatures = headers.get("webhook-signature");
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: "its headers are missing" };
  if (Math.abs(now / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return { ok: false, reason: "it is too old or from the future" };
  const bytes = fromBase64(secret.replace(/^whsec_/, ""));
  if (!bytes) return { ok: false, reason: "our secret is not base64" };
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${rawBody}`);
  for (const entry of signatures.split(" ")) {
    const given = entry.startsWith("v1,") ? fromBase64(entry.slice(3)) : null;
    if (given && (await crypto.subtle.verify("HMAC", key, given, signed))) return { ok: true };
  }
  return { ok: false, reason: "its signature is wrong" };
}
