/** fal signs its webhooks by Ed25519, over a message of four lines; whoever wants to check them reads its public keys. */
import { z } from "@hono/zod-openapi";
import { fromHex, sha256 } from "#core/encoding.ts";
import { ask } from "../answers.ts";
import type { Call } from "../provider.ts";
import { isRecent, type Verified } from "../webhooks.ts";

/** What fal allows for keeping its keys. */
const KEYS_KEPT_MS = 24 * 3_600_000;
/** A signature that fits no key may mean new keys; so often at most they are read for that, whoever sends what. */
const KEYS_REREAD_MS = 300_000;
const KEYS_MAX = 16;

const KeySet = z.object({ keys: z.array(z.object({ x: z.string().min(1).max(200) })).max(KEYS_MAX) });

/** Per isolate, by address. */
const kept = new Map<string, { keys: CryptoKey[]; readAt: number }>();

/** Verifies a webhook by any of fal's keys. Keys that cannot be read are kept keys, if those are not too old; without any, nothing is believed. */
export async function verifyFalWebhook(call: Call, { headers, rawBody }: { headers: Headers; rawBody: string }): Promise<Verified> {
  const [request, user, timestamp, given] = ["request-id", "user-id", "timestamp", "signature"].map((name) => headers.get(`x-fal-webhook-${name}`) ?? "");
  const signature = fromHex(given ?? "");
  if (!request || !user || !signature || !/^\d{1,12}$/.test(timestamp ?? "")) return { ok: false, reason: "its headers are missing" };
  if (!isRecent(Number(timestamp), call.now())) return { ok: false, reason: "it is too old or from the future" };
  const signed = new TextEncoder().encode([request, user, timestamp, await sha256(rawBody)].join("\n"));
  const fits = async (keys: readonly CryptoKey[]): Promise<boolean> => {
    for (const key of keys) if (await crypto.subtle.verify("Ed25519", key, signature, signed)) return true;
    return false;
  };
  const known = await keysOf(call, KEYS_KEPT_MS);
  if (known === null) return { ok: false, reason: "the keys that it is signed by cannot be read" };
  if (await fits(known)) return { ok: true };
  const fresh = await keysOf(call, KEYS_REREAD_MS);
  return fresh !== null && fresh !== known && (await fits(fresh)) ? { ok: true } : { ok: false, reason: "its signature is wrong" };
}

/** fal's keys, read again where those that we have are older than that. */
async function keysOf(call: Call, ageMax: number): Promise<readonly CryptoKey[] | null> {
  const url = call.more["keysUrl"];
  if (url === undefined) return null;
  const old = kept.get(url);
  if (old && call.now() - old.readAt < ageMax && old.readAt <= call.now()) return old.keys;
  const answer = await ask(call, url, {});
  const set = KeySet.safeParse(answer?.json);
  if (answer?.status !== 200 || !set.success) return old && call.now() - old.readAt < KEYS_KEPT_MS ? old.keys : null;
  const keys = await Promise.all(set.data.keys.map(({ x }) => crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x }, { name: "Ed25519" }, false, ["verify"]).catch(() => null)));
  const usable = keys.filter((key) => key !== null);
  kept.set(url, { keys: usable, readAt: call.now() });
  return usable;
}
