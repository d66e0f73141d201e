/**
 * Gemini's webhooks, of two kinds in one header: of a webhook that is registered, a Standard Webhooks HMAC; of one that a request names itself, a JWT
 * by RS256 that holds the event. The JWT does not cover the body, so of those only what is in it counts.
 */
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { z } from "@hono/zod-openapi";
import { sha256 } from "#core/encoding.ts";
import { ask, parsed } from "../answers.ts";
import type { Call, Wake } from "../provider.ts";
import { isRecent, TOLERANCE_SECONDS, verifyStandardWebhook } from "../webhooks.ts";

const KEYS_KEPT_MS = 24 * 3_600_000;
/** A key that we do not know may be new; so often at most they are read for that, whoever sends what. */
const KEYS_REREAD_MS = 300_000;

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string().max(20), kid: z.string().max(200).optional() })).max(16) });
const Event = z.object({ type: z.string().max(100), data: z.object({ id: z.string().min(1).max(300) }) });

/** Per isolate, by address. */
const kept = new Map<string, { keys: JSONWebKeySet; readAt: number }>();

/** Verifies a webhook of either kind. `secret`: of the registered one; empty where there is none. */
export async function hearGemini(call: Call, { headers, rawBody, url }: { headers: Headers; rawBody: string; url?: URL }): Promise<Wake> {
  const signature = headers.get("webhook-signature") ?? "";
  return /^[\w-]+\.[\w-]*\.[\w-]*$/.test(signature) ? hearToken(call, signature, url ?? null) : hearRegistered(call, { headers, rawBody });
}

/** Verifies one of the webhook that is registered; it names its interaction. */
export async function hearRegistered(call: Call, { headers, rawBody }: { headers: Headers; rawBody: string }): Promise<Wake> {
  const verified = await verifyStandardWebhook({ secret: call.webhookSecret, headers, rawBody, now: call.now() });
  if (!verified.ok) return verified;
  const event = Event.safeParse(parsed(rawBody));
  return event.success ? { ok: true, id: headers.get("webhook-id") ?? "", ticket: event.data.data.id } : { ok: false, reason: "it is about nothing that we know" };
}

async function hearToken(call: Call, token: string, url: URL | null): Promise<Wake> {
  const claims = (await claimsOf(call, token, KEYS_KEPT_MS)) ?? (await claimsOf(call, token, KEYS_REREAD_MS));
  if (claims === null) return { ok: false, reason: "its token is not signed by a key of theirs, or is of another time" };
  // Without a time of its own a token would be good for ever.
  if (claims.iat === undefined || !isRecent(claims.iat, call.now())) return { ok: false, reason: "it is too old or from the future" };
  if (url !== null && !isFor(claims, url)) return { ok: false, reason: "it is made out to somebody else" };
  const event = Event.safeParse(claims);
  return { ok: true, id: claims.jti ?? (await sha256(token)), ticket: event.success ? event.data.data.id : null };
}

/** Whether a token is made out to this address. Its audience may be a project too, of which we know nothing: only addresses are held against ours. */
function isFor({ aud }: JWTPayload, url: URL): boolean {
  const addresses = [aud ?? []].flat().flatMap((each) => URL.parse(each) ?? []);
  return addresses.length === 0 || addresses.some(({ origin, pathname }) => origin === url.origin && pathname === url.pathname);
}

/** What a token says, or null where no key that is not older than that has signed it. Any algorithm but theirs is refused: none, and ours with their public key. */
async function claimsOf(call: Call, token: string, ageMax: number): Promise<JWTPayload | null> {
  const keys = await keysOf(call, ageMax);
  if (keys === null) return null;
  try {
    return (await jwtVerify(token, createLocalJWKSet(keys), { algorithms: ["RS256"], currentDate: new Date(call.now()), clockTolerance: TOLERANCE_SECONDS })).payload;
  } catch {
    return null;
  }
}

async function keysOf(call: Call, ageMax: number): Promise<JSONWebKeySet | null> {
  const url = call.more["keysUrl"] ?? "";
  const old = kept.get(url);
  const age = old ? call.now() - old.readAt : Infinity;
  if (old && age >= 0 && age < ageMax) return old.keys;
  const answer = await ask(call, url, {});
  const set = KeySet.safeParse(answer?.json);
  if (answer?.status !== 200 || !set.success) return old && age >= 0 && age < KEYS_KEPT_MS ? old.keys : null;
  const keys = { keys: set.data.keys.filter(({ kty }) => kty === "RSA") };
  kept.set(url, { keys, readAt: call.now() });
  return keys;
}
