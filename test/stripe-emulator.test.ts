import { Stripe } from "stripe";
import { expect, test } from "vitest";
import type { Store } from "./emulators/stripe/account.ts";
import { listener, newStripe, SECRET, subscribed, withCatalogue } from "./stripe-account.ts";

const fails = (promise: Promise<unknown>) => promise.then(() => { throw new Error("it worked"); }, (error: Stripe.errors.StripeError) => error);

/** The SDK hands on the headers as its HTTP client has them. */
const isReplayed = ({ lastResponse }: Stripe.Response<object>): boolean => new Headers(lastResponse.headers).get("idempotent-replayed") === "true";

test("a key that is not ours is refused", async () => {
  const { client } = newStripe();
  const error = await fails(client({}, "sk_test_of_somebody_else").customers.list());
  expect(error).toMatchObject({ type: "StripeAuthenticationError", statusCode: 401 });
  expect(error.message).toContain("Invalid API Key provided: sk_test_");
  expect(error.message).not.toContain("of_somebody");
});

test("the same idempotency key makes one customer, and says that it was replayed", async () => {
  const { stripe, emulator } = newStripe();
  const first = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "studio:1" });
  const again = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "studio:1" });
  expect(again.id).toBe(first.id);
  expect(isReplayed(first)).toBe(false);
  expect(isReplayed(again)).toBe(true);
  expect(emulator.events.map(({ type }) => type)).toEqual(["customer.created"]);
});

test("an idempotency key belongs to its parameters and its path", async () => {
  const { stripe } = newStripe();
  await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
  expect(await fails(stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "k" }))).toMatchObject({ type: "StripeIdempotencyError", statusCode: 400, rawType: "idempotency_error" });
  expect(await fails(stripe.products.create({ name: "a" }, { idempotencyKey: "k" }))).toMatchObject({ type: "StripeIdempotencyError", statusCode: 400 });
});

test("a key that is in use is 409, and the SDK's retry gets the answer of the first", async () => {
  const { stripe, client, emulator } = newStripe();
  let open = (_: unknown): void => undefined;
  emulator.faults.push({ method: "POST", path: "/v1/customers", times: 1, does: "slow", until: new Promise((resolve) => (open = resolve)) });
  const first = stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
  await expect.poll(() => emulator.requests.length).toBe(1);
  const second = await fails(stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" }));
  expect(second).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
  const third = client({ maxNetworkRetries: 3 }).customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
  await expect.poll(() => emulator.requests.length).toBe(3);
  open(null);
  expect((await third).id).toBe((await first).id);
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test("a refused request does not use its key up, and a key is forgotten after a day", async () => {
  const { stripe, clock } = newStripe();
  await fails(stripe.prices.create({ currency: "usd", unit_amount: 100, product: "prod_none" }, { idempotencyKey: "k" }));
  await stripe.prices.create({ currency: "usd", unit_amount: 100, product_data: { name: "A" } }, { idempotencyKey: "k" });
  clock.now += 25 * 3_600_000;
  await stripe.products.create({ name: "B" }, { idempotencyKey: "k" });
  expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(["B", "A"]);
});

test("an answer that was lost is asked for again by the SDK, with its own key, and makes one object", async () => {
  const { client, emulator, stripe } = newStripe();
  emulator.faults.push({ method: "POST", path: "/v1/customers", times: 1, does: "lost" });
  const customer = await client({ maxNetworkRetries: 2 }).customers.create({ email: "a@example.com" });
  const posts = emulator.requests.filter(({ method }) => method === "POST");
  expect(posts).toHaveLength(2);
  expect(posts[0]?.key).toBeTruthy();
  expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([customer.id]);
});

test("a request that never arrived, a 500 and a hang leave nothing behind; 429 is not tried again", async () => {
  const { client, stripe, emulator } = newStripe();
  for (const does of ["unreached", 500, "hang"] as const) emulator.faults.push({ path: "/v1/customers", times: 1, does });
  await expect(stripe.customers.create({})).rejects.toMatchObject({ type: "StripeConnectionError" });
  await expect(stripe.customers.create({})).rejects.toMatchObject({ type: "StripeAPIError", statusCode: 500 });
  await expect(stripe.customers.create({}, { timeout: 50 })).rejects.toMatchObject({ type: "StripeConnectionError" });
  emulator.faults.push({ path: "/v1/customers", times: 1, does: 429 });
  await expect(client({ maxNetworkRetries: 3 }).customers.create({})).rejects.toMatchObject({ type: "StripeRateLimitError", code: "rate_limit" });
  expect((await stripe.customers.list()).data).toEqual([]);
});

test("lists go page by page, newest first, forwards and backwards", async () => {
  const { stripe } = newStripe();
  for (let count = 0; count < 25; count += 1) await stripe.customers.create({ name: `n${count}` });
  const first = await stripe.customers.list({ limit: 10 });
  expect(first.has_more).toBe(true);
  expect(first.data.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, index) => `n${24 - index}`));
  const names: (string | null | undefined)[] = [];
  for await (const { name } of stripe.customers.list({ limit: 7 })) names.push(name);
  expect(names).toEqual(Array.from({ length: 25 }, (_, index) => `n${24 - index}`));
  const back = await stripe.customers.list({ limit: 3, ending_before: first.data[5]?.id ?? "" });
  expect(back.data.map(({ name }) => name)).toEqual(["n22", "n21", "n20"]);
  await expect(stripe.customers.list({ starting_after: "cus_none" })).rejects.toMatchObject({ code: "resource_missing", statusCode: 404 });
  await expect(stripe.customers.list({ limit: 101 })).rejects.toMatchObject({ statusCode: 400, param: "limit" });
});

test("what was removed or never was is refused by name", async () => {
  const { stripe, pack } = await withCatalogue();
  const order: Stripe.Checkout.SessionCreateParams = { mode: "payment", success_url: "https://dailies.example/", line_items: [{ price: pack.id, quantity: 1 }] };
  expect(await fails(stripe.checkout.sessions.create({ ...order, payment_method_types: ["card"] } as object))).toMatchObject({ code: "parameter_unknown", param: "payment_method_types" });
  expect(await fails(stripe.checkout.sessions.create({ ...order, success_url: "javascript:alert(1)" }))).toMatchObject({ code: "url_invalid", param: "success_url" });
  expect(await fails(stripe.checkout.sessions.create({ ...order, line_items: [{ price: "price_none", quantity: 1 }] }))).toMatchObject({ statusCode: 404, code: "resource_missing", param: "line_items[0][price]" });
  expect(await fails(stripe.checkout.sessions.create({ ...order, mode: "subscription" }))).toMatchObject({ statusCode: 400, param: "line_items" });
  expect(await fails(stripe.subscriptions.retrieve("sub_none"))).toMatchObject({ statusCode: 404, code: "resource_missing" });
});

test("prices are found by lookup key, decimals arrive as the SDK's Decimal, metadata is merged", async () => {
  const { stripe, starter } = await withCatalogue();
  const { data } = await stripe.prices.list({ lookup_keys: ["starter", "pro"], expand: ["data.product"] });
  expect(data.map(({ lookup_key, product }) => [lookup_key, (product as Stripe.Product).name])).toEqual([["pro", "pro"], ["starter", "starter"]]);
  expect(starter.unit_amount_decimal?.toString()).toBe("1000");
  const customer = await stripe.customers.create({ metadata: { a: "1", b: "2" } });
  expect((await stripe.customers.update(customer.id, { metadata: { b: "", c: "3" } })).metadata).toEqual({ a: "1", c: "3" });
});

test("fields are where this API version has them", async () => {
  const { stripe, id, customer, starter, read, invoices } = await subscribed();
  const subscription = await read();
  expect(subscription).not.toHaveProperty("current_period_end");
  const start = Date.UTC(2026, 10, 20) / 1_000;
  expect(subscription.items.data[0]).toMatchObject({ current_period_start: start, current_period_end: Date.UTC(2026, 11, 20) / 1_000, price: { id: starter.id } });
  const [invoice] = await invoices();
  for (const gone of ["subscription", "payment_intent", "charge", "paid", "payments"]) expect(invoice).not.toHaveProperty(gone);
  expect(invoice).toMatchObject({ billing_reason: "subscription_create", status: "paid", amount_paid: 1_000, parent: { type: "subscription_details", subscription_details: { subscription: id, metadata: { studio: "std_1" } } } });
  expect(invoice?.lines.data[0]).toMatchObject({ pricing: { price_details: { price: starter.id } }, period: { start }, parent: { type: "subscription_item_details", subscription_item_details: { subscription: id, proration: false, invoice_item: null } } });
  expect(invoice?.hosted_invoice_url).toBe(`https://stripe.example/invoices/${invoice?.id}`);
  const expanded = await stripe.invoices.retrieve(invoice?.id ?? "", { expand: ["payments.data.payment.payment_intent.latest_charge"] });
  const intent = expanded.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
  expect(intent.latest_charge).toMatchObject({ object: "charge", amount: 1_000, customer: customer.id });
  expect(intent.latest_charge).not.toHaveProperty("invoice");
  // From a charge to its invoice.
  const found = await stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: intent.id } });
  expect(found.data.map((payment) => payment.invoice)).toEqual([invoice?.id]);
});

test("a pack is paid once, refunded in parts, and the charge says the sum", async () => {
  const world = await withCatalogue();
  const { stripe, emulator, pack } = world;
  const heard = listener(world);
  const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 2 }], success_url: "https://dailies.example/", metadata: { order: "1" }, client_reference_id: "std_1", payment_intent_data: { metadata: { order: "1" } } });
  expect(session).toMatchObject({ amount_total: 5_000, payment_status: "unpaid", status: "open", payment_intent: null, customer: null });
  expect(emulator.pay(session.id, { card: "declined" })).toMatchObject({ status: "open", payment_status: "unpaid" });
  expect(heard()).toEqual(["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);
  emulator.pay(session.id);
  expect(heard()).toEqual(["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]);
  const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent", "line_items"] });
  expect(paid).toMatchObject({ status: "complete", payment_status: "paid", client_reference_id: "std_1", metadata: { order: "1" }, line_items: { data: [{ quantity: 2, price: { id: pack.id } }] } });
  const charge = String((paid.payment_intent as Stripe.PaymentIntent).latest_charge);
  await stripe.refunds.create({ charge, amount: 1_500 });
  expect(heard()).toEqual(["refund.created", "charge.refunded"]);
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 1_500, refunded: false, metadata: { order: "1" } });
  emulator.refund(charge, 1_000);
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 2_500, refunded: false });
  expect(await fails(stripe.refunds.create({ charge, amount: 2_501 }))).toMatchObject({ statusCode: 400, param: "amount" });
  await stripe.refunds.create({ payment_intent: (paid.payment_intent as Stripe.PaymentIntent).id });
  expect(await stripe.charges.retrieve(charge, { expand: ["refunds"] })).toMatchObject({ amount_refunded: 5_000, refunded: true, refunds: { data: [{ amount: 2_500 }, { amount: 1_000 }, { amount: 1_500 }] } });
  expect(await fails(stripe.refunds.create({ charge }))).toMatchObject({ code: "charge_already_refunded" });
});

test("a refund that fails later comes back to us, and the charge says so", async () => {
  const world = await withCatalogue();
  const { stripe, emulator, pack } = world;
  const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/" });
  const intent = await stripe.paymentIntents.retrieve(String(emulator.pay(session.id).payment_intent));
  const refund = emulator.refund(String(intent.latest_charge), 1_000, "pending");
  const heard = listener(world);
  emulator.settleRefund(refund.id, "failed");
  expect(heard()).toEqual(["charge.updated", "refund.updated", "refund.failed", "charge.refund.updated"]);
  expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({ amount_refunded: 0, refunded: false });
  const { data } = await stripe.balanceTransactions.list();
  expect(data.map(({ type, amount }) => [type, amount])).toEqual([["refund_failure", 1_000], ["refund", -1_000], ["charge", 2_500]]);
});

test("a dispute takes the money, and gives it back when it is won", async () => {
  for (const outcome of ["won", "lost"] as const) {
    const world = await withCatalogue();
    const { stripe, emulator, pack } = world;
    const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/" });
    const charge = String((await stripe.paymentIntents.retrieve(String(emulator.pay(session.id).payment_intent))).latest_charge);
    const heard = listener(world);
    const dispute = emulator.dispute(charge);
    expect(heard()).toEqual(["charge.updated", "charge.dispute.created", "charge.dispute.funds_withdrawn"]);
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: "needs_response", amount: 2_500, charge, is_charge_refundable: false });
    expect(await fails(stripe.refunds.create({ charge }))).toMatchObject({ code: "charge_disputed" });
    emulator.closeDispute(dispute.id, outcome);
    expect(heard()).toEqual(outcome === "won" ? ["charge.dispute.funds_reinstated", "charge.dispute.closed"] : ["charge.dispute.closed"]);
    const { data } = await stripe.balanceTransactions.list({ type: "adjustment" });
    expect(data.map(({ amount, fee, reporting_category }) => [amount, fee, reporting_category])).toEqual([...(outcome === "won" ? [[2_500, 0, "dispute_reversal"]] : []), [-2_500, 1_500, "dispute"]]);
    if (outcome === "won") expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 2_500 });
    else expect(await fails(stripe.refunds.create({ charge }))).toMatchObject({ code: "charge_disputed" });
  }
});

test("a debit that clears later completes the session unpaid, and then pays it or not", async () => {
  for (const outcome of ["succeeded", "failed"] as const) {
    const world = await withCatalogue();
    const { stripe, emulator, pack } = world;
    const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/" });
    expect(emulator.pay(session.id, { card: "async" })).toMatchObject({ status: "complete", payment_status: "unpaid" });
    const heard = listener(world);
    emulator.completeAsync(session.id, outcome);
    expect(heard()).toEqual(outcome === "succeeded" ? ["charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"] : ["charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed"]);
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe(outcome === "succeeded" ? "paid" : "unpaid");
  }
});

test("a debit clears by itself where the emulator is told when", async () => {
  const { stripe, emulator, pack, clock } = await withCatalogue({ clearsAfter: 20 });
  const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/" });
  emulator.pay(session.id, { card: "async" });
  emulator.tick((clock.now += 19_000));
  expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("unpaid");
  emulator.tick((clock.now += 1_000));
  expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
});

test("a top-up off session is charged at once, or declined with its intent in the error", async () => {
  const { stripe, emulator, customer } = await subscribed();
  const top = { amount: 2_500, currency: "usd", customer: customer.id, off_session: true, confirm: true };
  const good = emulator.setCard(customer.id, "ok");
  expect(await stripe.paymentIntents.create({ ...top, payment_method: good.id }, { idempotencyKey: "top-up:1" })).toMatchObject({ status: "succeeded", amount_received: 2_500 });
  const bad = emulator.setCard(customer.id, "declined");
  const order = () => stripe.paymentIntents.create({ ...top, payment_method: bad.id }, { idempotencyKey: "top-up:2" });
  const error = await fails(order());
  expect(error).toMatchObject({ type: "StripeCardError", statusCode: 402, code: "card_declined", decline_code: "generic_decline", payment_intent: { status: "requires_payment_method" } });
  // The decline is what that key answers from now on.
  expect((await fails(order())).payment_intent?.id).toBe(error.payment_intent?.id);
});

test("a session expires when its time has come", async () => {
  const world = await withCatalogue();
  const { stripe, emulator, pack, clock } = world;
  const session = await stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: pack.id, quantity: 1 }], success_url: "https://dailies.example/", expires_at: clock.now / 1_000 + 1_800 });
  const heard = listener(world);
  emulator.tick((clock.now += 1_800_000));
  expect(heard()).toEqual(["checkout.session.expired"]);
  expect(() => emulator.pay(session.id)).toThrow("expired");
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe("expired");
});

test("deliveries are signed by every active secret, and by no other", async () => {
  const { stripe, emulator, received, verify, clock } = newStripe({ webhookSecrets: ["whsec_old", SECRET] });
  await stripe.customers.create({ email: "a@example.com" });
  await emulator.deliverPending();
  const [delivery] = received;
  if (!delivery) throw new Error("nothing was delivered");
  expect(delivery.signature.match(/v1=/g)).toHaveLength(2);
  for (const secret of ["whsec_old", SECRET]) expect((await verify(delivery, secret)).type).toBe("customer.created");
  await expect(verify(delivery, "whsec_wrong")).rejects.toThrow("No signatures found");
  const [event] = emulator.events;
  if (!event) throw new Error("there is no event");
  const asSent = async (weather: Parameters<typeof emulator.delivery>[1]) => {
    const { body, headers } = await emulator.delivery(event, weather);
    return { body: String(body), signature: new Headers(headers).get("stripe-signature") ?? "" };
  };
  await expect(verify(await asSent({ forgedWith: "whsec_wrong" }))).rejects.toThrow("No signatures found");
  await expect(verify(await asSent({ tampered: true }))).rejects.toThrow("No signatures found");
  await expect(verify(await asSent({ staleSeconds: 301 }))).rejects.toThrow("Timestamp outside the tolerance zone");
  await expect(verify(await asSent({ staleSeconds: 299 }))).resolves.toMatchObject({ id: event.id });
  clock.now += 3_600_000;
  await expect(verify(delivery)).rejects.toThrow("Timestamp outside the tolerance zone");
});

test("deliveries arrive doubled, out of order, late, or not at all", async () => {
  const { emulator, received } = await subscribed();
  const order = () => received.splice(0).map(({ body }) => (JSON.parse(body) as Stripe.Event).id);
  const made = emulator.events.map(({ id }) => id);
  await emulator.deliverPending({ shuffled: true, times: 3, concurrent: true, held: ({ type }) => type === "invoice.paid", dropped: ({ type }) => type === "customer.created" });
  const arrived = order();
  const expected = emulator.events.filter(({ type }) => type !== "invoice.paid" && type !== "customer.created").map(({ id }) => id);
  expect(arrived.toSorted()).toEqual(expected.flatMap((id) => [id, id, id]).toSorted());
  expect([...new Set(arrived)]).not.toEqual(made.filter((id) => expected.includes(id)));
  await emulator.deliverPending();
  expect(order()).toEqual(emulator.events.filter(({ type }) => type === "invoice.paid").map(({ id }) => id));
  await emulator.deliverPending({ early: true });
  expect(order()).toEqual([]);
});

test("what is not answered with 2xx is sent again, later and later, for days", async () => {
  const answers: number[] = [];
  const { stripe, emulator, clock } = newStripe({ deliver: async () => new Response(null, { status: answers.push(clock.now) < 4 ? 500 : 200 }) });
  const start = clock.now;
  await stripe.customers.create({});
  for (let hour = 0; hour < 72; hour += 0.25) {
    clock.now = start + hour * 3_600_000;
    await emulator.deliverPending();
  }
  expect(answers.map((at) => (at - start) / 60_000)).toEqual([0, 15, 30, 60]);
  expect(emulator.events[0]?.pending_webhooks).toBe(0);
});

test("an endpoint of an older API version gets the older shape", async () => {
  const { emulator, id, starter } = await subscribed();
  const sent = async (type: string) => {
    const event = emulator.events.find((one) => one.type === type);
    if (!event) throw new Error(`no ${type}`);
    return JSON.parse(String((await emulator.delivery(event, { apiVersion: "2024-06-20" })).body)) as { api_version: string; data: { object: Record<string, unknown> } };
  };
  const paid = await sent("invoice.paid");
  expect(paid.api_version).toBe("2024-06-20");
  expect(paid.data.object).toMatchObject({ subscription: id, subscription_details: { metadata: { studio: "std_1" } }, paid: true, payment_intent: expect.stringMatching(/^pi_/), charge: expect.stringMatching(/^ch_/), lines: { data: [{ type: "subscription", subscription: id, proration: false, price: { id: starter.id } }] } });
  expect(paid.data.object).not.toHaveProperty("parent");
  const { data } = await sent("customer.subscription.created");
  expect(data.object).toMatchObject({ current_period_start: Date.UTC(2026, 10, 20) / 1_000, current_period_end: Date.UTC(2026, 11, 20) / 1_000 });
  expect(JSON.stringify(data.object["items"])).not.toContain("current_period_end");
});

test("an event may outlive its object", async () => {
  const { stripe, emulator, received, verify, id } = await subscribed();
  emulator.forget(id);
  await emulator.deliverPending();
  const events = await Promise.all(received.map((delivery) => verify(delivery)));
  expect(events.filter(({ type }) => type === "customer.subscription.created")).toHaveLength(1);
  expect(await fails(stripe.subscriptions.retrieve(id))).toMatchObject({ statusCode: 404 });
});

test("an account survives a restart, with its keys and its unsent events", async () => {
  let file: string | null = null;
  const store: Store = { load: () => file, save: (text) => void (file = text) };
  const before = await subscribed({ store });
  await before.stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "k" });
  const after = newStripe({ store });
  expect(await after.stripe.subscriptions.retrieve(before.id)).toEqual(await before.read());
  const again = await after.stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "k" });
  expect(isReplayed(again)).toBe(true);
  await after.emulator.deliverPending();
  expect(after.received).toHaveLength(before.emulator.events.length);
});
