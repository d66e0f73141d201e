import { SignJWT } from "jose";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { endOfLink } from "../signing.ts";
import type { Manifest } from "./contract.ts";
import * as store from "./store.ts";
import { stream, type StreamAccess } from "./stream.ts";

/** Reading a key takes longer than signing with it: each is read once by an isolate. What is kept is the key and not a promise of it, which another request must not await. */
const read = new Map<string, CryptoKey>();

async function signingKey(jwk: string): Promise<CryptoKey> {
  const known = read.get(jwk);
  if (known) return known;
  const key = await crypto.subtle.importKey("jwk", JSON.parse(atob(jwk)) as JsonWebKey, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["sign"]);
  read.set(jwk, key);
  return key;
}

/** The token in a manifest's address, signed by ourselves: `sub` is Stream's id, `exp` in seconds. Source: developers.cloudflare.com/stream, Secure your Stream. */
async function signToken({ keyId, jwk }: StreamAccess, uid: string, expiresAt: number): Promise<string> {
  return new SignJWT({ kid: keyId }).setProtectedHeader({ alg: "RS256", kid: keyId }).setSubject(uid).setExpirationTime(Math.floor(expiresAt / 1_000)).sign(await signingKey(jwk));
}

/** Where a film of this content is played from as a stream, for at least so many seconds; null where it is not packaged. */
export async function manifestOf(ctx: Ctx, { video, sha256, seconds }: { video: string; sha256: string; seconds: number }): Promise<Manifest | null> {
  const access = stream.configured(ctx.env);
  const row = access ? await store.findReady(ctx, video) : undefined;
  if (!access || row?.uid == null || row.sha256 !== sha256) return null;
  const expiresAt = endOfLink(ctx, seconds);
  try {
    return { url: `${access.playbackBase}/${await signToken(access, row.uid, expiresAt)}/manifest/video.m3u8`, expiresAt: new Date(expiresAt).toISOString() };
  } catch (error) {
    // A key that cannot be read takes nobody's film away: it plays from its file.
    logLine({ evt: "stream.key_unusable", error: String(error) });
    return null;
  }
}

/** Origins that pages must let films come from, besides their own. */
export function playbackOrigins(ctx: Ctx): string[] {
  const access = stream.configured(ctx.env);
  return access ? [new URL(access.playbackBase).origin] : [];
}
