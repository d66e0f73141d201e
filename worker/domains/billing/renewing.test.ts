import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { moveTime, newBillingWorld, type BillingWorld } from "../../../test/stripe-world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Goes on to the next renewal and lets its invoice be paid, which Stripe does an hour after the period began. */
async function renew(world: BillingWorld, end: number): Promise<number> {
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle();
  return Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
}

const ends = ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31", "2028-06-30", "2028-07-31", "2028-08-31", "2028-09-30", "2028-10-31", "2028-11-30", "2028-12-31", "2029-01-31", "2029-02-28", "2029-03-31"];

test("fourteen months from the 31st, over a leap day: each period grants its credits once, and they end with it to the millisecond", async () => {
  const world = await newBillingWorld();
  const wallet = env.WALLET.getByName(world.studio);
  moveTime(Date.parse("2027-12-31T10:00:00Z"));
  await world.buy({ plan: "creator_starter" });
  let end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
  const seen = [end];
  for (let month = 1; month <= 14; month += 1) {
    const used = month % 3 === 0 ? 0 : 130 + month;
    if (used > 0) {
      const ref = { run: `run_${month}`, project: null, member: null, apiKey: null };
      await wallet.hold({ key: `h${month}`, hold: `hold_${month}`, credits: used, expiresAt: Date.now() + HOUR, ref });
      await wallet.capture({ key: `c${month}`, hold: `hold_${month}`, item: "job", credits: used, reason: "delivered" });
      await wallet.release({ key: `r${month}`, hold: `hold_${month}`, cause: "settled" });
    }
    expect(await world.bought()).toEqual({ subscription: 500 - used, purchased: 0, debt: 0 });
    moveTime(end - 1_000);
    expect((await world.bought()).subscription).toBe(500 - used);
    moveTime(end);
    expect((await world.bought()).subscription).toBe(0);
    end = await renew(world, end);
    seen.push(end);
  }
  expect(seen.map((at) => new Date(at).toISOString().slice(0, 10))).toEqual(ends);
  const lots = await world.lots();
  expect(lots).toHaveLength(15);
  expect(lots.every(({ bucket, credits }) => bucket === "subscription" && credits === 500)).toBe(true);
  expect(lots.map(({ expiresAt }) => Date.parse(expiresAt ?? ""))).toEqual(seen);
  const grants = await world.grants();
  expect(grants.map(({ kind, credits, amount_cents: cents, state }) => [kind, credits, cents, state])).toEqual(Array.from({ length: 15 }, () => ["period", 500, 999, "done"]));
  expect(await wallet.check()).toMatchObject({ faults: [] });
}, 120_000);

test("a clock that is moved across both changes of daylight saving moves no expiry: periods are UTC's", async () => {
  const world = await newBillingWorld();
  moveTime(Date.parse("2027-03-14T01:30:00Z"));
  await world.buy({ plan: "creator_starter" });
  for (let month = 0; month < 8; month += 1) await renew(world, Date.parse((await world.billing()).subscription?.periodEndAt ?? ""));
  const times = (await world.lots()).map(({ expiresAt }) => expiresAt);
  expect(times).toHaveLength(9);
  expect(times.every((at) => /-14T01:30:0\d\.000Z$/.test(at ?? ""))).toBe(true);
}, 60_000);

test("a payment that fails keeps the plan for seven days, and then it acts as free until it is paid, when its credits come", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
  world.stripe.setCard(await world.customer(), "declined");
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle();
  const billing = await world.billing();
  expect(billing).toMatchObject({ plan: "creator_pro", subscription: { status: "past_due", problem: { code: "payment_failed", payUrl: expect.stringContaining("https://") } }, actions: expect.not.arrayContaining(["change_plan"]) });
  const graceUntil = Date.parse(billing.subscription?.graceUntil ?? "");
  expect(graceUntil).toBe(Math.floor(end / 1_000) * 1_000 + HOUR + 7 * DAY);
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  expect((await world.post("/api/v1/billing/plan", { plan: "growth_pro" })).status).toBe(409);
  moveTime(graceUntil - 1_000);
  expect((await world.billing()).plan).toBe("creator_pro");
  moveTime(graceUntil);
  expect((await world.billing()).plan).toBe("creator_free");
  world.stripe.setCard(await world.customer(), "ok");
  moveTime(graceUntil + DAY);
  world.stripe.tick();
  await world.settle();
  expect(await world.billing()).toMatchObject({ plan: "creator_pro", subscription: { status: "active", graceUntil: null, problem: null } });
  expect(await world.bought()).toEqual({ subscription: 2_000, purchased: 0, debt: 0 });
  expect(await world.events()).toEqual(expect.arrayContaining(["plan.payment_failed", "plan.changed"]));
});

test("a card that never works ends the plan: nothing is granted for the unpaid period, and what was granted before was not taken", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  await world.buy({ pack: "credits_500" });
  const end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
  world.stripe.setCard(await world.customer(), "declined");
  for (let day = 0; day < 12; day += 1) {
    moveTime(end + day * DAY + 2 * HOUR);
    world.stripe.tick();
    await world.settle();
  }
  expect(await world.billing()).toMatchObject({ plan: "creator_free", subscription: { status: "canceled" }, actions: expect.arrayContaining(["subscribe"]) });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
  expect((await world.grants()).filter(({ kind }) => kind === "period")).toHaveLength(1);
});

test("a second unpaid month does not bring another week of grace", async () => {
  const world = await newBillingWorld();
  Object.assign(world.stripe.options, { afterRetries: "past_due" });
  await world.buy({ plan: "creator_pro" });
  const end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
  world.stripe.setCard(await world.customer(), "declined");
  moveTime(end + 40 * DAY);
  world.stripe.tick();
  await world.settle();
  expect(world.stripe.account.all("invoice").filter(({ status }) => status === "open").length).toBeGreaterThan(1);
  const billing = await world.billing();
  expect(billing).toMatchObject({ plan: "creator_free", subscription: { status: "past_due" } });
  expect(Date.parse(billing.subscription?.graceUntil ?? "")).toBeLessThan(end + 8 * DAY);
});
