import { CompactSign } from "jose";
import { fromBase64 } from "#core/encoding.ts";
import { settings } from "#core/env.ts";
import type { Ctx } from "#core/context.ts";
import { hmacKey } from "#core/hmac.ts";
import { canonicalJson } from "#film/canonical.ts";
import type { Json } from "#film/film.ts";

/** Signs the record of how a take was made: a compact JWS (HS256) over canonical JSON. The first key signs, all verify. */
export async function signManifest(ctx: Ctx, manifest: Json): Promise<string> {
  const [kid = "", encoded = ""] = (settings(ctx.env).MANIFEST_SIGNING_KEYS.split(",")[0] ?? "").split(":", 2);
  // HS256 wants at least 32 bytes; a shorter secret is stretched to that by its hash.
  const key = await hmacKey("manifest", encoded, async (text) => {
    const secret = fromBase64(text);
    if (!kid || !secret) throw new Error("MANIFEST_SIGNING_KEYS is not `kid:base64[,kid:base64]`");
    return new Uint8Array(await crypto.subtle.digest("SHA-256", secret));
  });
  return new CompactSign(new TextEncoder().encode(canonicalJson(manifest))).setProtectedHeader({ alg: "HS256", kid, typ: "dailies-manifest+jws" }).sign(key);
}

/** The manifest inside its signature. */
export function manifestIn(jws: string): Record<string, unknown> {
  const payload = fromBase64(jws.split(".")[1] ?? "");
  return payload ? (JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>) : {};
}
