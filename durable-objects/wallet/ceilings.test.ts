import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { periodEnd } from "./ceilings.ts";
import { type Ceiling, ceilingPeriods, ceilingSubjects, type HoldInput, type PutCeilingInput } from "./commands.ts";
import type { Wallet } from "./object.ts";

const HOUR = 3_600_000;
const newWallet = () => env.WALLET.getByName(`stu_ceiling_${crypto.randomUUID()}`);
const grant = { key: "g", bucket: "purchased" as const, credits: 10_000, expiresAt: null, reason: "pack", ref: "in_1" };
const holdOf = (hold: string, credits: number, ref: Partial<HoldInput["ref"]> = {}, expiresAt = Date.now() + HOUR): HoldInput =>
  ({ key: `h:${hold}`, hold, credits, expiresAt, ref: { run: `run_${hold}`, project: null, member: null, apiKey: null, ...ref } });
const ceilingOf = (subject: Ceiling["subject"], id: string, period: Ceiling["period"], credits: number): PutCeilingInput => ({ ceiling: { subject, id, period, credits }, mayRaise: true });

const all = { run: "run_1", project: "proj_1", member: "usr_1", apiKey: "key_1" };

test.each([
  ["run", "run_1", "absolute"], ["project", "*", "month"], ["apiKey", "key_1", "day"], ["member", "*", "absolute"], ["studio", "*", "day"],
] as const)("a thousand racing holds never pass the ceiling of a %s (%s, %s)", async (subject, id, period) => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.putCeiling(ceilingOf(subject, id, period, 500));
  const outcomes = await Promise.all(Array.from({ length: 1_000 }, (_, index) => wallet.hold(holdOf(`h${index}`, 1 + (index % 3), all))));
  expect(await wallet.balance()).toMatchObject({ held: 500 });
  expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({ code: "ceiling_reached", ceiling: { subject, period, credits: 500 } });
});

test("each kind of ceiling is reached in each period, and by nobody whom it does not concern", async () => {
  const other = { run: "run_2", project: "proj_2", member: "usr_2", apiKey: "key_2" };
  for (const subject of ceilingSubjects) {
    for (const period of ceilingPeriods) {
      const wallet = newWallet();
      await wallet.grant(grant);
      await wallet.putCeiling(ceilingOf(subject, subject === "studio" ? "*" : all[subject], period, 10));
      expect(await wallet.hold(holdOf("a", 10, all))).toMatchObject({ ok: true });
      expect(await wallet.hold(holdOf("b", 1, all))).toMatchObject({ ok: false, code: "ceiling_reached", ceiling: { subject, period, credits: 10, used: 10 } });
      expect(await wallet.hold(holdOf("c", 1, other))).toMatchObject({ ok: subject !== "studio" });
    }
  }
});

test("a month is the calendar's: what opened in its last millisecond counts in it, also in a leap year", async () => {
  await runInDurableObject(newWallet(), async (wallet: Wallet) => {
    let now = Date.parse("2028-02-01T00:00:00Z");
    Object.defineProperty(wallet, "now", { value: () => now });
    await wallet.grant(grant);
    wallet.putCeiling(ceilingOf("member", "*", "month", 10));
    const hold = (id: string, credits: number) => wallet.hold(holdOf(id, credits, { member: "usr_1" }, now + 2_000 * HOUR));
    expect(await hold("first", 9)).toMatchObject({ ok: true });
    now = Date.parse("2028-02-29T23:59:59.999Z");
    expect(await hold("more", 2)).toMatchObject({ code: "ceiling_reached", ceiling: { used: 9, resetsAt: Date.parse("2028-03-01T00:00:00Z") } });
    expect(await hold("last", 1)).toMatchObject({ ok: true });
    now = Date.parse("2028-03-01T00:00:00Z");
    expect(await hold("march", 10)).toMatchObject({ ok: true });
  });
});

test("a member's ceiling binds that member alone, counts what was captured and forgets what came back, also after an eviction", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.putCeiling(ceilingOf("member", "usr_a", "absolute", 100));
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
    wallet.setTimeZone({ timeZone: "Europe/Berlin" });
    wallet.putCeiling(ceilingOf("studio", "*", "day", 10));
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

test("each run, project, key and member has a ceiling of its own where it is meant for each, and the refusal names whose it was", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.putCeiling(ceilingOf("run", "*", "absolute", 50));
  await wallet.putCeiling(ceilingOf("member", "*", "month", 80));
  expect(await wallet.hold(holdOf("a", 51, { member: "usr_a" }))).toMatchObject({ ok: false, code: "ceiling_reached", ceiling: { subject: "run", id: "run_a", credits: 50, used: 0, resetsAt: null } });
  expect(await wallet.hold(holdOf("b", 50, { member: "usr_a" }))).toMatchObject({ ok: true });
  expect(await wallet.hold({ ...holdOf("b2", 1, { member: "usr_a" }), ref: { run: "run_b", project: null, member: "usr_a", apiKey: null } })).toMatchObject({ ceiling: { subject: "run", id: "run_b", used: 50 } });
  expect(await wallet.hold(holdOf("c", 31, { member: "usr_a" }))).toMatchObject({ ceiling: { subject: "member", id: "usr_a", credits: 80, used: 50 } });
  expect(await wallet.hold(holdOf("d", 31, { member: "usr_b" }))).toMatchObject({ ok: true });
  expect(await wallet.hold(holdOf("e", 50, { member: null }))).toMatchObject({ ok: true });
  expect(await wallet.ceilings()).toMatchObject({ timeZone: "UTC", ceilings: [{ subject: "member", used: 50, usedBy: "usr_a" }, { subject: "run", used: 50 }] });
});

test("a named ceiling and one for each bind both, and what is used is counted once", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.putCeiling(ceilingOf("member", "*", "absolute", 100));
  await wallet.putCeiling(ceilingOf("member", "usr_a", "absolute", 500));
  expect(await wallet.hold(holdOf("probe", 101, { member: "usr_a" }))).toMatchObject({ code: "ceiling_reached", ceiling: { credits: 100, used: 0 } });
  expect(await wallet.hold(holdOf("a", 40, { member: "usr_a" }))).toMatchObject({ ok: true });
  expect(await wallet.hold(holdOf("b", 60, { member: "usr_a" }))).toMatchObject({ ok: true });
  expect(await wallet.hold(holdOf("c", 1, { member: "usr_a" }))).toMatchObject({ ceiling: { credits: 100, used: 100 } });
});

test("free work is never stopped by a ceiling of credits", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await wallet.putCeiling(ceilingOf("studio", "*", "day", 0));
  expect(await wallet.hold(holdOf("a", 1))).toMatchObject({ code: "ceiling_reached" });
  expect(await wallet.hold(holdOf("free", 0))).toMatchObject({ ok: true });
});

test.each([
  ["UTC", "day", "2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z"],
  ["UTC", "month", "2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00Z"],
  ["Europe/Berlin", "day", "2027-03-28T00:00:00Z", "2027-03-28T22:00:00Z"],
  ["Europe/Berlin", "day", "2027-10-31T00:00:00Z", "2027-10-31T23:00:00Z"],
  ["Europe/Berlin", "month", "2027-03-01T00:00:00Z", "2027-03-31T22:00:00Z"],
  ["Pacific/Kiritimati", "month", "2027-01-31T09:59:59Z", "2027-01-31T10:00:00Z"],
  ["America/St_Johns", "day", "2027-11-07T03:00:00Z", "2027-11-08T03:30:00Z"],
] as const)("in %s a %s that %s lies in ends at %s", (timeZone, period, at, end) => {
  expect(new Date(periodEnd(period, Date.parse(at), timeZone) ?? 0).toISOString()).toBe(new Date(end).toISOString());
});

test("two who change ceilings at once both keep their word, and who may not raise one cannot, however stale what they read", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  await Promise.all([wallet.putCeiling(ceilingOf("project", "proj_a", "day", 10)), wallet.putCeiling(ceilingOf("project", "proj_b", "day", 20))]);
  expect((await wallet.ceilings()).ceilings).toMatchObject([{ id: "proj_a", credits: 10 }, { id: "proj_b", credits: 20 }]);
  const lower = { ...ceilingOf("project", "proj_b", "day", 15), mayRaise: false };
  await wallet.putCeiling(ceilingOf("project", "proj_b", "day", 5));
  expect(await wallet.putCeiling(lower)).toEqual({ ok: false, code: "would_raise", before: { subject: "project", id: "proj_b", period: "day", credits: 5 } });
  expect(await wallet.removeCeiling({ subject: "project", id: "proj_b", period: "day" })).toMatchObject({ before: { credits: 5 } });
  expect(await wallet.removeCeiling({ subject: "project", id: "proj_b", period: "day" })).toEqual({ before: null });
  expect(await wallet.putCeiling(lower)).toEqual({ ok: true, before: null });
});

test("a wallet has at most a hundred ceilings", async () => {
  const wallet = newWallet();
  await wallet.grant(grant);
  for (let index = 0; index < 100; index += 1) expect(await wallet.putCeiling(ceilingOf("project", `proj_${index}`, "day", index))).toMatchObject({ ok: true });
  expect(await wallet.putCeiling(ceilingOf("project", "proj_more", "day", 1))).toEqual({ ok: false, code: "too_many", most: 100 });
  expect(await wallet.putCeiling(ceilingOf("project", "proj_7", "day", 1))).toMatchObject({ ok: true, before: { credits: 7 } });
});

test("ceilings that make no sense are refused and leave no storage", async () => {
  const wallet = newWallet();
  expect(await wallet.setTimeZone({ timeZone: "Mars/Olympus" })).toMatchObject({ ok: false, code: "invalid" });
  expect(await wallet.putCeiling(ceilingOf("studio", "s", "day", -1))).toMatchObject({ ok: false, code: "invalid" });
  expect(await wallet.removeCeiling({ subject: "studio", id: "s", period: "day" })).toEqual({ before: null });
  expect(await wallet.ceilings()).toEqual({ timeZone: "UTC", ceilings: [] });
  await runInDurableObject(wallet, (_, state) => {
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray()).toEqual([]);
  });
});
