/** How a partner signs, shown with its own id and secret: what docs/design/partners.md specifies. */

export interface Example {
  timestamp: string;
  key: string;
  path: string;
  body: string;
  /** `v1=` and 64 hex digits. */
  signature: string;
}

const PATH = "/api/v1/transactions";
const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function sign(secret: string, text: string): Promise<string> {
  const utf8 = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", utf8(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1=${hex(await crypto.subtle.sign("HMAC", key, utf8(text)))}`;
}

export interface Told {
  secret: string;
  /** What it may record; the example is of the first. */
  kinds: readonly ("payment" | "token_use")[];
  studio: string | null;
}

function bodyOf({ kinds, studio }: Told, at: Date): string {
  const told = { studio: studio ?? "studio_…", reference: "INV-1042", occurredAt: at.toISOString() };
  return JSON.stringify(kinds[0] === "token_use"
    ? { kind: "token_use", ...told, provider: "a-provider", model: "a-model", estimatedTokens: 1200, actualTokens: 1187 }
    : { kind: "payment", ...told, amountCents: 4900, currency: "EUR" });
}

/** A request as it would be signed at that time. */
export async function example(told: Told, at: Date): Promise<Example> {
  const [timestamp, key, body] = [String(Math.floor(at.getTime() / 1000)), "order-1042", bodyOf(told, at)];
  return { timestamp, key, path: PATH, body, signature: await sign(told.secret, `${timestamp}.POST.${PATH}.${key}.${body}`) };
}

/** The same as commands of a shell, for the time at which they are run. */
export function shell({ partner, origin, body, key }: { partner: string; origin: string; body: string; key: string }): string {
  return [
    "read -rs secret   # paste the secret: it is not kept in the shell's history",
    `key=${key}`,
    `body='${body}'`,
    "timestamp=$(date +%s)",
    `signature=$(printf %s "$timestamp.POST.${PATH}.$key.$body" | openssl dgst -sha256 -hmac "$secret" | sed 's/^.* //')`,
    `curl ${origin}${PATH} -H 'Content-Type: application/json' -H "Idempotency-Key: $key" \\`,
    `  -H 'Dailies-Partner: ${partner}' -H "Dailies-Timestamp: $timestamp" -H "Dailies-Signature: v1=$signature" -d "$body"`,
  ].join("\n");
}
