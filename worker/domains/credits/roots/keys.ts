/** The keys that sign what anybody can verify, from the setting ROOT_SIGNING_KEYS. The first signs; all are published, so that what an older one signed verifies. */
import { CompactSign, compactVerify, createLocalJWKSet } from "jose";
import { base64url, fromBase64 } from "#core/encoding.ts";
import { settings } from "#core/env.ts";
import type { Ctx } from "#core/context.ts";
import type { KeySet } from "./contract.ts";

const KEY_BYTES = 32;
/** What stands before an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]);

type PublicKey = KeySet["keys"][number];

interface RootKeys {
  kid: string;
  signer: CryptoKey;
  published: PublicKey[];
}

const known = new Map<string, Promise<RootKeys>>();

function keysOf(ctx: Ctx): Promise<RootKeys> {
  const text = settings(ctx.env).ROOT_SIGNING_KEYS;
  const keys = known.get(text) ?? parseKeys(text);
  known.set(text, keys);
  return keys;
}

const wrong = (what: string) => new Error(`ROOT_SIGNING_KEYS: ${what}; see docs/runbooks/root-keys.md`);

/** Reads `kid:seed` and `kid:public:key`, with commas between them. */
export async function parseKeys(text: string): Promise<RootKeys> {
  const parsed = await Promise.all(text.split(",").map((entry) => parseKey(entry.trim())));
  const [first] = parsed;
  if (!first?.signer) throw wrong("the first key must be a private one");
  const published = parsed.map(({ key }) => key);
  if (new Set(published.map(({ kid }) => kid)).size < published.length) throw wrong("two keys have one name");
  return { kid: first.key.kid, signer: first.signer, published };
}

async function parseKey(entry: string): Promise<{ key: PublicKey; signer: CryptoKey | null }> {
  const [, kid, isPublic, encoded = ""] = /^([A-Za-z0-9._-]{1,64}):(public:)?([A-Za-z0-9+/_=-]+)$/.exec(entry) ?? [];
  const bytes = fromBase64(encoded);
  if (kid === undefined || bytes?.length !== KEY_BYTES) throw wrong("a key is `kid:` and the base64 of 32 bytes, or `kid:public:` and that");
  const toKey = (x: string): PublicKey => ({ kty: "OKP", crv: "Ed25519", x, kid, use: "sig", alg: "EdDSA" });
  if (isPublic) return { key: toKey(base64url(bytes)), signer: null };
  const signer = await crypto.subtle.importKey("pkcs8", Uint8Array.from([...PKCS8_PREFIX, ...bytes]), { name: "Ed25519" }, true, ["sign"]);
  const { x } = (await crypto.subtle.exportKey("jwk", signer)) as JsonWebKey;
  if (!x) throw wrong("a key has no public half");
  return { key: toKey(x), signer };
}

/** What verifies what they signed, old ones included. */
export const publishedKeys = async (ctx: Ctx): Promise<KeySet> => ({ keys: (await keysOf(ctx)).published });

/** Where anybody finds them. */
export const keysAddress = (ctx: Ctx): string => new URL("/.well-known/dailies-keys.json", settings(ctx.env).APP_ORIGIN).href;

/** What is signed; the header says it, so that one thing is never taken for another. */
export type Signed = "dailies-root+jws" | "dailies-manifest+jws";

/** A compact JWS over a text. */
export async function signText(ctx: Ctx, text: string, typ: Signed): Promise<string> {
  const { kid, signer } = await keysOf(ctx);
  return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: "EdDSA", kid, typ }).sign(signer);
}

/** Whether one of the published keys signed it, as what it is. */
export async function isSigned(ctx: Ctx, jws: string, typ: Signed): Promise<boolean> {
  const keys = createLocalJWKSet(await publishedKeys(ctx));
  return compactVerify(jws, keys, { algorithms: ["EdDSA"] }).then(({ protectedHeader }) => protectedHeader.typ === typ, () => false);
}
