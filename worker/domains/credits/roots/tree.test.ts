import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hex } from "#core/encoding.ts";
import { GROUP_LEAVES, leafHash, pathTo, rootOf } from "./tree.ts";

const sha = (...parts: Uint8Array[]): Uint8Array => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leaves = Array.from({ length: 1_100 }, (_, index) => leafHash({ wallet: `w${index}`, seq: index + 1, head: "ab" }));

/** The tree as RFC 6962 defines it, by halves. */
function treeOf(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha();
  const [only] = hashes;
  if (hashes.length === 1 && only) return only;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return sha(Uint8Array.of(1), treeOf(hashes.slice(0, half)), treeOf(hashes.slice(half)));
}

const groupsOf = (hashes: Uint8Array[]) => Array.from({ length: Math.ceil(hashes.length / GROUP_LEAVES) }, (_, at) => rootOf(hashes.slice(at * GROUP_LEAVES, (at + 1) * GROUP_LEAVES)));
const sizes = [...Array(20).keys(), 255, 256, 257, 300, 511, 513, 768, 1_024, 1_099];

test("a leaf is hashed as its canonical text behind a zero", () => {
  expect(hex(leafHash({ wallet: "studio_a", seq: 3, head: "ff" }))).toBe(createHash("sha256").update('\0{"head":"ff","seq":3,"wallet":"studio_a"}').digest("hex"));
});

test("pairing level by level, and by groups, gives the tree of RFC 6962", () => {
  for (const size of sizes) {
    const own = leaves.slice(0, size);
    expect([size, hex(rootOf(own)), hex(rootOf(groupsOf(own)))]).toEqual([size, hex(treeOf(own)), hex(treeOf(own))]);
  }
});

test("a path by groups is the path through the whole tree", () => {
  for (const size of sizes) {
    const own = leaves.slice(0, size);
    for (const index of new Set([0, 1, size >> 1, size - 2, size - 1].filter((each) => each >= 0 && each < size))) {
      const group = Math.floor(index / GROUP_LEAVES);
      const inGroup = own.slice(group * GROUP_LEAVES, (group + 1) * GROUP_LEAVES);
      const path = [...pathTo(inGroup, index % GROUP_LEAVES), ...pathTo(groupsOf(own), group)];
      expect([size, index, path.map(hex)]).toEqual([size, index, pathTo(own, index).map(hex)]);
    }
  }
});
