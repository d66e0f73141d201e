import type Stripe from "stripe";
import { Account, idOf, listOf } from "./account.ts";
import { periodEndAfter } from "./calendar.ts";
import { nameOf, rhythmOf } from "./catalog.ts";
import type { Line } from "./invoices.ts";

/** What is bought: a price, so many times. */
export interface Order {
  price: Stripe.Price;
  quantity: number;
  metadata?: Record<string, string>;
}

export interface NewSubscription {
  customer: string;
  orders: Order[];
  metadata?: Record<string, string>;
  description?: string | null;
  card?: string | null;
  trialEnd?: number | null;
  anchor?: number | null;
  cancelAtPeriodEnd?: boolean;
  isTaxed?: boolean;
  collection?: string;
  daysUntilDue?: number | null;
}

/** A subscription that is not paid yet. */
export function addSubscription(account: Account, { customer, orders, metadata = {}, description = null, card = null, trialEnd = null, anchor = null, cancelAtPeriodEnd = false, isTaxed = false, collection = "charge_automatically", daysUntilDue = null }: NewSubscription): Stripe.Subscription {
  const created = account.seconds(customer);
  const id = account.newId("sub_");
  const starts = anchor ?? trialEnd ?? created;
  const subscription = account.add("subscription", {
    id, object: "subscription", application: null, application_fee_percent: null, automatic_tax: { disabled_reason: null, enabled: isTaxed, liability: isTaxed ? { type: "self" } : null }, billing_cycle_anchor: starts, billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" }, billing_schedules: [], billing_thresholds: null, cancel_at: null, cancel_at_period_end: false, canceled_at: null, cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null }, collection_method: collection,
    created, currency: orders[0]?.price.currency ?? "usd", customer, customer_account: null, days_until_due: daysUntilDue, default_payment_method: card, default_source: null, default_tax_rates: [], description, discounts: [], ended_at: null, invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: "self" } },
    items: listOf(`/v1/subscription_items?subscription=${id}`, []), latest_invoice: null, livemode: false, managed_payments: null, metadata, next_pending_invoice_item_invoice: null, on_behalf_of: null, pause_collection: null, payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: "off" },
    pending_invoice_item_interval: null, pending_setup_intent: null, pending_update: null, schedule: null, start_date: created, status: trialEnd === null ? "incomplete" : "trialing", test_clock: account.find("customer", customer)?.test_clock ?? null, transfer_data: null, trial_end: trialEnd, trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" } },
    trial_start: trialEnd === null ? null : created,
  });
  const end = trialEnd ?? (anchor !== null && anchor > created ? anchor : null);
  subscription.items.data.push(...orders.map((order) => newItem(account, subscription, order, created, end ?? periodEndAfter(created, created, rhythmOf(order.price)))));
  if (cancelAtPeriodEnd) Object.assign(subscription, endsAt(periodOf(subscription).end, created));
  account.emit("customer.subscription.created", subscription);
  return subscription;
}

export function newItem(account: Account, subscription: Stripe.Subscription, { price, quantity, metadata = {} }: Order, start: number, end: number): Stripe.SubscriptionItem {
  return {
    id: account.newId("si_", 14), object: "subscription_item", billing_thresholds: null, created: account.seconds(idOf(subscription.customer)), current_period_end: end, current_period_start: start, current_trial: null, discounts: [], metadata, plan: planOf(price), price: structuredClone(price), quantity,
    subscription: subscription.id, tax_rates: [],
  };
}

/** The price in the shape that it had before there were prices. */
export const planOf = (price: Stripe.Price): Stripe.Plan => ({
  id: price.id, object: "plan", active: price.active, amount: price.unit_amount, amount_decimal: price.unit_amount_decimal, billing_scheme: "per_unit", created: price.created, currency: price.currency, interval: price.recurring?.interval ?? "month", interval_count: price.recurring?.interval_count ?? 1, livemode: false,
  metadata: price.metadata, meter: null, nickname: price.nickname, product: idOf(price.product), tiers_mode: null, transform_usage: null, trial_period_days: null, usage_type: "licensed",
});

/** The period that is under way. All items share it here; Stripe has it on each of them. */
export function periodOf({ items }: Stripe.Subscription): { start: number; end: number } {
  const first = items.data[0];
  return { start: first?.current_period_start ?? 0, end: first?.current_period_end ?? 0 };
}

/** How cancelling at the end of the period looks. */
export const endsAt = (end: number, now: number): Partial<Stripe.Subscription> => ({ cancel_at_period_end: true, cancel_at: end, canceled_at: now, cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: "cancellation_requested" } });

/** How a cancellation that was taken back looks. */
export const goesOn: Partial<Stripe.Subscription> = { cancel_at_period_end: false, cancel_at: null, canceled_at: null, cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null } };

/** What the items cost for a period. */
export function linesOf(account: Account, subscription: Stripe.Subscription, period: { start: number; end: number }, isFree = false): Line[] {
  return subscription.items.data.map(({ id, price, quantity = 1, metadata }) => ({
    amount: isFree ? 0 : (price.unit_amount ?? 0) * quantity, price, quantity, period, metadata, subscription: subscription.id, subscriptionItem: id,
    description: isFree ? `Free trial for ${quantity} × ${nameOf(account, price)}` : `${quantity} × ${nameOf(account, price)} (at $${((price.unit_amount ?? 0) / 100).toFixed(2)} / ${price.recurring?.interval ?? "month"})`,
  }));
}

/** The end, for whatever reason. Nothing of it is charged any more. */
export function endSubscription(account: Account, subscription: Stripe.Subscription, reason: "cancellation_requested" | "payment_failed" | "payment_disputed" = "cancellation_requested", status: "canceled" | "incomplete_expired" = "canceled"): Stripe.Subscription {
  const now = account.seconds(idOf(subscription.customer));
  for (const invoice of account.all("invoice")) {
    if (idOf(invoice.parent?.subscription_details?.subscription) === subscription.id && (invoice.status === "draft" || invoice.status === "open")) account.change(invoice, { auto_advance: false, next_payment_attempt: null, automatically_finalizes_at: null });
  }
  const schedule = account.find("subscription_schedule", idOf(subscription.schedule));
  if (schedule) {
    account.change(schedule, { status: "canceled", canceled_at: now, current_phase: null });
    account.emit("subscription_schedule.canceled", schedule);
  }
  account.change(subscription, { status, ended_at: now, canceled_at: subscription.canceled_at ?? now, pending_update: null, schedule: null, cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: status === "canceled" ? reason : null } });
  account.emit(status === "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated", subscription);
  return subscription;
}
