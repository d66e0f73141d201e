import type Stripe from "stripe";
import { Account, type Card, idOf, type Order, unexpected } from "./account.ts";
import { days } from "./calendar.ts";
import { createCustomer, createPaymentMethod } from "./customers.ts";
import { charge, clear } from "./dunning.ts";
import { draftInvoice, finalizeInvoice, intentOf, type Line } from "./invoices.ts";
import { collect, createIntent, type Outcome, settleIntent } from "./payments.ts";
import { addSubscription, linesOf, periodOf } from "./subscription.ts";

/** What the buyer does on the hosted page. A card that is declined leaves the session open. */
export function paySession(account: Account, id: string, { card, email = "buyer@example.com" }: { card: Card; email?: string }): Stripe.Checkout.Session {
  const session = account.get("checkout.session", id);
  const order = account.note(id).order;
  if (session.status !== "open" || !order) throw unexpected(`This session is ${session.status}.`, "checkout_session_unexpected_state");
  if (account.seconds(idOf(session.customer) || null) >= session.expires_at) throw unexpected("This session has expired.", "checkout_session_expired");
  const known = account.find("customer", idOf(session.customer));
  const buyer = known?.email ?? session.customer_email ?? email;
  const outcome = session.mode === "subscription" ? subscribe(account, session, order, card, buyer) : buy(account, session, order, card, buyer);
  if (outcome === "failed") return session;
  account.change(session, {
    status: "complete", url: null, payment_status: outcome === "processing" ? "unpaid" : session.amount_total === 0 ? "no_payment_required" : "paid", automatic_tax: { ...session.automatic_tax, status: session.automatic_tax.enabled ? "complete" : null },
    customer_details: { address: null, business_name: null, email: buyer, individual_name: null, name: known?.name ?? "Test Buyer", phone: null, tax_exempt: "none", tax_ids: [] },
  });
  if (outcome === "processing" && account.options.clearsAfter !== undefined) order.clearsAt = account.seconds(idOf(session.customer) || null) + account.options.clearsAfter;
  account.emit("checkout.session.completed", session);
  return session;
}

/** The customer that the session has, or makes. */
function customerFor(account: Account, session: Stripe.Checkout.Session, email: string): string {
  const customer = idOf(session.customer) || createCustomer(account, { email, name: "Test Buyer" }).id;
  if (session.customer === null) account.change(session, { customer });
  return customer;
}

function subscribe(account: Account, session: Stripe.Checkout.Session, order: Order, card: Card, email: string): Outcome {
  // A card that is declined makes nothing but the attempt, so the buyer can try another on the same page.
  if (card === "declined") return tryCard(account, session, order, email);
  const customer = customerFor(account, session, email);
  const method = createPaymentMethod(account, card, customer, email);
  const { trialEnd, trialDays, metadata, description } = order.subscription;
  const ends = trialEnd ?? (trialDays === null ? null : account.seconds(customer) + days(trialDays));
  const recurring = order.lines.flatMap(({ price, quantity, metadata: own }) => (price?.type === "recurring" ? [{ price, quantity: quantity ?? 1, metadata: own ?? {} }] : []));
  const subscription = addSubscription(account, { customer, orders: recurring, metadata, description, card: method.id, trialEnd: ends, isTaxed: session.automatic_tax.enabled });
  const once = order.lines.filter(({ price }) => price?.type === "one_time").map((line) => lineOnce(account, line, customer));
  const invoice = draftInvoice(account, { customer, currency: subscription.currency, reason: "subscription_create", lines: [...linesOf(account, subscription, periodOf(subscription), ends !== null), ...once], subscription });
  finalizeInvoice(account, invoice);
  const outcome = charge(account, invoice);
  account.change(session, { subscription: subscription.id, invoice: invoice.id });
  order.paying = invoice.id;
  return outcome;
}

function buy(account: Account, session: Stripe.Checkout.Session, order: Order, card: Card, email: string): Outcome {
  if (card === "declined") return tryCard(account, session, order, email);
  const isInvoiced = session.invoice_creation?.enabled === true;
  const needsCustomer = isInvoiced || session.customer_creation === "always" || order.intent.setup !== null;
  const customer = session.customer === null && !needsCustomer ? null : customerFor(account, session, email);
  if (session.amount_total === 0) return "succeeded";
  const method = createPaymentMethod(account, card, customer !== null && order.intent.setup !== null ? customer : null, email);
  const { metadata, description, setup } = order.intent;
  const intent = account.find("payment_intent", order.paying ?? "") ?? createIntent(account, { amount: session.amount_total ?? 0, currency: session.currency ?? "usd", customer, description, metadata, email: order.intent.email ?? email, setup });
  account.change(intent, { customer });
  account.change(session, { payment_intent: intent.id });
  order.paying = intent.id;
  const outcome = collect(account, intent, method);
  if (isInvoiced && customer !== null && outcome === "succeeded") invoiceFor(account, session, order, customer, intent);
  return outcome;
}

function tryCard(account: Account, session: Stripe.Checkout.Session, order: Order, email: string): Outcome {
  if (session.amount_total === 0) return "failed";
  const { metadata, description, setup } = order.intent;
  const intent = account.find("payment_intent", order.paying ?? "") ?? createIntent(account, { amount: session.amount_total ?? 0, currency: session.currency ?? "usd", customer: idOf(session.customer) || null, description, metadata, email, setup });
  if (session.mode === "payment") order.paying = intent.id;
  return collect(account, intent, createPaymentMethod(account, "declined", null, email));
}

/** The document of a purchase that is paid already. */
function invoiceFor(account: Account, session: Stripe.Checkout.Session, order: Order, customer: string, intent: Stripe.PaymentIntent): void {
  const { metadata, description } = order.invoice;
  const invoice = draftInvoice(account, { customer, currency: intent.currency, reason: "manual", lines: order.lines.map((line) => lineOnce(account, line, customer)), metadata, description, autoAdvance: false, isTaxed: session.automatic_tax.enabled });
  finalizeInvoice(account, invoice, intent);
  charge(account, invoice);
  account.change(session, { invoice: invoice.id });
}

function lineOnce(account: Account, { price, quantity, description, amount_subtotal, metadata }: Stripe.LineItem, customer: string): Line {
  const now = account.seconds(customer);
  return { amount: amount_subtotal, description: description ?? "", price, quantity: quantity ?? 1, period: { start: now, end: now }, metadata: metadata ?? {}, invoiceItem: account.newId("ii_") };
}

/** A debit clears days after the session was completed, or comes back. */
export function completeAsync(account: Account, id: string, outcome: "succeeded" | "failed"): Stripe.Checkout.Session {
  const session = account.get("checkout.session", id);
  const order = account.note(id).order;
  if (session.status !== "complete" || session.payment_status !== "unpaid" || !order?.paying) throw unexpected("No payment of this session is under way.", "checkout_session_unexpected_state");
  const invoice = account.find("invoice", order.paying);
  const intent = invoice ? intentOf(account, invoice.id) : account.find("payment_intent", order.paying);
  if (!intent) throw unexpected("This session has no payment.", "checkout_session_unexpected_state");
  if (invoice) clear(account, invoice, intent, outcome);
  else settleIntent(account, intent, outcome);
  if (outcome === "succeeded") account.change(session, { payment_status: "paid" });
  if (!invoice && outcome === "succeeded" && session.invoice_creation?.enabled === true) invoiceFor(account, session, order, idOf(session.customer), intent);
  account.emit(outcome === "succeeded" ? "checkout.session.async_payment_succeeded" : "checkout.session.async_payment_failed", session);
  return session;
}
