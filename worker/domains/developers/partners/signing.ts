import type { Ctx } from "#core/context.ts";
import { base64url } from "#core/encoding.ts";
import { settings } from "#core/env.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const SECRET_PREFIX = "dps_";

/** The secret of a partner in one version. It follows from ours by HKDF, so it is stored nowhere and one tells nothing of another. */
export async function secretOf(ctx: Ctx, partner: string, version: number): Promise<string> {
  const ours = await crypto.subtle.importKey("raw", utf8(settings(ctx.env).PARTNER_SECRET), "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: utf8("dailies partner secret v1"), info: utf8(`${partner}.${version}`) }, ours, 256);
  return `${SECRET_PREFIX}${base64url(new Uint8Array(bits))}`;
}

/** Whether a text was signed with a secret. Takes as long whichever byte is wrong. */
export async function isSignedWith(secret: string, text: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", utf8(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, signature, text);
}
