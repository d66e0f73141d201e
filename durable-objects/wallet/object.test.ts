import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import canonicalize from "canonicalize";
import { expect, test } from "vitest";
import type { HoldInput } from "./commands.ts";

const HOUR = 3_600_000;
let count = 0;
const newWallet = () => env.WALLET.getByName(`stu_wallet_${++count}_${crypto.randomUUID()}`);
const grantOf = (credits: number, expiresAt: number | null = null) =>
  ({ key: crypto.randomUUID(), bucket: "purchased" as const, credits, expiresAt, reason: "pack", ref: "in_1" });
const holdOf = (hold: string, credits: number): HoldInput =>
  ({ key: `hold:${hold}`, hold, credits, expiresAt: Date.now() + HOUR, ref: { run: `run_${hold}`, project: null, member: null, apiKey: null } });

test("asking a studio that has no wallet creates no storage and answers zeros", async () => {
  const wallet = newWallet();
  expect(await wallet.balance()).toMatchObject({ available: 0, held: 0, debt: 0, spent: 0, seq: 0 });
  expect(await wallet.hold(holdOf("a", 1))).toMatchObject({ ok: false, code: "insufficient", need: 1, available: 0 });
  expect(await wallet.capture({ key: "c", hold: "a", item: "i", credits: 1, reason: "clip" })).toEqual({ ok: false, code: "hold_unknown" });
  expect(await wallet.entries({ after: 0, limit: 10 })).toEqual([]);
  await wallet.poke();
  await runInDurableObject(wallet, (_, state) => {
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray()).toEqual([]);
  });
});

test("a run pays for what was delivered and gets the rest back, and its log proves it", async () => {
  const wallet = newWallet();
  await wallet.grant(grantOf(100));
  expect(await wallet.hold(holdOf("run", 60))).toEqual({ ok: true, hold: "run", available: 40, held: 60 });
  expect(await wallet.capture({ key: "c1", hold: "run", item: "clip:1", credits: 25, reason: "delivered" })).toMatchObject({ ok: true, remaining: 35 });
  expect(await wallet.capture({ key: "c2", hold: "run", item: "clip:2", credits: 36, reason: "delivered" })).toEqual({ ok: false, code: "exceeds_hold", remaining: 35 });
  expect(await wallet.capture({ key: "c3", hold: "run", item: "clip:1", credits: 1, reason: "again" })).toEqual({ ok: false, code: "item_captured" });
  expect(await wallet.release({ key: "r", hold: "run", cause: "settled" })).toMatchObject({ ok: true, captured: 25, returned: 35, available: 75, held: 0 });
  expect(await wallet.balance()).toMatchObject({ available: 75, held: 0, spent: 25 });
  expect(await wallet.check()).toMatchObject({ seq: 4, faults: [] });
  for (const { body } of await wallet.entries({ after: 0, limit: 10 })) expect(canonicalize(JSON.parse(body))).toBe(body);
});

test("the log reaches D1 by alarm, and survives an eviction in between", async () => {
  const wallet = newWallet();
  const studio = String(wallet.name);
  await wallet.grant(grantOf(10));
  await evictDurableObject(wallet);
  await wallet.hold(holdOf("run", 4));
  await runDurableObjectAlarm(wallet);
  const { results } = await env.DB.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? ORDER BY seq").bind(studio).all();
  expect(results).toEqual(await wallet.entries({ after: 0, limit: 10 }));
  expect(await env.DB.prepare("SELECT available, held, seq FROM wallets WHERE wallet = ?").bind(studio).first()).toEqual({ available: 6, held: 4, seq: 2 });
  expect(await env.DB.prepare("SELECT state, remaining FROM wallet_holds WHERE wallet = ?").bind(studio).first()).toEqual({ state: "open", remaining: 4 });
});
