import type Stripe from "stripe";
import { Account, idOf, unexpected } from "./account.ts";
import { days, periodEndAfter } from "./calendar.ts";
import { rhythmOf } from "./catalog.ts";
import { charge } from "./dunning.ts";
import { draftInvoice, finalizeInvoice, intentOf, pendingLines } from "./invoices.ts";
import { declined } from "./payments.ts";
import { type Change, prorate } from "./proration.ts";
import { linesOf, newItem, periodOf, planOf } from "./subscription.ts";
import { Input, invalid } from "./wire.ts";

export type ProrationBehavior = "always_invoice" | "create_prorations" | "none";
export type PaymentBehavior = "allow_incomplete" | "default_incomplete" | "error_if_incomplete" | "pending_if_incomplete";

/** The items as the caller wants them: named ones change, unnamed ones are added, the rest stays. */
export function changesOf(account: Account, subscription: Stripe.Subscription, wanted: Input[]): Change[] {
  const { start, end } = periodOf(subscription);
  const changes = wanted.map((input): Change => {
    input.only(["id", "price", "quantity", "deleted", "metadata", "price_data", "tax_rates", "clear_usage", "discounts"]);
    const [id, priceId] = [input.text("id"), input.text("price")];
    const before = id === null ? null : (subscription.items.data.find((item) => item.id === id) ?? null);
    if (id !== null && !before) throw invalid(`Invalid subscription_item id: ${id}`, input.at("id"), "resource_missing");
    if (input.flag("deleted") === true) return { before, after: null };
    const price = priceId === null ? before?.price : account.get("price", priceId, input.at("price"));
    if (!price) throw invalid("Each new item needs a price.", input.at("price"), "parameter_missing");
    if (priceId !== null && !price.active) throw invalid(`The price specified is inactive. This field only accepts active prices.`, input.at("price"), "price_inactive");
    if (id === null && subscription.items.data.some((item) => item.price.id === price.id)) throw invalid(`Cannot add multiple subscription items with the same price: ${price.id}`, input.at("price"));
    rhythmOf(price);
    if (!before) return { before, after: newItem(account, subscription, { price, quantity: input.integer("quantity") ?? 1, metadata: input.metadata() }, start, end) };
    return { before, after: { ...before, price: structuredClone(price), plan: planOf(price), quantity: input.integer("quantity") ?? before.quantity ?? 1, metadata: input.metadata(before.metadata) } };
  });
  const kept = subscription.items.data.filter(({ id }) => !changes.some(({ before }) => before?.id === id));
  return [...kept.map((item) => ({ before: item, after: item })), ...changes];
}

export interface Update {
  changes: Change[];
  proration: ProrationBehavior;
  payment: PaymentBehavior;
  date: number;
  /** The cycle starts anew. In flexible billing mode it only does when it is asked for. */
  restarts?: boolean;
}

/** Swaps prices. What is owed for it is charged now, or waits for the next invoice. */
export function applyChanges(account: Account, subscription: Stripe.Subscription, { changes, proration, payment, date, restarts = false }: Update): Stripe.Invoice | null {
  const after = changes.flatMap(({ after: item }) => (item ? [item] : []));
  if (after.length === 0) throw invalid("A subscription must have at least one active item.", "items");
  const rhythms = new Set([...(restarts ? [] : subscription.items.data), ...after].map(({ price }) => JSON.stringify(rhythmOf(price))));
  if (rhythms.size > 1) throw invalid("The emulator does not mix intervals: to change the interval, pass billing_cycle_anchor=now.", "items");
  if (proration !== "none") prorate(account, subscription, restarts ? changes.map(({ before: item }) => ({ before: item, after: null })) : changes, date);
  if (restarts) restart(account, subscription, after);
  const items = { ...subscription.items, data: after };
  const isWaiting = payment === "pending_if_incomplete" && proration === "always_invoice" && !restarts;
  if (!isWaiting) account.change(subscription, { items }, "customer.subscription.updated");
  if (!restarts && proration !== "always_invoice") return null;
  const invoice = invoiceNow(account, subscription, restarts);
  if (!invoice) {
    if (isWaiting) account.change(subscription, { items }, "customer.subscription.updated");
    return null;
  }
  if (isWaiting) wait(account, subscription, invoice, after);
  const outcome = charge(account, invoice);
  if (outcome === "failed" && payment === "error_if_incomplete") throw declined(intentOf(account, invoice.id) ?? ({} as Stripe.PaymentIntent));
  return invoice;
}

function restart(account: Account, subscription: Stripe.Subscription, items: Stripe.SubscriptionItem[]): void {
  const now = account.seconds(idOf(subscription.customer));
  const first = items[0];
  if (!first) return;
  const end = periodEndAfter(now, now, rhythmOf(first.price));
  for (const item of items) Object.assign(item, { current_period_start: now, current_period_end: end });
  account.change(subscription, { billing_cycle_anchor: now });
}

/** An invoice of what is pending, and, where a new cycle has begun, of that cycle. */
export function invoiceNow(account: Account, subscription: Stripe.Subscription, withCycle: boolean): Stripe.Invoice | null {
  const customer = idOf(subscription.customer);
  const pending = pendingLines(account, customer, subscription.id);
  const lines = [...pending.lines, ...(withCycle ? linesOf(account, subscription, periodOf(subscription)) : [])];
  if (lines.length === 0) return null;
  const invoice = draftInvoice(account, { customer, currency: subscription.currency, reason: "subscription_update", lines, subscription, collection: subscription.collection_method, daysUntilDue: subscription.days_until_due });
  pending.claim(invoice.id);
  return finalizeInvoice(account, invoice);
}

/** The update is only made when its invoice is paid; for 23 hours it waits. */
function wait(account: Account, subscription: Stripe.Subscription, invoice: Stripe.Invoice, items: Stripe.SubscriptionItem[]): void {
  account.note(invoice.id).pending = items;
  account.change(subscription, {
    pending_update: { billing_cycle_anchor: null, cancel_at_period_end: null, discount: null, discounts: null, expires_at: Math.min(account.seconds(idOf(subscription.customer)) + days(1) - 3_600, periodOf(subscription).end), metadata: null, subscription_items: structuredClone(items), trial_end: null, trial_from_plan: null },
  }, "customer.subscription.updated");
}

/** A schedule decides how its subscription ends. */
export function refuseIfScheduled(subscription: Stripe.Subscription): void {
  if (subscription.schedule !== null) throw unexpected(`The subscription is managed by the subscription schedule \`${idOf(subscription.schedule)}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`, "subscription_schedule_managed");
}
