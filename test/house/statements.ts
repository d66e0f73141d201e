import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { MemoryWallet } from "#objects/wallet/testing/memory-wallet.ts";
import { Story, type Step, storyCeilings, Tally, type Tried } from "#objects/wallet/testing/story.ts";
import { genesisOf, sha256, type StoredEntry } from "#objects/wallet/entry.ts";
import type { Leaf } from "#objects/wallet/leaf.ts";
import type { Statement } from "#domains/credits/statement/contract.ts";
import { closingText, openingText, pageText } from "#domains/credits/statement/rules.ts";
import { leafHash, pathTo, rootOf } from "#domains/credits/roots/tree.ts";
import { canonicalJson } from "#film/canonical.ts";

/** A key of the tests: 32 bytes that everybody knows. */
export const SEED = Buffer.from("root signing seed of the tests!!");
const signer = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), SEED]), format: "der", type: "pkcs8" });
const base64url = (text: string | Uint8Array): string => Buffer.from(text).toString("base64url");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const jwks = { keys: [{ kty: "OKP" as const, crv: "Ed25519" as const, x: String(createPublicKey(signer).export({ format: "jwk" }).x), kid: "test", use: "sig" as const, alg: "EdDSA" as const }] };

/** A compact JWS over a record's text. */
export function signed(record: string, typ = "dailies-root+jws"): string {
  const input = `${base64url(JSON.stringify({ alg: "EdDSA", kid: "test", typ }))}.${base64url(record)}`;
  return `${input}.${base64url(sign(null, Buffer.from(input), signer))}`;
}

export interface RootFacts {
  at: number;
  number: number;
  previous: string | null;
}

/** A root over leaves, and the proof of one of them. */
export function rootOver(leaves: Leaf[], own: Leaf, { at, number, previous }: RootFacts) {
  const hashes = leaves.map(leafHash);
  const index = leaves.indexOf(own);
  const record = canonicalJson({ at, number, previous, root: hex(rootOf(hashes)), v: 1, wallets: leaves.length });
  return { record, hash: sha256(record), proof: { number, jws: signed(record), leaf: own, index, size: leaves.length, path: pathTo(hashes, index).map(hex) } };
}

export interface Parts {
  wallet: string;
  log: StoredEntry[];
  /** The first entry of the file. */
  start?: number;
  stated?: Record<string, number> | null;
  /** The range that was asked for. */
  first?: number;
  last?: number;
  from?: string | null;
  to?: string | null;
  root: Statement["root"];
}

/** A statement's text, by the functions that the worker writes it with. */
export function statementText({ wallet, log, start = 1, stated = null, first = start, last = log.length, from = null, to = null, root }: Parts): string {
  const entries = log.slice(start - 1);
  const before = log[start - 2]?.hash ?? genesisOf(wallet);
  const end = entries.at(-1) ?? { seq: start - 1, hash: before };
  const covered = root?.leaf.seq ?? 0;
  const preamble = {
    wallet, madeAt: "2027-01-02T03:17:00.000Z", from, to, range: { first, last }, opening: { seq: start - 1, hash: before, stated }, root, rootless: root ? null : "no signed root has this wallet yet",
    unsigned: end.seq > covered ? { from: Math.max(covered + 1, start), why: "not yet under a signed root" } : null,
    keys: { at: "https://dailies.example/.well-known/dailies-keys.json", jwks },
  };
  return openingText(preamble) + pageText(entries, "first") + closingText({ seq: end.seq, hash: end.hash });
}

function tried(wallet: MemoryWallet): Tried {
  return {
    send: (command, now) => wallet.send([command], now)[0] ?? { ok: false, code: "failed" },
    alarm: (now) => wallet.settle(now), balance: wallet.balance, entriesAfter: (seq) => wallet.log.slice(seq), lots: wallet.lots, openHolds: wallet.openHolds,
  };
}

/** The log of a wallet on which a story was played, and what its books say in the end. */
export async function logOf(name: string, program: Step[]): Promise<{ wallet: string; log: StoredEntry[]; accounts: Record<string, number> }> {
  const story = new Story(name, storyCeilings, new Tally());
  const wallet = new MemoryWallet(name, [...storyCeilings]);
  for (const step of program) {
    await story.take(tried(wallet), step);
    wallet.settle(story.now);
    story.model.expire(story.now);
  }
  return { wallet: name, log: wallet.log, accounts: wallet.books.accounts };
}
