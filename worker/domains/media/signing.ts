import { AwsClient } from "aws4fetch";
import type { Ctx } from "#core/context.ts";
import { base64url, fromBase64 } from "#core/encoding.ts";
import { settings } from "#core/env.ts";
import { hmacKey } from "#core/hmac.ts";

/** A signed link is rounded up to this, so that a page that is loaded twice shows the same URLs and the browser's cache works. */
const ROUND_MS = 10 * 60_000;

interface SigningKey {
  kid: string;
  secret: string;
}

function keysOf(text: string): SigningKey[] {
  return text.split(",").map((entry) => {
    const [kid = "", encoded = ""] = entry.split(":", 2);
    if (!kid) throw new Error(NOT_KEYS);
    return { kid, secret: encoded };
  });
}

const NOT_KEYS = "MEDIA_SIGNING_KEYS is not `kid:base64[,kid:base64]`";

const keyOf = ({ secret }: SigningKey): Promise<CryptoKey> => hmacKey("media", secret, (encoded) => {
  const bytes = fromBase64(encoded);
  if (!bytes) throw new Error(NOT_KEYS);
  return bytes;
});

const message = (path: string, expiresAt: number, type: string | null) => new TextEncoder().encode(`${path}\n${expiresAt}${type === null ? "" : `\n${type}`}`);

export interface SignedLink {
  url: string;
  expiresAt: number;
}

/** When a link that lasts at least so many seconds ends, in milliseconds since the epoch. */
export const endOfLink = (ctx: Ctx, seconds: number): number => Math.ceil((ctx.now() + seconds * 1_000) / ROUND_MS) * ROUND_MS;

/** A link to a stored object that works until it expires. `seconds` is the least that it lasts. `type`: what somebody's upload is served as, which has no type otherwise. */
export async function signLink(ctx: Ctx, key: string, seconds: number, type: string | null = null): Promise<SignedLink> {
  const [first] = keysOf(settings(ctx.env).MEDIA_SIGNING_KEYS);
  if (!first) throw new Error("MEDIA_SIGNING_KEYS is empty");
  const expiresAt = endOfLink(ctx, seconds);
  const path = `/media/${key}`;
  const signature = await crypto.subtle.sign("HMAC", await keyOf(first), message(path, expiresAt, type));
  return { url: `${path}?expires=${expiresAt}&key=${first.kid}&signature=${base64url(new Uint8Array(signature))}${type === null ? "" : `&type=${encodeURIComponent(type)}`}`, expiresAt };
}

/** Whether a link was signed by us and still holds. */
export async function checkLink(ctx: Ctx, url: URL): Promise<{ ok: true; expiresAt: number; type: string | null } | { ok: false; reason: "invalid" | "expired" }> {
  const expires = url.searchParams.get("expires") ?? "";
  const signature = fromBase64(url.searchParams.get("signature") ?? "");
  const key = keysOf(settings(ctx.env).MEDIA_SIGNING_KEYS).find(({ kid }) => kid === url.searchParams.get("key"));
  const type = url.searchParams.get("type");
  if (!/^\d{10,16}$/.test(expires) || !signature || !key || [...url.searchParams.keys()].length !== (type === null ? 3 : 4)) return { ok: false, reason: "invalid" };
  const valid = await crypto.subtle.verify("HMAC", await keyOf(key), signature, message(url.pathname, Number(expires), type));
  if (!valid) return { ok: false, reason: "invalid" };
  return Number(expires) > ctx.now() ? { ok: true, expiresAt: Number(expires), type } : { ok: false, reason: "expired" };
}

export interface PresignedPut {
  url: string;
  method: "PUT";
  headers: Record<string, string>;
  expiresAt: number;
}

/** An S3 presigned PUT of exactly this many bytes of this type: both are signed, so the client cannot send anything else. */
export async function presignPut(ctx: Ctx, { key, contentType, bytes, seconds }: { key: string; contentType: string; bytes: number; seconds: number }): Promise<PresignedPut> {
  const { R2_ENDPOINT, R2_BUCKET, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY } = settings(ctx.env);
  const client = new AwsClient({ accessKeyId: R2_ACCESS_KEY_ID, secretAccessKey: R2_SECRET_ACCESS_KEY, service: "s3", region: "auto" });
  const url = new URL(`${R2_ENDPOINT}/${R2_BUCKET}/${key}`);
  url.searchParams.set("X-Amz-Expires", String(seconds));
  const headers = { "content-type": contentType, "content-length": String(bytes) };
  const datetime = new Date(ctx.now()).toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
  const signed = await client.sign(url.href, { method: "PUT", headers, aws: { signQuery: true, allHeaders: true, datetime } });
  return { url: signed.url, method: "PUT", headers: { "content-type": contentType }, expiresAt: ctx.now() + seconds * 1_000 };
}
