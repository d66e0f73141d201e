import type { Stripe } from "stripe";
import { expect, test } from "vitest";
import { listener, subscribed } from "./stripe-account.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const linesOf = ({ lines }: Stripe.Invoice) => lines.data.map(({ amount, description, period }) => [amount, description, at(period.start), at(period.end)]);

test("a period that is over begins anew: the invoice is a draft for an hour, then it is paid", async () => {
  const world = await subscribed();
  const { stripe, emulator, clock, invoices, item, read } = world;
  const heard = listener(world);
  const end = Date.UTC(2026, 11, 20);
  emulator.tick((clock.now = end));
  expect(heard()).toEqual(["customer.subscription.updated", "invoice.created"]);
  expect(await item()).toMatchObject({ current_period_start: end / 1_000, current_period_end: Date.UTC(2027, 0, 20) / 1_000 });
  const [draft] = await invoices();
  expect(draft).toMatchObject({ status: "draft", billing_reason: "subscription_cycle", amount_due: 1_000, period_start: Date.UTC(2026, 10, 20) / 1_000, period_end: end / 1_000 });
  expect(draft?.lines.data[0]?.period).toEqual({ start: end / 1_000, end: Date.UTC(2027, 0, 20) / 1_000 });
  emulator.tick((clock.now = end + HOUR_MS - 1_000));
  expect(heard()).toEqual([]);
  emulator.tick((clock.now = end + HOUR_MS));
  expect(heard()).toEqual(["payment_intent.created", "invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]);
  expect(await stripe.invoices.retrieve(draft?.id ?? "")).toMatchObject({ status: "paid", amount_paid: 1_000 });
  expect((await read()).latest_invoice).toBe(draft?.id);
});

test("the 31st of January is followed by the end of February and the 31st of March, in a leap year too", async () => {
  for (const [year, february, next] of [[2027, 28, 29], [2028, 29, 28]] as const) {
    const { emulator, clock, item, read, invoices } = await subscribed({ at: Date.UTC(year, 0, 31, 12) });
    const ends: string[] = [at((await item()).current_period_end)];
    for (let month = 0; month < 13; month += 1) {
      clock.now = (await item()).current_period_end * 1_000 + HOUR_MS;
      emulator.tick();
      ends.push(at((await item()).current_period_end));
    }
    const days = [`${year}-02-${february}`, `${year}-03-31`, `${year}-04-30`, `${year}-05-31`, `${year}-06-30`, `${year}-07-31`, `${year}-08-31`, `${year}-09-30`, `${year}-10-31`, `${year}-11-30`, `${year}-12-31`, `${year + 1}-01-31`, `${year + 1}-02-${next}`, `${year + 1}-03-31`];
    expect(ends).toEqual(days.map((day) => `${day}T12:00:00.000Z`));
    expect(at((await read()).billing_cycle_anchor)).toBe(`${year}-01-31T12:00:00.000Z`);
    expect(new Set((await invoices()).map(({ number }) => number)).size).toBe(14);
  }
});

test("an upgrade in mid-period gives back what is unused and charges what remains, at once", async () => {
  const { stripe, emulator, clock, id, item, pro, invoices } = await subscribed({ at: Date.UTC(2026, 10, 1) });
  clock.now = Date.UTC(2026, 10, 16);
  emulator.tick();
  const { id: itemId } = await item();
  const details = { items: [{ id: itemId, price: pro.id }], proration_behavior: "always_invoice" as const, proration_date: clock.now / 1_000 } satisfies Stripe.SubscriptionUpdateParams;
  const preview = await stripe.invoices.createPreview({ subscription: id, subscription_details: details });
  expect(preview.id).toMatch(/^upcoming_in_/);
  expect(preview.amount_due).toBe(500);
  expect((await invoices())).toHaveLength(1);
  const updated = await stripe.subscriptions.update(id, { ...details, expand: ["latest_invoice"] });
  const invoice = updated.latest_invoice as Stripe.Invoice;
  expect(invoice).toMatchObject({ billing_reason: "subscription_update", status: "paid", amount_paid: 500 });
  expect(linesOf(invoice)).toEqual([
    [-500, "Unused time on starter after 16 Nov 2026", "2026-11-16T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    [1_000, "Remaining time on pro after 16 Nov 2026", "2026-11-16T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
  ]);
  expect(linesOf(preview)).toEqual(linesOf(invoice));
  expect(invoice.lines.data.map(({ parent }) => parent?.subscription_item_details?.proration)).toEqual([true, true]);
  expect(invoice.lines.data[1]?.pricing?.price_details?.price).toBe(pro.id);
  expect(at(updated.billing_cycle_anchor)).toBe("2026-11-01T00:00:00.000Z");
  expect(await item()).toMatchObject({ id: itemId, price: { id: pro.id }, current_period_end: Date.UTC(2026, 11, 1) / 1_000 });
  emulator.tick((clock.now = Date.UTC(2026, 11, 1, 1)));
  expect((await invoices())[0]).toMatchObject({ billing_reason: "subscription_cycle", amount_paid: 2_000 });
});

test("a credit gives back what was really charged, even after a change that charged nothing", async () => {
  const { stripe, clock, id, item, pro, starter, agency, invoices } = await subscribed({ at: Date.UTC(2026, 10, 1) });
  clock.now = Date.UTC(2026, 10, 16);
  const to = async (price: Stripe.Price, proration_behavior: "none" | "always_invoice") => stripe.subscriptions.update(id, { items: [{ id: (await item()).id, price: price.id }], proration_behavior });
  await to(pro, "none");
  expect(await invoices()).toHaveLength(1);
  // The 1000 of the starter plan is all that was charged.
  await to(agency, "always_invoice");
  expect((await invoices())[0]?.lines.data.map(({ amount }) => amount)).toEqual([-500, 5_000]);
  clock.now = Date.UTC(2026, 10, 21);
  await to(starter, "always_invoice");
  const [down] = await invoices();
  expect(down?.lines.data.map(({ amount }) => amount)).toEqual([-3_333, 333]);
  expect(down).toMatchObject({ status: "paid", total: -3_000, amount_due: 0, amount_paid: 0, ending_balance: -3_000 });
  clock.now = Date.UTC(2026, 10, 26);
  await to(pro, "always_invoice");
  // Only what was charged last is given back; the rest has been already. Five days are left of thirty, and of ten.
  expect((await invoices())[0]?.lines.data.map(({ amount, parent }) => [amount, parent?.subscription_item_details?.proration_details?.credited_items?.invoice])).toEqual([[-167, down?.id], [333, undefined]]);
});

test("a credit is used up by the next invoices", async () => {
  const { stripe, emulator, clock, id, item, pro, starter, customer, invoices } = await subscribed({ at: Date.UTC(2026, 10, 1) });
  await stripe.subscriptions.update(id, { items: [{ id: (await item()).id, price: pro.id }], proration_behavior: "always_invoice" });
  clock.now = Date.UTC(2026, 10, 16);
  await stripe.subscriptions.update(id, { items: [{ id: (await item()).id, price: starter.id }], proration_behavior: "create_prorations" });
  expect((await invoices())[0]?.billing_reason).toBe("subscription_update");
  expect((await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data.map(({ amount, proration }) => [amount, proration])).toEqual([[500, true], [-1_000, true]]);
  emulator.tick((clock.now = Date.UTC(2026, 11, 1, 1)));
  expect((await invoices())[0]).toMatchObject({ billing_reason: "subscription_cycle", total: 500, amount_paid: 500 });
});

test("a downgrade waits for the end of the period, on a schedule, and can be taken back", async () => {
  for (const isReleased of [false, true]) {
    const { stripe, emulator, clock, id, item, pro, starter, read, invoices } = await subscribed({ at: Date.UTC(2026, 10, 1) });
    await stripe.subscriptions.update(id, { items: [{ id: (await item()).id, price: pro.id }], proration_behavior: "always_invoice" });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id });
    const phase = schedule.phases[0];
    if (!phase) throw new Error("there is no phase");
    const updated = await stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: "release",
      phases: [{ start_date: phase.start_date, end_date: phase.end_date, items: [{ price: pro.id, quantity: 1 }] }, { items: [{ price: starter.id, quantity: 1 }], duration: { interval: "month", interval_count: 1 }, proration_behavior: "none" }],
    });
    expect(updated.phases[1]).toMatchObject({ start_date: Date.UTC(2026, 11, 1) / 1_000, end_date: Date.UTC(2027, 0, 1) / 1_000 });
    expect((await read()).schedule).toBe(schedule.id);
    await expect(stripe.subscriptions.update(id, { cancel_at_period_end: true })).rejects.toThrow("managed by the subscription schedule");
    expect((await stripe.invoices.createPreview({ subscription: id })).amount_due).toBe(1_000);
    if (isReleased) await stripe.subscriptionSchedules.release(schedule.id);
    emulator.tick((clock.now = Date.UTC(2026, 11, 1, 1)));
    expect((await item()).price.id).toBe(isReleased ? pro.id : starter.id);
    expect((await invoices())[0]).toMatchObject({ billing_reason: "subscription_cycle", amount_paid: isReleased ? 2_000 : 1_000 });
    emulator.tick((clock.now = Date.UTC(2027, 0, 1, 1)));
    expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: "released", released_subscription: id, subscription: null });
    expect((await read())).toMatchObject({ schedule: null, status: "active" });
  }
});

test("a phase that begins with the period makes one invoice, with everything on it that was waiting", async () => {
  const { stripe, emulator, clock, id, customer, starter, pro, invoices } = await subscribed({ at: Date.UTC(2026, 10, 1) });
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id });
  const [phase] = schedule.phases;
  await stripe.subscriptionSchedules.update(schedule.id, { phases: [{ start_date: phase?.start_date ?? 0, end_date: phase?.end_date ?? 0, items: [{ price: starter.id }] }, { items: [{ price: pro.id }], proration_behavior: "always_invoice" }] });
  await stripe.invoiceItems.create({ customer: customer.id, subscription: id, amount: 700, currency: "usd", description: "Extra" });
  emulator.tick((clock.now = Date.UTC(2026, 11, 1, 1)));
  expect((await invoices()).map(({ billing_reason, amount_paid, lines }) => [billing_reason, amount_paid, lines.data.map(({ amount }) => amount)])).toEqual([["subscription_cycle", 2_700, [700, 2_000]], ["subscription_create", 1_000, [1_000]]]);
});

test("a card that is declined is tried again on days 1, 3, 5 and 7; then the subscription ends", async () => {
  const world = await subscribed();
  const { emulator, clock, customer, read, invoices } = world;
  emulator.setCard(customer.id, "declined");
  const first = Date.UTC(2026, 11, 20, 1);
  emulator.tick((clock.now = first));
  const heard = listener(world);
  expect(await read()).toMatchObject({ status: "past_due" });
  expect((await invoices())[0]).toMatchObject({ status: "open", attempt_count: 1, attempted: true, next_payment_attempt: (first + DAY_MS) / 1_000 });
  for (const [index, day] of [1, 3, 5, 7].entries()) {
    emulator.tick((clock.now = first + day * DAY_MS - 1_000));
    expect((await invoices())[0]?.attempt_count).toBe(index + 1);
    emulator.tick((clock.now = first + day * DAY_MS));
    expect((await invoices())[0]?.attempt_count).toBe(index + 2);
  }
  expect(heard().filter((type) => type.startsWith("invoice.payment_failed") || type.includes("subscription"))).toEqual([...Array.from({ length: 4 }, () => "invoice.payment_failed"), "customer.subscription.deleted"]);
  expect(await read()).toMatchObject({ status: "canceled", ended_at: clock.now / 1_000, cancellation_details: { reason: "payment_failed" } });
  expect((await invoices())[0]).toMatchObject({ status: "open", next_payment_attempt: null });
});

test("after the last retry it may also be left unpaid", async () => {
  const { emulator, clock, customer, read, invoices } = await subscribed({ afterRetries: "unpaid" });
  emulator.setCard(customer.id, "declined");
  emulator.tick((clock.now = Date.UTC(2027, 0, 25)));
  expect(await read()).toMatchObject({ status: "unpaid", ended_at: null });
  // A subscription that is unpaid makes drafts that nobody charges.
  expect((await invoices())[0]).toMatchObject({ status: "draft", auto_advance: false, billing_reason: "subscription_cycle" });
});

test("a card that works again pays at the next retry, or when one asks, and all is well", async () => {
  for (const how of ["retry", "asked"] as const) {
    const { stripe, emulator, clock, customer, read, invoices } = await subscribed();
    emulator.setCard(customer.id, "declined");
    emulator.tick((clock.now = Date.UTC(2026, 11, 20, 1)));
    const id = (await invoices())[0]?.id ?? "";
    await expect(stripe.invoices.pay(id)).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
    // Somebody asking does not use up a retry.
    expect((await stripe.invoices.retrieve(id)).next_payment_attempt).toBe(Date.UTC(2026, 11, 21, 1) / 1_000);
    emulator.setCard(customer.id, "ok");
    expect(await read()).toMatchObject({ status: "past_due" });
    if (how === "asked") await stripe.invoices.pay(id);
    else emulator.tick((clock.now += DAY_MS));
    expect(await read()).toMatchObject({ status: "active" });
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: "paid", amount_remaining: 0 });
    await expect(stripe.invoices.pay(id)).rejects.toMatchObject({ statusCode: 400, code: "invoice_already_paid" });
  }
});

test("an upgrade whose payment fails does what was asked for: nothing, later, or past due", async () => {
  const upgrade = async (payment_behavior: "error_if_incomplete" | "pending_if_incomplete" | "allow_incomplete") => {
    const world = await subscribed({ at: Date.UTC(2026, 10, 1) });
    world.emulator.setCard(world.customer.id, "declined");
    const { id: item } = await world.item();
    const result = await world.stripe.subscriptions.update(world.id, { items: [{ id: item, price: world.pro.id }], proration_behavior: "always_invoice", payment_behavior }).catch((error: Stripe.errors.StripeError) => error);
    return { ...world, result };
  };
  const refused = await upgrade("error_if_incomplete");
  expect(refused.result).toMatchObject({ statusCode: 402, code: "card_declined" });
  expect((await refused.item()).price.id).toBe(refused.starter.id);
  expect(await refused.invoices()).toHaveLength(1);

  const waiting = await upgrade("pending_if_incomplete");
  expect(waiting.result).toMatchObject({ status: "active", pending_update: { subscription_items: [{ price: { id: waiting.pro.id } }] } });
  expect((await waiting.item()).price.id).toBe(waiting.starter.id);
  waiting.emulator.setCard(waiting.customer.id, "ok");
  await waiting.stripe.invoices.pay((await waiting.invoices())[0]?.id ?? "");
  expect(await waiting.read()).toMatchObject({ pending_update: null, items: { data: [{ price: { id: waiting.pro.id } }] } });

  const dropped = await upgrade("pending_if_incomplete");
  dropped.emulator.tick((dropped.clock.now += DAY_MS));
  expect(await dropped.read()).toMatchObject({ pending_update: null, items: { data: [{ price: { id: dropped.starter.id } }] } });
  expect((await dropped.invoices())[0]).toMatchObject({ status: "void" });

  const late = await upgrade("allow_incomplete");
  expect(late.result).toMatchObject({ status: "past_due", items: { data: [{ price: { id: late.pro.id } }] } });
});

test("a subscription that is cancelled ends with its period, and can be kept", async () => {
  const { stripe, emulator, clock, id, read, invoices } = await subscribed();
  const end = Date.UTC(2026, 11, 20);
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({ status: "active", cancel_at_period_end: true, cancel_at: end / 1_000, canceled_at: clock.now / 1_000 });
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  await expect(stripe.invoices.createPreview({ subscription: id })).rejects.toMatchObject({ code: "invoice_upcoming_none" });
  emulator.tick((clock.now = end + DAY_MS));
  expect(await read()).toMatchObject({ status: "canceled", ended_at: end / 1_000, cancellation_details: { reason: "cancellation_requested" } });
  expect(await invoices()).toHaveLength(1);
  await expect(stripe.subscriptions.update(id, { cancel_at_period_end: false })).rejects.toMatchObject({ statusCode: 400 });
  expect((await stripe.subscriptions.list({ customer: String((await read()).customer) })).data).toEqual([]);
});

test("a first payment that fails leaves a subscription that expires after 23 hours", async () => {
  const world = await subscribed();
  const { stripe, emulator, clock, customer, pro } = world;
  emulator.setCard(customer.id, "declined");
  const created = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: pro.id }] });
  expect(created.status).toBe("incomplete");
  emulator.tick((clock.now += 23 * HOUR_MS));
  expect(await stripe.subscriptions.retrieve(created.id)).toMatchObject({ status: "incomplete_expired" });
  expect(await stripe.invoices.retrieve(String(created.latest_invoice))).toMatchObject({ status: "void" });
  await expect(stripe.subscriptions.create({ customer: customer.id, items: [{ price: pro.id }], payment_behavior: "error_if_incomplete" })).rejects.toMatchObject({ statusCode: 402 });
});

test("a trial is an invoice of nothing, and is charged when it is over", async () => {
  const { stripe, emulator, clock, customer, pro } = await subscribed();
  emulator.setCard(customer.id, "ok");
  const created = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: pro.id }], trial_period_days: 7, expand: ["latest_invoice"] });
  expect(created).toMatchObject({ status: "trialing", latest_invoice: { status: "paid", amount_paid: 0, billing_reason: "subscription_create" } });
  emulator.tick((clock.now += 7 * DAY_MS + HOUR_MS));
  expect(await stripe.subscriptions.retrieve(created.id, { expand: ["latest_invoice"] })).toMatchObject({ status: "active", latest_invoice: { status: "paid", amount_paid: 2_000, billing_reason: "subscription_cycle" } });
});

test("a test clock moves its own customers, and nobody else", async () => {
  const { stripe, emulator, id, read, starter } = await subscribed();
  const frozen = Date.UTC(2027, 0, 31) / 1_000;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
  const customer = await stripe.customers.create({ test_clock: clock.id, email: "later@example.com" });
  expect(customer.created).toBe(frozen);
  emulator.setCard(customer.id, "ok");
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: starter.id }] });
  const advancing = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: Date.UTC(2027, 1, 28, 2) / 1_000 });
  expect(advancing.status).toBe("advancing");
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: "ready", frozen_time: Date.UTC(2027, 1, 28, 2) / 1_000 });
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_end).toBe(Date.UTC(2027, 2, 31) / 1_000);
  const { data } = await stripe.invoices.list({ customer: customer.id });
  expect(data.map(({ billing_reason, status, created }) => [billing_reason, status, at(created)])).toEqual([["subscription_cycle", "paid", "2027-02-28T00:00:00.000Z"], ["subscription_create", "paid", "2027-01-31T00:00:00.000Z"]]);
  expect((await read()).latest_invoice).not.toBe(null);
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1);
  await stripe.testHelpers.testClocks.del(clock.id);
  emulator.tick(Date.UTC(2027, 6, 1));
  expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(2);
});

test("tax is added to what is bought, where it is switched on", async () => {
  const { stripe, emulator, pack, customer } = await subscribed({ taxPercent: 19 });
  const session = await stripe.checkout.sessions.create({ mode: "payment", customer: customer.id, line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/", automatic_tax: { enabled: true }, invoice_creation: { enabled: true, invoice_data: { metadata: { order: "1" } } } });
  expect(session).toMatchObject({ amount_subtotal: 2_500, amount_total: 2_975, total_details: { amount_tax: 475 } });
  const paid = emulator.pay(session.id);
  const invoice = await stripe.invoices.retrieve(String(paid.invoice), { expand: ["payments"] });
  expect(invoice).toMatchObject({ status: "paid", subtotal: 2_500, total: 2_975, amount_paid: 2_975, total_excluding_tax: 2_500, parent: null, metadata: { order: "1" }, payments: { data: [{ payment: { payment_intent: paid.payment_intent } }] } });
  expect((await stripe.charges.list({ payment_intent: String(paid.payment_intent) })).data).toHaveLength(1);
});

test("the portal cancels by a date, as Stripe's does in flexible billing mode", async () => {
  const { stripe, network, customer, id, read } = await subscribed();
  const session = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: "https://dailies.example/billing" });
  const send = (fields: Record<string, string>) => network(session.url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  expect((await send({ action: "cancel", subscription: id })).status).toBe(303);
  expect(await read()).toMatchObject({ cancel_at_period_end: false, cancel_at: Date.UTC(2026, 11, 20) / 1_000 });
  await send({ action: "resume", subscription: id });
  expect(await read()).toMatchObject({ cancel_at: null });
  const page = await (await network(session.url)).text();
  expect(page).toContain("No money moves");
  expect(page).toContain('href="https://dailies.example/billing"');
});

test("the hosted page says what is bought, lets no text become markup, and goes back to where it was told", async () => {
  const { stripe, network } = await subscribed();
  const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ quantity: 1, price_data: { currency: "usd", unit_amount: 2_500, product_data: { name: "<script>alert(1)</script>" } } }], success_url: "https://dailies.example/done?session={CHECKOUT_SESSION_ID}", cancel_url: "https://dailies.example/no?a=1&b=2" });
  const page = await (await network(String(session.url))).text();
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toContain("<script");
  expect(page).toContain("$25.00");
  expect(page).toContain('href="https://dailies.example/no?a=1&amp;b=2"');
  const pay = (card: string) => network(String(session.url), { method: "POST", body: new URLSearchParams({ card }), redirect: "manual" });
  const declined = await pay("declined");
  expect(await declined.text()).toContain('role="alert"');
  const paid = await pay("ok");
  expect([paid.status, paid.headers.get("location")]).toEqual([303, `https://dailies.example/done?session=${session.id}`]);
  expect(await (await network(`https://stripe.example/checkout/${session.id}`)).text()).toContain("paid already");
  expect((await network("https://stripe.example/checkout/cs_test_none")).status).toBe(404);
});

test("a customer who is deleted says so, and is charged no more", async () => {
  const world = await subscribed();
  const { stripe, emulator, clock, customer, id } = world;
  const heard = listener(world);
  await stripe.customers.del(customer.id);
  expect(heard()).toEqual(["customer.subscription.deleted", "customer.deleted"]);
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, deleted: true });
  await expect(stripe.subscriptions.create({ customer: customer.id, items: [{ price: world.pro.id }] })).rejects.toMatchObject({ statusCode: 404, code: "resource_missing" });
  emulator.tick((clock.now = Date.UTC(2027, 6, 1)));
  expect(heard()).toEqual([]);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: "canceled" });
});
