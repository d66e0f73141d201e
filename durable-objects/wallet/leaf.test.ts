import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Wallet } from "./object.ts";

const newStudio = () => `stu_leaf_${crypto.randomUUID()}`;
const grantOf = (credits: number) => ({ key: crypto.randomUUID(), bucket: "purchased" as const, credits, expiresAt: null, reason: "pack", ref: "in_1" });

async function filled(entries: number) {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  for (let count = 0; count < entries; count += 1) await wallet.grant(grantOf(10));
  return { studio, wallet };
}
const leafOf = async (wallet: DurableObjectStub<Wallet>, root: number, atLeast: { seq: number; head: string } | null = null) => {
  const outcome = await wallet.leaf({ root, atLeast });
  if (!outcome.ok || !outcome.leaf) throw new Error(JSON.stringify(outcome));
  return outcome.leaf;
};

test("a wallet answers with its own head, the same to the same root, and never with an earlier one", async () => {
  const { studio, wallet } = await filled(3);
  const first = await leafOf(wallet, 7);
  const { seq, head } = await wallet.balance();
  expect(first).toEqual({ wallet: studio, seq, head });
  await wallet.grant(grantOf(5));
  expect(await leafOf(wallet, 7)).toEqual(first);
  await evictDurableObject(wallet);
  expect(await leafOf(wallet, 8, first)).toMatchObject({ seq: 4 });
  expect(await wallet.leaf({ root: 7, atLeast: null })).toEqual({ ok: false, code: "superseded", root: 8 });
});

test("a studio without a wallet has no leaf and gets no storage", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  expect(await wallet.leaf({ root: 1, atLeast: null })).toEqual({ ok: true, leaf: null });
  await runInDurableObject(wallet, (_, state) => {
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray()).toEqual([]);
  });
});

test.each([
  ["ends before what was signed", 2],
  ["has other entries than were signed", 5],
  ["lost all that it had", 0],
])("a wallet whose log %s freezes, says so once and gives no leaf", async (_, entriesAnew) => {
  const { studio, wallet } = await filled(4);
  const signed = await leafOf(wallet, 1);
  await runInDurableObject(wallet, (_instance, state) => state.storage.deleteAll());
  await evictDurableObject(wallet);
  const restored = env.WALLET.getByName(studio);
  for (let count = 0; count < entriesAnew; count += 1) await restored.grant(grantOf(77));
  for (let times = 0; times < 2; times += 1) expect(await restored.leaf({ root: 2, atLeast: signed })).toMatchObject({ ok: false, code: "frozen", detail: expect.stringContaining("entry 4") });
  expect(await restored.grant(grantOf(1))).toMatchObject({ ok: false, code: "frozen" });
  const { results } = await env.DB.prepare("SELECT severity, detail FROM findings WHERE studio = ? AND id = 'wallet:' || studio || ':frozen'").bind(studio).all();
  expect(results).toEqual([{ severity: "critical", detail: "a signed root has entry 4, which this wallet lacks" }]);
});

test("what a wallet said before binds it, also where nobody else kept it", async () => {
  const { wallet } = await filled(4);
  await leafOf(wallet, 1);
  await runInDurableObject(wallet, (_, state) => {
    state.storage.sql.exec("UPDATE leaf_given SET head = 'another'");
  });
  expect(await wallet.leaf({ root: 2, atLeast: null })).toMatchObject({ ok: false, code: "frozen" });
});

test("a wallet that was made before there were roots gives its leaf too", async () => {
  const { wallet } = await filled(1);
  await runInDurableObject(wallet, (_, state) => {
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'leaf_given'").toArray()).toEqual([]);
  });
  expect(await leafOf(wallet, 1)).toMatchObject({ seq: 1 });
});

test("a freeze that D1 did not hear of is told again", async () => {
  const { studio, wallet } = await filled(2);
  await runInDurableObject(wallet, async (instance: Wallet) => {
    const real = env.DB.batch;
    Object.defineProperty(env.DB, "batch", { configurable: true, value: async () => { throw new Error("D1_ERROR: overloaded"); } });
    expect(await instance.leaf({ root: 1, atLeast: { seq: 9, head: "x" } })).toMatchObject({ ok: false, code: "frozen" });
    Object.defineProperty(env.DB, "batch", { configurable: true, value: real });
    await instance.alarm();
  });
  expect(await env.DB.prepare("SELECT count(*) AS findings FROM findings WHERE studio = ?").bind(studio).first()).toEqual({ findings: 1 });
});

test("a span of time names its entries and what stands before them", async () => {
  const { wallet } = await filled(0);
  await runInDurableObject(wallet, async (instance: Wallet) => {
    let now = 1_000_000;
    Object.defineProperty(instance, "now", { value: () => now });
    for (let count = 0; count < 6; count += 1) {
      await instance.grant(grantOf(10));
      if (count % 2 === 1) now += 1_000;
    }
    const entries = instance.entries({ after: 0, limit: 10 });
    const { seq, head } = instance.balance();
    expect(instance.span({ from: 1_001_000, to: 1_002_000 })).toEqual({ first: 3, last: 4, before: entries[1]?.hash, seq, head });
    expect(instance.span({ from: 1_001_001, to: 1_002_000 })).toMatchObject({ first: 5, last: 4 });
    expect(instance.span({ from: 0, to: 9_000_000 })).toMatchObject({ first: 1, last: 6 });
    expect(instance.sums({ after: 0, through: 4 })).toEqual({ granted: -40, purchased: 40 });
  });
});
