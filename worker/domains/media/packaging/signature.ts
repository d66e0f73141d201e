import { fromHex } from "#core/encoding.ts";

/** A signature holds for so long, either way: what is older may be a replay. */
const TOLERANCE_SECONDS = 300;

export type Verified = { ok: true } | { ok: false; reason: string };

/**
 * Verifies `Webhook-Signature: time=…,sig1=…` of Cloudflare Stream: hex HMAC-SHA256 of `time.body` over the raw body, by any of our secrets (with commas
 * between them). Comparing is left to the platform, which takes the same time for every wrong one. Source: developers.cloudflare.com/stream, Using webhooks.
 */
export async function verifyStreamWebhook({ secret, headers, rawBody, now }: { secret: string; headers: Headers; rawBody: string; now: number }): Promise<Verified> {
  const fields = new Map((headers.get("webhook-signature") ?? "").split(",").map((field) => [field.slice(0, field.indexOf("=")).trim(), field.slice(field.indexOf("=") + 1).trim()] as const));
  const time = fields.get("time") ?? "";
  const given = fromHex(fields.get("sig1") ?? "");
  if (!/^\d{1,12}$/.test(time) || !given) return { ok: false, reason: "its headers are missing" };
  if (Math.abs(now / 1_000 - Number(time)) > TOLERANCE_SECONDS) return { ok: false, reason: "it is too old or from the future" };
  for (const one of secret.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(one), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, given, new TextEncoder().encode(`${time}.${rawBody}`))) return { ok: true };
  }
  return { ok: false, reason: "its signature is wrong" };
}
