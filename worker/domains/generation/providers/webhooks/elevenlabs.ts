/** ElevenLabs' webhooks: `ElevenLabs-Signature: t=<unix seconds>,v0=<hex>`, an HMAC-SHA256 of `t.body` by the secret as it is. */
const TOLERANCE_SECONDS = 300;

export type Verified = { ok: true } | { ok: false; reason: string };

/** Verifies the raw body, strictly: five minutes, where the vendor's own library allows thirty. `secrets`: any of them, with commas between. */
export async function verifyElevenLabsWebhook({ secrets, headers, rawBody, now }: { secrets: string; headers: Headers; rawBody: string; now: number }): Promise<Verified> {
  const parts = (headers.get("elevenlabs-signature") ?? "").split(",").map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith("t="));
  const signatures = parts.flatMap((part) => (part.startsWith("v0=") ? [bytesOfHex(part.slice(3))] : []));
  const time = times[0]?.slice(2) ?? "";
  // Two times in one header leave open which was signed.
  if (times.length !== 1 || signatures.length === 0 || !/^\d{1,12}$/.test(time)) return { ok: false, reason: "its header is missing" };
  if (Math.abs(now / 1_000 - Number(time)) > TOLERANCE_SECONDS) return { ok: false, reason: "it is too old or from the future" };
  const signed = new TextEncoder().encode(`${time}.${rawBody}`);
  for (const secret of secrets.split(",").filter((each) => each !== "")) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of signatures) if (signature && (await crypto.subtle.verify("HMAC", key, signature, signed))) return { ok: true };
  }
  return { ok: false, reason: "its signature is wrong" };
}

function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[0-9a-f]{64}$/i.test(text)) return null;
  return Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}
