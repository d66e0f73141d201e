/** Keys of our own secrets for HMAC-SHA-256: read once, since every link and webhook needs one. */
const KEYS_MAX = 16;
const keys = new Map<string, CryptoKey>();

type Bytes = Uint8Array<ArrayBuffer>;

/** The key of a secret of the settings, for one purpose. `read` makes its bytes of it. What is kept is the key and not a promise of it, which another request must not await. */
export async function hmacKey(purpose: string, secret: string, read: (secret: string) => Bytes | Promise<Bytes>): Promise<CryptoKey> {
  const name = `${purpose}:${secret}`;
  const known = keys.get(name);
  if (known) return known;
  const key = await crypto.subtle.importKey("raw", await read(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  if (keys.size >= KEYS_MAX) keys.clear();
  keys.set(name, key);
  return key;
}
