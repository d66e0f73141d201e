/** Playback tokens: RS256 by a key of the account, for one video, until they expire. */

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** A signing key as `POST …/stream/keys` gives it: `jwk` is base64 of JSON. */
export interface SigningKey {
  id: string;
  jwk: string;
}

export async function newSigningKey(): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey({ ...ALGORITHM, modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["sign", "verify"])) as CryptoKeyPair;
  const id = crypto.randomUUID().replaceAll("-", "");
  return { id, jwk: btoa(JSON.stringify({ use: "sig", alg: "RS256", kid: id, ...((await crypto.subtle.exportKey("jwk", pair.privateKey)) as JsonWebKey), key_ops: undefined, ext: undefined })) };
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const textOf = (value: unknown): string => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function partsOf(token: string): { header: { alg?: string; kid?: string }; payload: { sub?: string; kid?: string; exp?: number; nbf?: number } } | null {
  try {
    const [header = "", payload = ""] = token.split(".");
    return { header: JSON.parse(new TextDecoder().decode(bytesOf(header))), payload: JSON.parse(new TextDecoder().decode(bytesOf(payload))) };
  } catch {
    return null;
  }
}

/** The video that a token speaks of, true or not: what a request is about. */
export const subjectOf = (token: string): string | null => partsOf(token)?.payload.sub ?? null;

/** The video that a token opens; null where it opens none. */
export async function openedBy(token: string, keys: readonly SigningKey[], now: number): Promise<string | null> {
  const parts = partsOf(token);
  const key = keys.find(({ id }) => id === parts?.header.kid && id === parts.payload.kid);
  if (!parts || !key || parts.header.alg !== "RS256" || (parts.payload.exp ?? 0) * 1_000 <= now || (parts.payload.nbf ?? 0) * 1_000 > now) return null;
  const { kty = "RSA", n = "", e = "" } = JSON.parse(atob(key.jwk)) as JsonWebKey;
  const publicKey = await crypto.subtle.importKey("jwk", { kty, n, e }, ALGORITHM, false, ["verify"]);
  const signed = token.slice(0, token.lastIndexOf("."));
  const isTrue = await crypto.subtle.verify(ALGORITHM.name, publicKey, bytesOf(token.slice(signed.length + 1)), new TextEncoder().encode(signed));
  return isTrue ? (parts.payload.sub ?? null) : null;
}

/** A token as `POST …/stream/{uid}/token` makes it. */
export async function signedToken({ id, jwk }: SigningKey, { sub, exp }: { sub: string; exp: number }): Promise<string> {
  const key = await crypto.subtle.importKey("jwk", JSON.parse(atob(jwk)) as JsonWebKey, ALGORITHM, false, ["sign"]);
  const signed = `${textOf({ alg: "RS256", kid: id })}.${textOf({ sub, kid: id, exp })}`;
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, key, new TextEncoder().encode(signed)));
  return `${signed}.${btoa(String.fromCharCode(...signature)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}
