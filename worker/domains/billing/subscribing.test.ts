import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { settings } from "#core/env.ts";
import { moveTime, newBillingWorld, ok, problemOf, useStripe, type CheckoutWire } from "../../../test/stripe-world.ts";
import { anonymous } from "../../../test/world.ts";

test("a creator subscribes: the page is Stripe's, the plan is in force once it is paid, and its credits are there until the period's end", async () => {
  const world = await newBillingWorld();
  expect(await world.billing()).toMatchObject({ plan: "creator_free", available: true, isTest: true, subscription: null, actions: expect.arrayContaining(["subscribe", "buy_pack"]) });
  const checkout = await world.checkout({ plan: "creator_pro" });
  expect(checkout).toMatchObject({ status: "open", plan: "creator_pro", credits: null });
  expect(new URL(checkout.url).origin).toBe(world.stripe.options.origin);
  await world.settle();
  expect((await world.billing()).plan).toBe("creator_free");
  world.stripe.pay(world.sessionOf(checkout));
  await world.settle();
  const billing = await world.billing();
  expect(billing).toMatchObject({
    plan: "creator_pro", entitlements: ["lip-sync", "marketplace"], subscription: { plan: "creator_pro", status: "active", cancelAt: null, pendingPlan: null, graceUntil: null, problem: null },
    nextInvoice: { amountCents: 2_999 }, complete: true, actions: expect.arrayContaining(["change_plan", "cancel"]),
  });
  // Stripe takes the money within the hour after it has drafted the invoice.
  const laterMs = Date.parse(billing.nextInvoice?.at ?? "") - Date.parse(billing.subscription?.periodEndAt ?? "");
  expect([laterMs >= 0, laterMs <= 2 * 3_600_000]).toEqual([true, true]);
  expect(await world.lots()).toEqual([{ bucket: "subscription", credits: 2_000, expiresAt: billing.subscription?.periodEndAt }]);
  expect(await world.balance()).toEqual({ available: 2_100, held: 0 });
  expect(await ok(await world.get(`/api/v1/billing/checkouts/${checkout.id}`))).toMatchObject({ status: "complete", credits: 2_000 });
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_starter" }))).code).toBe("billing.subscribed");
  const { data } = await ok<{ data: object[] }>(await world.get("/api/v1/billing/invoices"));
  expect(data).toMatchObject([{ status: "paid", amountCents: 2_999, credits: 2_000 }]);
});

test("whoever comes back from Stripe's page has their credits at once, and the news that comes later brings nothing more", async () => {
  const world = await newBillingWorld();
  const [plan, pack] = [await world.checkout({ plan: "creator_starter" }), await world.checkout({ pack: "credits_2000" })];
  for (const checkout of [plan, pack]) world.stripe.pay(world.sessionOf(checkout));
  expect(await ok(await world.get(`/api/v1/billing/checkouts/${plan.id}`))).toMatchObject({ status: "complete", credits: 500 });
  expect(await ok(await world.get(`/api/v1/billing/checkouts/${pack.id}`))).toMatchObject({ status: "complete", pack: "credits_2000", credits: 2_000 });
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 2_000, debt: 0 });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 2_000, debt: 0 });
  expect((await world.lots()).at(-1)).toEqual({ bucket: "purchased", credits: 2_000, expiresAt: null });
});

test("a page that nobody paid grants nothing; a debit that takes days grants when its money comes, and nothing when it does not", async () => {
  const world = await newBillingWorld();
  const [unpaid, declined, slow, bounced] = [await world.checkout({ pack: "credits_500" }), await world.checkout({ pack: "credits_500" }), await world.checkout({ pack: "credits_2000" }), await world.checkout({ pack: "credits_10000" })];
  world.stripe.pay(world.sessionOf(declined), { card: "declined" });
  for (const checkout of [slow, bounced]) world.stripe.pay(world.sessionOf(checkout), { card: "async" });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  expect(await ok(await world.get(`/api/v1/billing/checkouts/${slow.id}`))).toMatchObject({ status: "waiting", credits: null });
  world.stripe.completeAsync(world.sessionOf(slow), "succeeded");
  world.stripe.completeAsync(world.sessionOf(bounced), "failed");
  world.stripe.expire(world.sessionOf(unpaid));
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 2_000, debt: 0 });
  const states = await Promise.all([unpaid, declined, slow, bounced].map(async ({ id }) => (await ok<CheckoutWire>(await world.get(`/api/v1/billing/checkouts/${id}`))).status));
  expect(states).toEqual(["expired", "open", "complete", "expired"]);
});

test("the same order sent ten times at once under one key opens one page, and other tabs are led to it", async () => {
  const world = await newBillingWorld();
  const made = await Promise.all(Array.from({ length: 10 }, () => world.checkout({ plan: "creator_pro" }, "k1")));
  expect(new Set(made.map(({ url }) => url)).size).toBe(1);
  expect(world.stripe.account.all("customer")).toHaveLength(1);
  expect(world.stripe.account.all("checkout.session")).toHaveLength(1);
  expect((await world.checkout({ plan: "creator_pro" })).url).toBe(made[0]?.url);
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_starter" }, { "idempotency-key": "k1" }))).code).toBe("request.key_reused");
  const tabs = await Promise.all(["a", "b", "c", "d"].map((key) => world.post("/api/v1/billing/checkout", { plan: "growth_pro" }, { "idempotency-key": key })));
  expect(tabs.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  expect(world.stripe.account.all("checkout.session").filter(({ status }) => status === "open")).toHaveLength(1);
});

test("a key whose first request was begun at Stripe and never answered stands for that request alone", async () => {
  const world = await newBillingWorld();
  await ok(await world.post("/api/v1/billing/portal", {}));
  vi.spyOn(env.DB, "batch").mockRejectedValueOnce(new Error("D1_ERROR: overloaded"));
  expect((await world.post("/api/v1/billing/checkout", { pack: "credits_500" }, { "idempotency-key": "k" })).status).toBe(500);
  useStripe(world.stripe);
  const sessions = () => world.stripe.account.all("checkout.session").map(({ amount_total: cents }) => cents);
  expect(sessions()).toEqual([500]);
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { pack: "credits_2000" }, { "idempotency-key": "k" }))).code).toBe("request.key_reused");
  await world.checkout({ pack: "credits_500" }, "k");
  expect(sessions()).toEqual([500]);
});

test("two plans cannot be bought by two tabs: the page of the first is closed when the second opens, and nothing opens once one is paid", async () => {
  const world = await newBillingWorld();
  const first = await world.checkout({ plan: "creator_pro" });
  const second = await world.checkout({ plan: "creator_starter" });
  expect(() => world.stripe.pay(world.sessionOf(first))).toThrow(/expired/);
  world.stripe.pay(world.sessionOf(second));
  const refused = await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_pro" }));
  expect(refused).toMatchObject({ status: 409, code: "billing.subscribed", plan: "creator_starter" });
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 500, purchased: 0, debt: 0 });
  expect(world.stripe.account.all("subscription")).toHaveLength(1);
});

test("while Stripe is down nothing can be bought, and that is said; when its answers are lost there is one customer and one page", async () => {
  const world = await newBillingWorld();
  world.stripe.isDown = true;
  const refused = await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_pro" }, { "idempotency-key": "k" }));
  expect(refused).toMatchObject({ status: 503, code: "billing.unavailable", retryAfterSeconds: 5 });
  world.stripe.isDown = false;
  // Done, but nobody ever hears of it: the answer is lost, and so is every repeat of the request.
  const lose = (path: string) => world.stripe.faults.push({ method: "POST", path, does: "lost", times: 1 }, { method: "POST", path, does: "unreached", times: 2 });
  lose("/v1/customers");
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_pro" }, { "idempotency-key": "k" }))).code).toBe("billing.unavailable");
  for (const path of ["/v1/prices", "/v1/checkout/sessions"]) {
    lose(path);
    expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_pro" }, { "idempotency-key": "k" }))).code).toBe("billing.unavailable");
  }
  const checkout = await world.checkout({ plan: "creator_pro" }, "k");
  expect([world.stripe.account.all("customer").length, world.stripe.account.all("price").length, world.stripe.account.all("checkout.session").length]).toEqual([1, 1, 1]);
  world.stripe.pay(world.sessionOf(checkout));
  await world.settle();
  expect((await world.billing()).plan).toBe("creator_pro");
  world.stripe.isDown = true;
  expect(await world.billing()).toMatchObject({ plan: "creator_pro", complete: false, nextInvoice: null });
});

test("only those who may spend the studio's money can buy, and nobody sees another studio's pages or invoices", async () => {
  const world = await newBillingWorld();
  const checkout = await world.buy({ plan: "creator_pro" });
  const [editor, stranger] = [await world.member("editor"), await world.stranger()];
  for (const [path, body] of [["checkout", { plan: "growth_pro" }], ["plan", { plan: "growth_pro" }], ["cancel", {}], ["portal", {}]] as const) {
    expect((await problemOf(await editor.post(`/api/v1/billing/${path}`, body))).code).toBe("auth.role_too_low");
  }
  expect((await editor.get("/api/v1/billing/invoices")).status).toBe(200);
  expect((await problemOf(await stranger.get(`/api/v1/billing/checkouts/${checkout.id}`))).code).toBe("checkout.not_found");
  expect(await ok(await stranger.get("/api/v1/billing/invoices"))).toEqual({ data: [], nextCursor: null });
  await ok(await stranger.post("/api/v1/billing/portal", {}));
  const invoice = world.stripe.account.all("invoice")[0]?.id ?? "";
  const cursor = btoa(JSON.stringify([invoice])).replaceAll("=", "");
  const foreign = await stranger.get(`/api/v1/billing/invoices?cursor=${cursor}`);
  expect(await foreign.text()).not.toContain("2999");
  expect(await ok(await stranger.get("/api/v1/billing"))).toMatchObject({ plan: "creator_free", subscription: null });
});

test("nobody is sent to another site from Stripe's page, and what is not sold cannot be ordered", async () => {
  const world = await newBillingWorld();
  for (const returnTo of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a b"]) {
    expect([returnTo, (await problemOf(await world.post("/api/v1/billing/checkout", { pack: "credits_500", returnTo }))).code]).toEqual([returnTo, "request.invalid"]);
    expect((await problemOf(await world.post("/api/v1/billing/portal", { returnTo }))).code).toBe("request.invalid");
  }
  for (const body of [{}, { plan: "creator_free" }, { plan: "platinum" }, { pack: "credits_1" }, { plan: "creator_pro", pack: "credits_500" }]) {
    expect((await problemOf(await world.post("/api/v1/billing/checkout", body))).code).toBe("request.invalid");
  }
  await ok(await world.post("/api/v1/billing/checkout", { plan: "basic", returnTo: "/studio/billing?tab=plan" }));
  const session = world.stripe.account.all("checkout.session").at(-1);
  expect(session?.success_url).toMatch(/^https:\/\/dailies\.example\/studio\/billing\?tab=plan&checkout=chk_/);
  expect(session?.amount_total).toBe(999);
  expect((await ok<{ url: string }>(await world.post("/api/billing/create-portal", {}))).url).toContain(world.stripe.options.origin);
});

test("a page whose price was tampered with at Stripe grants nothing, and somebody is told", async () => {
  const world = await newBillingWorld();
  const checkout = await world.checkout({ pack: "credits_10000" });
  const session = world.stripe.account.get("checkout.session", world.sessionOf(checkout));
  Object.assign(session, { amount_subtotal: 1_000, amount_total: 1_000 });
  world.stripe.pay(session.id);
  await world.settle();
  expect(await world.lots()).toEqual([]);
  const finding = await env.DB.prepare("SELECT severity, detail FROM findings WHERE studio = ? AND source = 'billing'").bind(world.studio).first<{ severity: string; detail: string }>();
  expect(finding).toMatchObject({ severity: "critical", detail: expect.stringContaining("1000 cents") });
});

test("a page that was paid at the price at which it was opened grants, though the price has changed since", async () => {
  const world = await newBillingWorld();
  const checkout = await world.checkout({ pack: "credits_10000" });
  await env.DB.prepare("INSERT INTO stripe_prices (price, code, cents, made_at) VALUES ('price_of_last_year', 'credits_10000', 9000, 0)").run();
  Object.assign(world.stripe.account.get("checkout.session", world.sessionOf(checkout)), { amount_subtotal: 9_000, amount_total: 9_000 });
  world.stripe.pay(world.sessionOf(checkout));
  await world.settle();
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 10_000, debt: 0 });
});

test("a plan that is paid by a debit brings its credits with the money, and no second one can be bought meanwhile", async () => {
  const world = await newBillingWorld();
  const checkout = await world.checkout({ plan: "creator_pro" });
  world.stripe.pay(world.sessionOf(checkout), { card: "async" });
  await world.settle();
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_starter" }))).code).toBe("billing.subscribed");
  expect(await world.bought()).toEqual({ subscription: 0, purchased: 0, debt: 0 });
  world.stripe.completeAsync(world.sessionOf(checkout), "succeeded");
  await world.settle();
  expect(await world.billing()).toMatchObject({ plan: "creator_pro", subscription: { status: "active" } });
  expect(await world.bought()).toEqual({ subscription: 2_000, purchased: 0, debt: 0 });
});

test("while a first payment waits for its owner nothing else can be bought, and what lapses leaves the studio free to choose again", async () => {
  const world = await newBillingWorld();
  await world.buy({ pack: "credits_500" });
  world.stripe.setCard(await world.customer(), "declined");
  const abandoned = await world.checkout({ plan: "creator_pro" });
  world.stripe.expire(world.sessionOf(abandoned));
  const price = world.stripe.account.all("price").find(({ unit_amount: cents }) => cents === 2_999)?.id ?? "";
  const form = new URLSearchParams({ customer: await world.customer(), "items[0][price]": price, payment_behavior: "default_incomplete" });
  await world.stripe.handle(new Request(`${world.stripe.options.origin}/v1/subscriptions`, { method: "POST", body: form, headers: { authorization: `Bearer ${world.stripe.options.key}` } }));
  await world.settle();
  expect(await world.billing()).toMatchObject({ plan: "creator_free", subscription: { status: "incomplete" } });
  expect((await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_starter" }))).code).toBe("billing.payment_due");
  moveTime(Date.now() + 25 * 3_600_000);
  world.stripe.tick();
  await world.settle({ shuffled: true });
  await world.buy({ plan: "creator_starter" });
  expect(await world.billing()).toMatchObject({ plan: "creator_starter", subscription: { status: "active" } });
});

test("a second subscription that somebody made by hand at Stripe changes nothing here, and is told of; what it paid for is granted", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const price = world.stripe.account.all("price")[0]?.id ?? "";
  const form = new URLSearchParams({ customer: await world.customer(), "items[0][price]": price, default_payment_method: world.stripe.account.all("payment_method")[0]?.id ?? "" });
  const made = await world.stripe.handle(new Request(`${world.stripe.options.origin}/v1/subscriptions`, { method: "POST", body: form, headers: { authorization: `Bearer ${world.stripe.options.key}` } }));
  expect(made.status).toBe(200);
  await world.settle({ shuffled: true });
  expect((await world.billing()).plan).toBe("creator_pro");
  expect(await world.bought()).toEqual({ subscription: 4_000, purchased: 0, debt: 0 });
  const finding = await env.DB.prepare("SELECT detail FROM findings WHERE studio = ? AND source = 'billing'").bind(world.studio).first<{ detail: string }>();
  expect(finding?.detail).toContain("besides");
});

test("a plan that ended at Stripe without anybody hearing of it does not keep its studio from choosing again", async () => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const id = world.stripe.account.all("subscription")[0]?.id ?? "";
  await world.stripe.handle(new Request(`${world.stripe.options.origin}/v1/subscriptions/${id}`, { method: "DELETE", headers: { authorization: `Bearer ${world.stripe.options.key}` } }));
  await world.settle({ dropped: () => true });
  expect((await world.billing()).plan).toBe("creator_pro");
  await world.buy({ plan: "creator_starter" });
  expect(await world.billing()).toMatchObject({ plan: "creator_starter", subscription: { status: "active" } });
});

test("a key that Stripe does not know any more is our trouble, not the customer's: it is said, and nothing is half done", async () => {
  const world = await newBillingWorld();
  Object.assign(world.stripe.options, { key: "sk_test_another" });
  expect(await problemOf(await world.post("/api/v1/billing/checkout", { pack: "credits_500" }))).toMatchObject({ status: 503, code: "billing.unavailable" });
});

test("where no key of Stripe's is set nothing is sold, and pages know it beforehand", async () => {
  const world = await newBillingWorld();
  const { STRIPE_SECRET_KEY: key } = settings(env);
  vi.spyOn(settings(env), "STRIPE_SECRET_KEY", "get").mockReturnValue(undefined);
  expect(await ok(await anonymous.get("/api/v1/billing/plans"))).toMatchObject({ available: false, isTest: false });
  expect(await world.billing()).toMatchObject({ available: false, actions: [], plan: "creator_free" });
  expect(await problemOf(await world.post("/api/v1/billing/checkout", { plan: "creator_pro" }))).toMatchObject({ status: 503, code: "billing.unavailable" });
  for (const path of ["portal", "cancel", "resume"]) expect((await problemOf(await world.post(`/api/v1/billing/${path}`, {}))).code).toBe("billing.unavailable");
  useStripe(world.stripe);
  expect(settings(env).STRIPE_SECRET_KEY).toBe(key);
  expect(await ok(await anonymous.get("/api/v1/billing/plans"))).toMatchObject({ available: true, isTest: true });
});
