import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "./canonical.ts";
import type { Json } from "./film.ts";

/** SHA-256 of bytes, or of a text's UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return bytesToHex(sha256(typeof content === "string" ? utf8ToBytes(content) : content));
}

/** The hash of a value by its canonical JSON. */
export const hashOf = (value: Json): string => sha256Hex(canonicalJson(value));

/** A seed of 32 bits for one thing of a film: the same for the same parts, unrelated for any others. */
export function seedFrom(...parts: (string | number)[]): number {
  return Number.parseInt(hashOf(parts).slice(0, 8), 16);
}
