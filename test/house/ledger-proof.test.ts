import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { MemoryWallet } from "#objects/wallet/testing/memory-wallet.ts";
import { genesisOf } from "#objects/wallet/entry.ts";
import type { Statement } from "#domains/credits/statement/contract.ts";
import { canonicalJson } from "#film/canonical.ts";
import { checkStatement } from "../../scripts/verify-statement.mjs";
import { read } from "./sources.ts";
import { jwks, rootOver, SEED, statementText } from "./statements.ts";

const EXAMPLE = "../../docs/design/ledger-proof-example.json";
const document = read("docs/design/ledger-proof.md");
const WALLET = "studio_example";
const T = Date.parse("2027-01-01T09:00:00Z");

/** A pack is bought, a run holds 40, one clip is delivered for 25, the rest comes back. */
function story() {
  const wallet = new MemoryWallet(WALLET);
  const ref = { run: "run_example", project: "proj_example", member: "user_example", apiKey: null };
  wallet.send([{ type: "grant", key: "stripe:in_1", bucket: "purchased", credits: 100, expiresAt: null, reason: "pack", ref: "in_1" }], T);
  wallet.send([{ type: "hold", key: "hold:hold_example", hold: "hold_example", credits: 40, expiresAt: T + 7_200_000, ref }], T + 60_000);
  wallet.send([{ type: "capture", key: "capture:job_example", hold: "hold_example", item: "job_example", credits: 25, reason: "Shot 1, clip" }], T + 120_000);
  wallet.send([{ type: "release", key: "release:hold_example", hold: "hold_example", cause: "settled" }], T + 180_000);
  return wallet.log;
}

const log = story();
const leaf = { wallet: WALLET, seq: 3, head: log[2]?.hash ?? "" };
const others = ["studio_a", "studio_z"].map((wallet, at) => ({ wallet, seq: at + 1, head: createHash("sha256").update(wallet).digest("hex") }));
const leaves = [others[0] ?? leaf, leaf, others[1] ?? leaf];
const previous = createHash("sha256").update("the record before").digest("hex");
const root = rootOver(leaves, leaf, { at: T + 150_000, number: 12, previous });
const sha = (...parts: (string | Uint8Array)[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

test("the example is what the wallet's rules and the statement's own functions write", async () => {
  await expect(statementText({ wallet: WALLET, log, root: root.proof })).toMatchFileSnapshot(EXAMPLE);
  expect(checkStatement(JSON.parse(read("docs/design/ledger-proof-example.json")) as Statement, jwks).state).toMatchObject({ seq: 4, accounts: { purchased: 75, spent: 25, granted: -100, held: 0 } });
});

test("the document shows the bytes of the example, each hashed as it says", () => {
  const texts = leaves.map(({ head, seq, wallet }) => canonicalJson({ head, seq, wallet }));
  const hashes = texts.map((text) => sha(Uint8Array.of(0), text));
  const [one, two, three] = [hashes[0] ?? sha(), hashes[1] ?? sha(), hashes[2] ?? sha()];
  const pair = sha(Uint8Array.of(1), one, two);
  const tree = sha(Uint8Array.of(1), pair, three);
  const [header, payload] = root.proof.jws.split(".");
  const shown = [
    genesisOf(WALLET), log[0]?.body, log[0]?.hash, ...texts, ...hashes.map((hash) => hash.toString("hex")), pair.toString("hex"), tree.toString("hex"),
    root.record, root.hash, root.proof.jws, Buffer.from(header ?? "", "base64url").toString(), jwks.keys[0]?.x, SEED.toString(),
  ];
  expect(shown.filter((text) => !document.includes(text ?? "missing"))).toEqual([]);
  expect(Buffer.from(payload ?? "", "base64url").toString()).toBe(root.record);
  expect(root.proof.path).toEqual([one.toString("hex"), three.toString("hex")]);
  expect(JSON.parse(root.record)).toMatchObject({ root: tree.toString("hex"), wallets: 3 });
});
