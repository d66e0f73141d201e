import { expect, test } from "vitest";
import { deliverEvents, moveTime, newBillingWorld, ok, problemOf, type BillingWire, type BillingWorld } from "../../../test/stripe-world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Preview { from: string; to: string; when: string; at: string; amountDueCents: number; credits: number; prorationAt: string | null }

const periodOf = async (world: BillingWorld): Promise<{ start: number; end: number }> => {
  const { subscription } = await world.billing();
  return { start: Date.parse(subscription?.periodStartAt ?? ""), end: Date.parse(subscription?.periodEndAt ?? "") };
};
const change = async (world: BillingWorld, body: object, key?: string): Promise<BillingWire> => ok(await world.post("/api/v1/billing/plan", body, key === undefined ? {} : { "idempotency-key": key }));
const preview = async (world: BillingWorld, plan: string): Promise<Preview> => ok(await world.get(`/api/v1/billing/plan/preview?plan=${plan}`));

test("a larger plan begins at once: what the preview says is charged to the cent and granted to the credit, and it ends with the period", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  const { start, end } = await periodOf(world);
  moveTime(start + Math.floor((end - start) * 0.37));
  const said = await preview(world, "creator_pro");
  const at = Date.parse(said.prorationAt ?? "");
  const share = (end - at) / (end - start);
  expect(said).toMatchObject({ from: "creator_starter", to: "creator_pro", when: "now", amountDueCents: Math.round(2_999 * share) - Math.round(999 * share), credits: Math.floor(1_500 * (end - at) / (end - start)) });
  moveTime(at + 5 * 60_000);
  const billing = await change(world, { plan: "creator_pro", prorationAt: said.prorationAt });
  expect(billing).toMatchObject({ plan: "creator_pro", subscription: { status: "active", problem: null } });
  expect(world.charges().at(-1)?.amount).toBe(said.amountDueCents);
  expect(await world.bought()).toEqual({ subscription: 500 + said.credits, purchased: 0, debt: 0 });
  await world.settle({ shuffled: true, times: 2 });
  expect((await world.lots()).at(-1)).toEqual({ bucket: "subscription", credits: said.credits, expiresAt: new Date(end).toISOString() });
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 2_000, purchased: 0, debt: 0 });
  expect(world.charges().at(-1)?.amount).toBe(2_999);
});

test("a plan that grows twice within a period never grants more than the largest plan has, whatever comes first", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  const { start, end } = await periodOf(world);
  const granted = [500];
  for (const [part, plan, more] of [[0.25, "creator_pro", 1_500], [0.5, "creator_enterprise", 8_000]] as const) {
    moveTime(start + Math.floor((end - start) * part));
    const said = await preview(world, plan);
    expect(said.credits).toBe(Math.floor(more * (end - Date.parse(said.prorationAt ?? "")) / (end - start)));
    await change(world, { plan, prorationAt: said.prorationAt });
    granted.push(said.credits);
  }
  await world.settle({ shuffled: true, times: 3, concurrent: true });
  expect((await world.bought()).subscription).toBe(granted.reduce((sum, credits) => sum + credits, 0));
  expect((await world.bought()).subscription).toBeLessThan(10_000);
});

test("news of an upgrade alone, three days late and in the next period, grants what it was worth then", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  const { start, end } = await periodOf(world);
  moveTime(end - DAY);
  const said = await preview(world, "creator_pro");
  // The page was closed, and the answer with it: only Stripe knows.
  const item = world.stripe.account.all("subscription")[0]?.items.data[0]?.id ?? "";
  world.stripe.faults.push({ method: "GET", path: "/v1/invoices/", does: 500 });
  await world.post("/api/v1/billing/plan", { plan: "creator_pro", prorationAt: said.prorationAt });
  expect(item).not.toBe("");
  world.stripe.faults.length = 0;
  moveTime(end + 2 * DAY);
  world.stripe.tick();
  await world.settle({ shuffled: true });
  const upgrade = (await world.grants()).find(({ kind }) => kind === "upgrade");
  expect(upgrade?.credits).toBe(Math.floor(1_500 * (end - Date.parse(said.prorationAt ?? "")) / (end - start)));
  expect(await world.bought()).toEqual({ subscription: 2_000, purchased: 0, debt: 0 });
});

test("an upgrade whose payment is declined gives no plan away: it says where to pay, and begins when that is done", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  const { start } = await periodOf(world);
  moveTime(start + 5 * DAY);
  world.stripe.setCard(await world.customer(), "declined");
  const waiting = await change(world, { plan: "growth_pro" });
  expect(waiting).toMatchObject({ plan: "creator_starter", subscription: { plan: "creator_starter", status: "active", problem: { code: "payment_needed", payUrl: expect.stringContaining("https://") } } });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 0, debt: 0 });
  world.stripe.setCard(await world.customer(), "ok");
  const paid = await world.stripe.handle(new Request(waiting.subscription?.problem?.payUrl ?? "", { method: "POST", body: new URLSearchParams({ action: "pay" }) }));
  expect(paid.status).toBeLessThan(400);
  await world.settle();
  expect(await world.billing()).toMatchObject({ plan: "growth_pro", subscription: { problem: null } });
  expect((await world.bought()).subscription).toBeGreaterThan(500);
});

test("the same change sent five times at once under one key is charged once, and a preview that is old or made up is refused", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_starter" });
  const { start } = await periodOf(world);
  moveTime(start + 3 * DAY);
  for (const prorationAt of [new Date(Date.now() - 16 * 60_000).toISOString(), new Date(Date.now() + HOUR).toISOString()]) {
    expect((await problemOf(await world.post("/api/v1/billing/plan", { plan: "creator_pro", prorationAt }))).code).toBe("request.invalid");
  }
  const { prorationAt } = await preview(world, "creator_pro");
  const answers = await Promise.all(Array.from({ length: 5 }, () => world.post("/api/v1/billing/plan", { plan: "creator_pro", prorationAt }, { "idempotency-key": "up" })));
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  await world.settle();
  expect(world.charges()).toHaveLength(2);
  expect((await world.grants()).map(({ kind }) => kind)).toEqual(["period", "upgrade"]);
  expect((await problemOf(await world.post("/api/v1/billing/plan", { plan: "creator_pro" }))).code).toBe("billing.same_plan");
});

test("a smaller plan begins with the next period: until then everything stays, and then it brings its own credits", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "growth_starter" });
  const { start, end } = await periodOf(world);
  moveTime(start + 4 * DAY);
  expect(await preview(world, "creator_pro")).toMatchObject({ when: "period_end", amountDueCents: 0, credits: 0, prorationAt: null });
  expect(await change(world, { plan: "creator_pro" })).toMatchObject({
    plan: "growth_starter", subscription: { plan: "growth_starter", pendingPlan: "creator_pro", pendingAt: new Date(end).toISOString() }, nextInvoice: { amountCents: 2_999 }, actions: expect.arrayContaining(["resume"]),
  });
  await world.settle({ times: 2, shuffled: true });
  expect(await world.bought()).toEqual({ subscription: 4_900, purchased: 0, debt: 0 });
  expect((await problemOf(await world.post("/api/v1/billing/plan", { plan: "creator_pro" }))).code).toBe("billing.same_plan");
  expect(await change(world, { plan: "creator_starter" })).toMatchObject({ subscription: { pendingPlan: "creator_starter" } });
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle({ times: 2, shuffled: true });
  expect(await world.billing()).toMatchObject({ plan: "creator_starter", subscription: { plan: "creator_starter", pendingPlan: null } });
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 0, debt: 0 });
  const next = (await periodOf(world)).end;
  moveTime(next + 2 * HOUR);
  world.stripe.tick();
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 0, debt: 0 });
});

test("a smaller plan that was to come is taken back by resuming, or by growing instead", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const { end } = await periodOf(world);
  await change(world, { plan: "creator_starter" });
  expect(await ok(await world.post("/api/v1/billing/resume"))).toMatchObject({ plan: "creator_pro", subscription: { pendingPlan: null } });
  await change(world, { plan: "creator_starter" });
  expect(await change(world, { plan: "creator_enterprise" })).toMatchObject({ plan: "creator_enterprise", subscription: { plan: "creator_enterprise", pendingPlan: null } });
  moveTime(end + 2 * HOUR);
  world.stripe.tick();
  await world.settle();
  expect((await world.billing()).plan).toBe("creator_enterprise");
  expect((await world.bought()).subscription).toBe(10_000);
});

test("a cancelled plan runs to its end, and not a second longer; until then it can be resumed, and nothing that was paid for is taken", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  await world.buy({ pack: "credits_500" });
  const { end } = await periodOf(world);
  const cancelled = await ok<BillingWire>(await world.post("/api/v1/billing/cancel"));
  expect(cancelled).toMatchObject({ plan: "creator_pro", nextInvoice: null, subscription: { cancelAt: new Date(end).toISOString() }, actions: expect.arrayContaining(["resume"]) });
  expect((await ok<BillingWire>(await world.post("/api/v1/billing/cancel"))).subscription?.cancelAt).toBe(cancelled.subscription?.cancelAt);
  expect((await problemOf(await world.post("/api/v1/billing/plan", { plan: "growth_pro" }))).code).toBe("billing.plan_ends");
  expect(await ok(await world.post("/api/v1/billing/resume"))).toMatchObject({ subscription: { cancelAt: null }, nextInvoice: { amountCents: 2_999 } });
  await change(world, { plan: "creator_starter" });
  expect(await ok(await world.post("/api/v1/billing/cancel"))).toMatchObject({ subscription: { pendingPlan: null, cancelAt: new Date(end).toISOString() } });
  await world.settle({ shuffled: true });
  expect(await world.bought()).toEqual({ subscription: 2_000, purchased: 500, debt: 0 });
  moveTime(end - 1_000);
  expect((await world.billing()).plan).toBe("creator_pro");
  moveTime(end);
  expect((await world.billing()).plan).toBe("creator_free");
  world.stripe.tick(end + DAY);
  await world.settle();
  expect(await world.billing()).toMatchObject({ plan: "creator_free", subscription: { status: "canceled" } });
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 500, debt: 0 });
  await deliverEvents();
  await world.buy({ plan: "creator_starter" });
  expect(await world.billing()).toMatchObject({ plan: "creator_starter", subscription: { status: "active" } });
});

test("what is done on Stripe's own page holds here: a plan that is ended there ends, and can be resumed by either", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const { end } = await periodOf(world);
  const { url } = await ok<{ url: string }>(await world.post("/api/v1/billing/portal", {}));
  const press = (action: string) => world.stripe.handle(new Request(url, { method: "POST", body: new URLSearchParams({ action, subscription: world.stripe.account.all("subscription")[0]?.id ?? "" }) }));
  const cancelAt = async () => (await world.billing()).subscription?.cancelAt;
  await press("cancel");
  await world.settle();
  expect(await cancelAt()).toBe(new Date(end).toISOString());
  await ok(await world.post("/api/v1/billing/resume"));
  expect(await cancelAt()).toBeNull();
  expect(world.stripe.account.all("subscription")[0]).toMatchObject({ cancel_at: null, cancel_at_period_end: false });
  await press("cancel");
  await press("resume");
  await world.settle({ shuffled: true, times: 2 });
  expect(await world.billing()).toMatchObject({ plan: "creator_pro", subscription: { cancelAt: null } });
});
