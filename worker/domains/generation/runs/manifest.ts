/** The signed record of how a take was made: `docs/design/manifests.md` has the format. */
import { compactVerify } from "jose";
import type { Ctx } from "#core/context.ts";
import { fromBase64 } from "#core/encoding.ts";
import { settings } from "#core/env.ts";
import { hmacKey } from "#core/hmac.ts";
import { isSigned, signText } from "#domains/credits/index.ts";
import { canonicalJson } from "#film/canonical.ts";
import type { Json } from "#film/film.ts";
import type { Manifest } from "../contract.ts";

/** Signs a manifest, so that anybody can verify it with the published keys: a compact JWS over canonical JSON. */
export const signManifest = (ctx: Ctx, manifest: Json): Promise<string> => signText(ctx, canonicalJson(manifest), "dailies-manifest+jws");

/** Who can tell that a manifest was not altered: anybody, only this server (HS256), or nobody. */
export async function proofOf(ctx: Ctx, jws: string): Promise<Manifest["proof"]> {
  if (await isSigned(ctx, jws, "dailies-manifest+jws")) return "published_key";
  for (const entry of (settings(ctx.env).MANIFEST_SIGNING_KEYS ?? "").split(",")) {
    const [kid = "", encoded = ""] = entry.split(":", 2);
    const secret = fromBase64(encoded);
    if (kid === "" || !secret) continue;
    // HS256 wants at least 32 bytes; a shorter secret is stretched to that by its hash.
    const key = await hmacKey("manifest", encoded, async () => new Uint8Array(await crypto.subtle.digest("SHA-256", secret)));
    if (await compactVerify(jws, key, { algorithms: ["HS256"] }).then(({ protectedHeader }) => protectedHeader.kid === kid, () => false)) return "server_secret";
  }
  return "none";
}

/** The manifest inside its signature. */
export function manifestIn(jws: string): Record<string, unknown> {
  const payload = fromBase64(jws.split(".")[1] ?? "");
  return payload ? (JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>) : {};
}
