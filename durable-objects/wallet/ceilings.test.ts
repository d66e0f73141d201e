import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { HoldInput } from "./commands.ts";
import type { Wallet } from "./object.ts";

const HOUR = 3_600_000;
const newWallet = () => env.WALLET.getByName(`stu_ceiling_${crypto.randomUUID()}`);
const grant = { key: "g", bucket: "purchased" as const, credits: 10_000, expiresAt: null, reason: "pack", ref: "in_1" };
const holdOf = (hold: string, credits: number, ref: Partial<HoldInput["ref"]> = {}, expiresAt = Date.now() + HOUR): HoldInput =>
  ({ key: `h:${hold}`, hold, credits, expiresAt, ref: { run: `run_${hold}`, project: null, member: null, apiKey: null, ...ref } });

test("a thousand racing holds never pass the studio's ceiling", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.setCeilings({ ceilings: [{ subject: "studio", id: "studio", period: "day", credits: 500 }], timeZone: "UTC" });
  const outcomes = await Promise.all(Array.from({ length: 1_000 }, (_, index) => wallet.hold(holdOf(`h${index}`, 1 + (index % 3)))));
  expect(await wallet.balance()).toMatchObject({ held: 500 });
  expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({ code: "ceiling_reached", ceiling: { subject: "studio", period: "day", credits: 500 } });
});

test("a member's ceiling binds that member alone, counts what was captured and forgets what came back, also after an eviction", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.setCeilings({ ceilings: [{ subject: "member", id: "usr_a", period: "absolute", credits: 100 }], timeZone: "UTC" });
  await wallet.hold(holdOf("a", 90, { member: "usr_a" }));
  await wallet.capture({ key: "c", hold: "a", item: "i", credits: 30, reason: "delivered" });
  expect(await wallet.hold(holdOf("b", 11, { member: "usr_a" }))).toMatchObject({ ok: false, code: "ceiling_reached", ceiling: { id: "usr_a", used: 90 } });
  expect(await wallet.hold(holdOf("other", 500, { member: "usr_b" }))).toMatchObject({ ok: true });
  await wallet.release({ key: "r", hold: "a", cause: "settled" });
  expect(await wallet.hold(holdOf("c", 71, { member: "usr_a" }))).toMatchObject({ ceiling: { used: 30 } });
  await evictDurableObject(wallet);
  expect(await wallet.hold(holdOf("d", 71, { member: "usr_a" }))).toMatchObject({ ceiling: { used: 30 } });
  expect(await wallet.hold(holdOf("e", 70, { member: "usr_a" }))).toMatchObject({ ok: true });
});

test("a day is the studio's own, also when the clocks change, and a hold counts in the day in which it opened", async () => {
  await runInDurableObject(newWallet(), async (wallet: Wallet) => {
    let now = Date.parse("2027-03-27T22:30:00Z");
    Object.defineProperty(wallet, "now", { value: () => now });
    await wallet.grant(grant);
    wallet.setCeilings({ ceilings: [{ subject: "studio", id: "studio", period: "day", credits: 10 }], timeZone: "Europe/Berlin" });
    const hold = (id: string, credits: number) => wallet.hold(holdOf(id, credits, {}, now + 200 * HOUR));
    expect(await hold("saturday", 10)).toMatchObject({ ok: true });
    now = Date.parse("2027-03-27T22:59:59Z");
    expect(await hold("late", 1)).toMatchObject({ code: "ceiling_reached" });
    now = Date.parse("2027-03-27T23:00:00Z");
    expect(await hold("sunday", 10)).toMatchObject({ ok: true });
    await wallet.release({ key: "r", hold: "saturday", cause: "cancelled" });
    now = Date.parse("2027-03-28T21:59:59Z");
    expect(await hold("sunday-late", 1)).toMatchObject({ code: "ceiling_reached" });
    now = Date.parse("2027-03-28T22:00:00Z");
    expect(await hold("monday", 10)).toMatchObject({ ok: true });
  });
});

test("ceilings that make no sense are refused and leave no storage", async () => {
  const wallet = newWallet();
  expect(await wallet.setCeilings({ ceilings: [], timeZone: "Mars/Olympus" })).toMatchObject({ ok: false, code: "invalid" });
  expect(await wallet.setCeilings({ ceilings: [{ subject: "studio", id: "s", period: "day", credits: -1 }], timeZone: "UTC" })).toMatchObject({ ok: false });
  expect(await wallet.ceilings()).toEqual([]);
});
