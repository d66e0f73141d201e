import { isRecent, type Verified } from "../webhooks.ts";

/** Verifies `Webhook-Signature: time=…,sig1=…` of Cloudflare Stream: hex HMAC-SHA256 of `time.body`, by any of our secrets (with commas between them). */
export async function verifyStreamWebhook({ secret, headers, rawBody, now }: { secret: string; headers: Headers; rawBody: string; now: number }): Promise<Verified> {
  const fields = new Map((headers.get("webhook-signature") ?? "").split(",").map((field) => [field.slice(0, field.indexOf("=")).trim(), field.slice(field.indexOf("=") + 1).trim()] as const));
  const time = fields.get("time") ?? "";
  const given = fromHex(fields.get("sig1") ?? "");
  if (!/^\d{1,12}$/.test(time) || !given) return { ok: false, reason: "its headers are missing" };
  if (!isRecent(Number(time), now)) return { ok: false, reason: "it is too old or from the future" };
  for (const one of secret.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(one), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, given, new TextEncoder().encode(`${time}.${rawBody}`))) return { ok: true };
  }
  return { ok: false, reason: "its signature is wrong" };
}

/** Bytes of hexadecimal text; null where it is none. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length === 0 || text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(at * 2, at * 2 + 2), 16));
}
