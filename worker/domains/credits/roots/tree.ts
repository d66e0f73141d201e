/**
 * The tree over all wallets' heads: a Merkle tree as in RFC 6962. It grows by halves that are powers of two, so that hashing pairs level by
 * level and lifting what has no partner gives the same root, and every aligned group of 256 leaves is a tree of its own within it.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "#film/canonical.ts";
import type { Leaf } from "#objects/wallet/leaf.ts";

/** Leaves whose hash is stored. A proof reads one group and the hashes of all groups. */
export const GROUP_LEAVES = 256;

type Hash = Uint8Array;

const hashOf = (prefix: number, ...parts: (Uint8Array | string)[]): Hash => {
  const hash = createHash("sha256").update(Uint8Array.of(prefix));
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const leafHash = ({ wallet, seq, head }: Leaf): Hash => hashOf(0, canonicalJson({ head, seq, wallet }));
const nodeHash = (left: Hash, right: Hash): Hash => hashOf(1, left, right);

/** The level above: pairs are hashed, one without a partner is lifted. */
function above(level: readonly Hash[]): Hash[] {
  const next: Hash[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left) next.push(right ? nodeHash(left, right) : left);
  }
  return next;
}

/** The root over hashes; of nothing it is the hash of nothing. */
export function rootOf(hashes: readonly Hash[]): Hash {
  let level = hashes;
  while (level.length > 1) level = above(level);
  return level[0] ?? createHash("sha256").digest();
}

/** The hashes that a leaf needs to come to the root, from below. */
export function pathTo(hashes: readonly Hash[], index: number): Hash[] {
  const path: Hash[] = [];
  let at = index;
  for (let level = hashes; level.length > 1; level = above(level)) {
    const sibling = level[at ^ 1];
    if (sibling) path.push(sibling);
    at >>= 1;
  }
  return path;
}

export const fromHex = (text: string): Hash => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
