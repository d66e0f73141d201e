import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { GrantInput, HoldInput } from "./commands.ts";
import type { Wallet } from "./object.ts";
import { GRACE_MS } from "./rules.ts";

const HOUR = 3_600_000;
const newStudio = () => `stu_trouble_${crypto.randomUUID()}`;
const grantOf = (credits: number, expiresAt: number | null = null): GrantInput =>
  ({ key: crypto.randomUUID(), bucket: "purchased", credits, expiresAt, reason: "pack", ref: "in_1" });
const holdOf = (hold: string, credits: number, expiresAt = Date.now() + HOUR): HoldInput =>
  ({ key: `hold:${hold}`, hold, credits, expiresAt, ref: { run: `run_${hold}`, project: null, member: null, apiKey: null } });

test("a thousand racing holds never hold more than there is", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  await wallet.grant(grantOf(997));
  const outcomes = await Promise.all(Array.from({ length: 1_000 }, (_, index) => wallet.hold(holdOf(`h${index}`, 1 + (index % 7)))));
  const held = outcomes.reduce((sum, outcome, index) => sum + (outcome.ok ? 1 + (index % 7) : 0), 0);
  expect(held).toBe(997);
  for (const outcome of outcomes) expect(outcome.ok || outcome.code === "held_elsewhere").toBe(true);
  expect(await wallet.balance()).toMatchObject({ available: 0, held: 997 });
  expect((await wallet.check()).faults).toEqual([]);
});

test("the same hold sent by a hundred callers at once is taken once", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  await wallet.grant(grantOf(100));
  const hold = holdOf("h", 10);
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => wallet.hold(hold)));
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(new Set([JSON.stringify({ ok: true, hold: "h", available: 90, held: 10 })]));
});

test("a batch decides every command on its own, and no batch is larger than 32", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  await wallet.grant(grantOf(10));
  const batch = await wallet.holdMany([holdOf("a", 6), holdOf("b", 6), holdOf("c", 4)]);
  expect(batch).toMatchObject({ ok: true, outcomes: [{ ok: true }, { ok: false, code: "held_elsewhere", holds: [{ hold: "a", run: "run_a", credits: 6 }] }, { ok: true, available: 0 }] });
  expect(await wallet.captureMany(Array.from({ length: 33 }, (_, index) => ({ key: `c${index}`, hold: "a", item: `i${index}`, credits: 0, reason: "x" })))).toMatchObject({ ok: false, code: "invalid" });
});

test("bad figures move nothing and are named", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  for (const credits of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(await wallet.grant(grantOf(credits))).toMatchObject({ ok: false, code: "invalid" });
  }
  expect(await wallet.hold({ ...holdOf("h", 0), key: "\ud800" })).toMatchObject({ ok: false, code: "invalid" });
  expect(await wallet.balance()).toMatchObject({ seq: 0 });
});

test("a changed row in the projection becomes one finding and does not stop the log", async () => {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  await wallet.grant(grantOf(10));
  await env.DB.prepare(`INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash) VALUES (?, 1, 99, 0, 0, '{"at":0,"kind":"grant"}', 'forged')`).bind(studio).run();
  await runDurableObjectAlarm(wallet);
  await wallet.hold(holdOf("h", 1));
  await runDurableObjectAlarm(wallet);
  expect(await wallet.balance()).toMatchObject({ frozen: null, available: 9 });
  const { results } = await env.DB.prepare("SELECT detail, severity FROM findings WHERE studio = ?").bind(studio).all();
  expect(results).toEqual([{ detail: "projection_differs: entry 1", severity: "critical" }]);
  expect(await env.DB.prepare("SELECT count(*) AS entries FROM wallet_entries WHERE wallet = ?").bind(studio).first()).toEqual({ entries: 3 });
});

test.each(["behind", "forked"] as const)("a restored object whose log is %s freezes instead of writing history anew", async (how) => {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  for (let count = 0; count < 3; count += 1) await wallet.grant(grantOf(10));
  await runDurableObjectAlarm(wallet);
  await runInDurableObject(wallet, (_, state) => state.storage.deleteAll());
  await evictDurableObject(wallet);
  const restored = env.WALLET.getByName(studio);
  expect(await restored.balance()).toMatchObject({ seq: 0 });
  for (let count = 0; count < (how === "behind" ? 1 : 5); count += 1) await restored.grant(grantOf(77));
  await runDurableObjectAlarm(restored);
  expect((await restored.balance()).frozen).toMatch(/which this wallet lacks/);
  expect(await restored.hold(holdOf("h", 1))).toMatchObject({ ok: false, code: "frozen" });
  expect(await env.DB.prepare("SELECT frozen FROM wallets WHERE wallet = ?").bind(studio).first("frozen")).toMatch(/lacks/);
  expect(await env.DB.prepare("SELECT count(*) AS findings FROM findings WHERE studio = ?").bind(studio).first()).toEqual({ findings: 1 });
});

test("while D1 fails the wallet works on, and the log arrives once D1 is back", async () => {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  await runInDurableObject(wallet, async (instance: Wallet) => {
    const failing = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: overloaded"));
    await instance.grant(grantOf(10));
    await instance.alarm();
    await instance.hold(holdOf("h", 4));
    await instance.alarm();
    failing.mockRestore();
    expect(instance.balance()).toMatchObject({ available: 6, held: 4 });
    await instance.alarm();
  });
  expect(await env.DB.prepare("SELECT available, held, seq FROM wallets WHERE wallet = ?").bind(studio).first()).toEqual({ available: 6, held: 4, seq: 2 });
});

test("an altered entry in the object is found by its number", async () => {
  const wallet = env.WALLET.getByName(newStudio());
  for (let count = 0; count < 5; count += 1) await wallet.grant(grantOf(10));
  await runInDurableObject(wallet, (instance: Wallet, state) => {
    expect(() => state.storage.sql.exec("UPDATE entries SET body = replace(body, '10', '11') WHERE seq = 3")).toThrow(/final/);
    state.storage.sql.exec("DROP TRIGGER entries_are_final");
    state.storage.sql.exec("UPDATE entries SET body = replace(body, '-10', '-11') WHERE seq = 3");
    expect(instance.check().faults).toEqual([{ seq: 3, fault: "its text does not have its hash" }]);
  });
});

const ends = fc.array(fc.record({ cause: fc.constantFrom("cancelled" as const, "settled" as const, "failed" as const), hours: fc.integer({ min: 1, max: 60 }) }), { minLength: 1, maxLength: 12 });

test("no cycle of holding and giving back makes credits live longer, and failures give one grace in all", async () => {
  await fc.assert(fc.asyncProperty(ends, async (cycles) => {
    await runInDurableObject(env.WALLET.getByName(newStudio()), async (wallet: Wallet) => {
      let now = Date.now() + 365 * 24 * HOUR;
      Object.defineProperty(wallet, "now", { value: () => now });
      const expiresAt = now + 24 * HOUR;
      await wallet.grant(grantOf(10, expiresAt));
      let lastsUntil = expiresAt;
      for (const [index, { cause, hours }] of cycles.entries()) {
        const { available } = wallet.balance();
        if (available === 0) break;
        await wallet.hold(holdOf(`h${index}`, available, now + 100 * HOUR));
        now += hours * HOUR;
        if (cause === "failed" && lastsUntil === expiresAt && expiresAt < now + GRACE_MS) lastsUntil = now + GRACE_MS;
        await wallet.release({ key: `r${index}`, hold: `h${index}`, cause });
        expect(wallet.balance().available).toBe(now < lastsUntil ? available : 0);
      }
      now = Math.max(now, lastsUntil);
      expect(wallet.balance()).toMatchObject({ available: 0, held: 0 });
    });
  }), { numRuns: 60 });
});
