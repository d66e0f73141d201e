import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { deliverEvents, moveTime, newBillingWorld, type BillingWorld } from "../../../../test/stripe-world.ts";
import { shareOf } from "./rules.ts";

const DAY = 86_400_000;

/** Work that was paid with credits. */
async function spend(world: BillingWorld, credits: number): Promise<void> {
  const wallet = env.WALLET.getByName(world.studio);
  const hold = `hold_${crypto.randomUUID()}`;
  const ref = { run: hold, project: null, member: null, apiKey: null };
  const held = await wallet.hold({ key: `h:${hold}`, hold, credits, expiresAt: Date.now() + DAY, ref });
  if (!held.ok) throw new Error(held.code);
  await wallet.capture({ key: `c:${hold}`, hold, item: "job", credits, reason: "delivered" });
  await wallet.release({ key: `r:${hold}`, hold, cause: "settled" });
}
const tryHold = async (world: BillingWorld) => {
  const hold = `hold_${crypto.randomUUID()}`;
  return env.WALLET.getByName(world.studio).hold({ key: hold, hold, credits: 1, expiresAt: Date.now() + DAY, ref: { run: hold, project: null, member: null, apiKey: null } });
};
const chargeOf = (world: BillingWorld, amount: number): string => world.charges().find((charge) => charge.amount === amount)?.id ?? "";

test("parts that are refunded take their parts of the credits, and when all of it is refunded exactly all of them are gone", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ plan: "creator_pro" });
  const charge = chargeOf(world, 2_999);
  let refunded = 0;
  for (const amount of [1, 333, 1_000, 7]) {
    world.stripe.refund(charge, amount);
    refunded += amount;
    await world.settle({ times: 2, shuffled: true });
    expect((await world.bought()).subscription).toBe(2_000 - Math.floor(2_000 * refunded / 2_999));
  }
  world.stripe.refund(charge);
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  const taken = (await world.grants()).filter(({ kind }) => kind === "refund");
  expect(taken.map(({ credits }) => credits).reduce((sum, credits) => sum + credits, 0)).toBe(-2_000);
  expect(taken.every(({ command, credits }) => (JSON.parse(command ?? "null") as { credits: number } | null)?.credits === (credits === 0 ? undefined : -credits))).toBe(true);
});

test("any way of cutting a sum into refunds takes all of the credits in the end, and never more on the way", () => {
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % most;
  for (let round = 0; round < 2_000; round += 1) {
    const [credits, amountCents] = [1 + random(50_000), 1 + random(60_000)];
    let [takenCredits, takenCents] = [0, 0];
    while (takenCents < amountCents) {
      const part = Math.min(amountCents - takenCents, 1 + random(amountCents));
      takenCredits += shareOf({ credits, amountCents, takenCredits, takenCents }, part);
      takenCents += part;
      expect(takenCredits).toBeLessThanOrEqual(Math.ceil(credits * takenCents / amountCents));
    }
    expect(takenCredits).toBe(credits);
  }
});

test("a refund of credits that are spent becomes debt, which lets no work begin and is paid by the next credits that come", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ pack: "credits_2000" });
  await spend(world, 1_950);
  world.stripe.refund(chargeOf(world, 2_000));
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 1_950 });
  expect(await tryHold(world)).toMatchObject({ ok: false, code: "debt" });
  await world.buy({ pack: "credits_500" });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 1_450 });
  expect(await tryHold(world)).toMatchObject({ ok: false, code: "debt" });
  await world.buy({ pack: "credits_2000" });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 550, debt: 0 });
  expect(await tryHold(world)).toMatchObject({ ok: true });
});

test("a refund that is only on its way takes nothing; one that fails after all gives back what it took", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ pack: "credits_500" });
  const [slow, failing] = [world.stripe.refund(chargeOf(world, 500), 200, "pending"), world.stripe.refund(chargeOf(world, 500), 100)];
  await world.settle();
  expect((await world.bought()).purchased).toBe(400);
  world.stripe.settleRefund(failing.id, "failed");
  world.stripe.settleRefund(slow.id, "succeeded");
  await world.settle({ shuffled: true, times: 2 });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 300, debt: 0 });
  world.stripe.refund(chargeOf(world, 500));
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
});

test("the news of a refund that comes before that of its payment takes back what the payment brings", async () => {
  const world = await newBillingWorld({ broke: true });
  const checkout = await world.checkout({ pack: "credits_500" });
  world.stripe.pay(world.sessionOf(checkout));
  world.stripe.refund(chargeOf(world, 500), 100);
  await world.settle({ held: ({ type }) => !type.startsWith("refund") });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 400, debt: 0 });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 400, debt: 0 });
});

test("a dispute takes its credits while it is open and for good if it is lost; an inquiry takes none", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ pack: "credits_2000" });
  await world.buy({ pack: "credits_500" });
  world.stripe.dispute(chargeOf(world, 500), { inquiry: true });
  const dispute = world.stripe.dispute(chargeOf(world, 2_000));
  await world.settle({ times: 2, shuffled: true });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
  world.stripe.closeDispute(dispute.id, "lost");
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
});

test("a dispute that is won brings its credits again, in the same bucket and with the same end; what was owed for it is settled", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ plan: "creator_pro" });
  const expiresAt = (await world.lots())[0]?.expiresAt;
  await spend(world, 1_500);
  const dispute = world.stripe.dispute(chargeOf(world, 2_999));
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 1_500 });
  world.stripe.closeDispute(dispute.id, "won");
  await world.settle({ times: 2, shuffled: true });
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 0, debt: 0 });
  expect((await world.lots()).at(-1)).toEqual({ bucket: "subscription", credits: 2_000, expiresAt });
});

test("a dispute that is won after the period was over settles what was owed, and gives the rest a month", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ plan: "creator_pro" });
  await spend(world, 2_000);
  const dispute = world.stripe.dispute(chargeOf(world, 2_999));
  await world.settle();
  expect((await world.bought()).debt).toBe(2_000);
  moveTime(Date.now() + 60 * DAY);
  world.stripe.closeDispute(dispute.id, "won");
  await world.settle({ held: ({ type }) => !type.startsWith("charge.dispute") });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  const back = (await world.lots()).at(-1);
  expect(Date.parse(back?.expiresAt ?? "") - Date.now()).toBeGreaterThan(29.9 * DAY);
});

test("a dispute whose end is heard before its beginning takes nothing, whoever reads it late", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ pack: "credits_500" });
  const dispute = world.stripe.dispute(chargeOf(world, 500));
  world.stripe.closeDispute(dispute.id, "won");
  await world.settle({ held: ({ type }) => type !== "charge.dispute.closed" });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
  expect((await world.grants()).map(({ kind, credits }) => [kind, credits])).toEqual([["pack", 500], ["dispute", 0], ["dispute_won", 0]]);
});

test("refunds and a dispute of one payment together never take more than it brought", async () => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ pack: "credits_500" });
  const charge = chargeOf(world, 500);
  world.stripe.refund(charge, 123);
  world.stripe.dispute(charge, { amount: 500 });
  await world.settle({ times: 4, shuffled: true, concurrent: true });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  expect((await world.grants()).reduce((sum, { credits }) => sum + credits, 0)).toBe(0);
  await deliverEvents();
});
