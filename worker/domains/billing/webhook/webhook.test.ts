import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { moveTime, newBillingWorld, runMinute, deliverEvents, type BillingWorld } from "../../../../test/stripe-world.ts";
import { heardTypes } from "./families/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ADDRESS = "https://dailies.example/api/webhooks/stripe";
const send = (init: RequestInit) => exports.default.fetch(new Request(ADDRESS, init));
const eventsKept = async (type: string) => (await env.DB.prepare("SELECT id FROM stripe_events WHERE type = ?").bind(type).all<{ id: string }>()).results.map(({ id }) => id);

/** A pack that is paid, of which nothing was heard yet. */
async function paid(world: BillingWorld): Promise<string> {
  const checkout = await world.checkout({ pack: "credits_500" });
  world.stripe.pay(world.sessionOf(checkout));
  const event = world.stripe.events.find(({ type }) => type === "checkout.session.completed");
  return event?.id ?? "";
}

test("one event that is sent a hundred times at once is kept once and grants once", async () => {
  const world = await newBillingWorld();
  const event = await paid(world);
  const init = await world.stripe.delivery(event);
  const answers = await Promise.all(Array.from({ length: 100 }, () => send(init)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await Promise.all(Array.from({ length: 10 }, deliverEvents));
  await world.settle({ held: () => true });
  expect(await eventsKept("checkout.session.completed")).toContain(event);
  expect((await world.grants()).map(({ kind, credits, state }) => [kind, credits, state])).toEqual([["pack", 500, "done"]]);
  await world.settle({ times: 3 });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
});

test("the same happenings, all doubled and shuffled, three days late or in an older shape, come to the same to the credit", async () => {
  const expected = { subscription: 2_000 - 2_000, purchased: 2_500 - 250, debt: 0 };
  const weathers = [{}, { shuffled: true, times: 2 }, { shuffled: true, times: 2, concurrent: true }, { late: true }, { apiVersion: "2024-06-20" }, { shuffled: true, times: 3, concurrent: true, apiVersion: "2024-06-20" }];
  for (const { late, ...weather } of weathers as ({ late?: boolean } & object)[]) {
    const world = await newBillingWorld({ broke: true });
    const plan = await world.checkout({ plan: "creator_pro" });
    world.stripe.pay(world.sessionOf(plan));
    for (const pack of ["credits_500", "credits_2000"] as const) world.stripe.pay(world.sessionOf(await world.checkout({ pack })));
    const charges = world.charges();
    world.stripe.refund(charges.find(({ amount }) => amount === 500)?.id ?? "", 250);
    world.stripe.refund(charges.find(({ amount }) => amount === 2_999)?.id ?? "", 1_000);
    const dispute = world.stripe.dispute(charges.find(({ amount }) => amount === 2_000)?.id ?? "");
    world.stripe.closeDispute(dispute.id, "won");
    world.stripe.refund(charges.find(({ amount }) => amount === 2_999)?.id ?? "", 1_999);
    if (late) moveTime(Date.now() + 3 * DAY - HOUR);
    await world.settle(weather);
    expect([weather, await world.bought()]).toEqual([weather, expected]);
    expect((await world.grants()).filter(({ state }) => state !== "done")).toEqual([]);
    expect((await world.grants()).reduce((sum, { credits }) => sum + credits, 0)).toBe(2_250);
    expect(await env.WALLET.getByName(world.studio).check()).toMatchObject({ faults: [] });
  }
}, 180_000);

test("what nobody of ours signed, or signed long ago, or was altered after it, is refused and leaves nothing behind", async () => {
  const world = await newBillingWorld();
  const event = await paid(world);
  const before = (await eventsKept("checkout.session.completed")).length;
  const statuses = [];
  for (const weather of [{ forgedWith: "whsec_of_somebody_else_entirely" }, { staleSeconds: 301 }, { tampered: true }]) statuses.push((await send(await world.stripe.delivery(event, weather))).status);
  const { body, headers } = await world.stripe.delivery(event);
  statuses.push((await send({ method: "POST", body: body ?? null })).status, (await send({ method: "POST", body: body ?? null, headers: { ...headers as Record<string, string>, "stripe-signature": "t=1,v1=" } })).status, (await send({ method: "POST", body: `${String(body)} `, headers: headers ?? {} })).status);
  expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
  await deliverEvents();
  expect(await eventsKept("checkout.session.completed")).toHaveLength(before);
  expect(await world.grants()).toEqual([]);
});

test("while a signing secret is being replaced, both the old and the new one are good", async () => {
  const world = await newBillingWorld();
  const event = await paid(world);
  for (const secret of ["whsec_stripe_webhook_secret_of_the_tests", "whsec_the_next_secret_of_the_tests"]) {
    expect((await send(await world.stripe.delivery(event, { forgedWith: secret }))).status).toBe(200);
  }
});

test("news that is lost for good loses nobody's money: what was paid is found by asking", async () => {
  const world = await newBillingWorld();
  const [plan, pack] = [await world.checkout({ plan: "creator_starter" }), await world.checkout({ pack: "credits_500" })];
  for (const checkout of [plan, pack]) world.stripe.pay(world.sessionOf(checkout));
  await world.settle({ dropped: () => true });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  moveTime(Date.now() + 20 * 60_000);
  await runMinute();
  await deliverEvents();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 500, debt: 0 });
  const end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle({ dropped: () => true });
  expect((await world.bought()).subscription).toBe(0);
  await runMinute();
  await deliverEvents();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 500, debt: 0 });
});

test("an event about something that Stripe no longer knows, or that means nothing here, is kept and done with", async () => {
  const world = await newBillingWorld();
  const event = await paid(world);
  world.stripe.forget(world.stripe.account.all("checkout.session")[0]?.id ?? "");
  await send(await world.stripe.delivery(event));
  await deliverEvents();
  const row = await env.DB.prepare("SELECT handled_at, note FROM stripe_events WHERE id = ?").bind(event).first<{ handled_at: number; note: string }>();
  expect(row).toMatchObject({ handled_at: expect.any(Number), note: "Stripe knows no such thing any more" });
  expect(await world.grants()).toEqual([]);
});

test("every event that the research names is heard", () => {
  expect(heardTypes).toEqual(expect.arrayContaining([
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "invoice.paid", "invoice.payment_failed", "customer.subscription.updated", "customer.subscription.deleted",
    "charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "account.updated", "capability.updated", "payout.failed", "transfer.reversed",
  ]));
  expect(new Set(heardTypes).size).toBe(heardTypes.length);
});
