import type Stripe from "stripe";
import { Account, idOf } from "./account.ts";
import { HOUR_S, periodEndAfter } from "./calendar.ts";
import { rhythmOf } from "./catalog.ts";
import { expireSession } from "./checkout.ts";
import { completeAsync } from "./checkout-payment.ts";
import { charge } from "./dunning.ts";
import { draftInvoice, finalizeInvoice, pendingLines, subscriptionOf, voidInvoice } from "./invoices.ts";
import { nextPhase } from "./schedules.ts";
import { endSubscription, linesOf, periodOf } from "./subscription.ts";

/** Something that time brings. */
interface Due {
  at: number;
  act(): void;
}

const STEPS_MAX = 20_000;
/** How long a first payment may take. */
const INCOMPLETE_S = 23 * HOUR_S;

/** Lets time pass up to a moment, one due thing after the other, for what is on a test clock, or for what is on none. */
export function pass(account: Account, clock: string | null, to: number): void {
  for (let steps = 0; ; steps += 1) {
    const next = nextDue(account, clock);
    if (!next || next.at > to) return;
    if (steps > STEPS_MAX) throw new Error("Time does not pass: the same things are due again and again.");
    account.at(next.at, next.act);
  }
}

/** Whether anything is due by then. */
export const isDue = (account: Account, clock: string | null, by: number): boolean => (nextDue(account, clock)?.at ?? Infinity) <= by;

function nextDue(account: Account, clock: string | null): Due | null {
  // Nothing comes of what belonged to a customer who is gone; what belongs to nobody is on no clock.
  const isOurs = (id: string): boolean => {
    const customer = account.find("customer", id);
    return (customer !== undefined || id === "") && (idOf(customer?.test_clock) || null) === clock;
  };
  const due = [
    ...account.all("subscription").flatMap((one) => (one.ended_at === null && isOurs(idOf(one.customer)) ? [dueOf(account, one)] : [])),
    ...account.all("invoice").flatMap((one) => (isOurs(idOf(one.customer)) ? (dueOfInvoice(account, one) ?? []) : [])),
    ...account.all("checkout.session").flatMap((one) => (isOurs(idOf(one.customer)) ? (dueOfSession(account, one) ?? []) : [])),
  ];
  return due.reduce<Due | null>((first, one) => (first === null || one.at < first.at ? one : first), null);
}

function dueOf(account: Account, subscription: Stripe.Subscription): Due {
  if (subscription.status === "incomplete") return { at: subscription.created + INCOMPLETE_S, act: () => expire(account, subscription) };
  const schedule = account.find("subscription_schedule", idOf(subscription.schedule));
  const phaseEnd = schedule?.current_phase?.end_date ?? Infinity;
  const { end } = periodOf(subscription);
  const cancelAt = subscription.cancel_at ?? Infinity;
  const waitsUntil = subscription.pending_update?.expires_at ?? Infinity;
  const at = Math.min(end, cancelAt, phaseEnd, waitsUntil);
  return {
    at, act: () => {
      if (waitsUntil <= at) dropUpdate(account, subscription);
      else if (cancelAt <= at && schedule === undefined) endSubscription(account, subscription);
      else if (schedule && phaseEnd <= at) nextPhase(account, schedule, subscription, at);
      else renew(account, subscription, at);
    },
  };
}

/** A new period, and the invoice for it. The invoice stays a draft for an hour. */
function renew(account: Account, subscription: Stripe.Subscription, at: number): void {
  const before = periodOf(subscription);
  const first = subscription.items.data[0];
  if (!first) return;
  const end = periodEndAfter(at, subscription.billing_cycle_anchor, rhythmOf(first.price));
  const data = subscription.items.data.map((item) => ({ ...item, current_period_start: at, current_period_end: end }));
  const follows = subscription.cancel_at_period_end && subscription.cancel_at !== null ? { cancel_at: end } : {};
  account.change(subscription, { items: { ...subscription.items, data }, ...follows, ...(subscription.status === "trialing" ? { status: "active" as const } : {}) }, "customer.subscription.updated");
  const customer = idOf(subscription.customer);
  const pending = pendingLines(account, customer, subscription.id);
  const invoice = draftInvoice(account, {
    customer, currency: subscription.currency, reason: "subscription_cycle", lines: [...pending.lines, ...linesOf(account, subscription, { start: at, end })], subscription, period: before, autoAdvance: subscription.status !== "unpaid" && subscription.pause_collection === null, collection: subscription.collection_method, daysUntilDue: subscription.days_until_due,
  });
  pending.claim(invoice.id);
}

function dueOfInvoice(account: Account, invoice: Stripe.Invoice): Due | null {
  if (invoice.auto_advance !== true) return null;
  if (invoice.status === "draft" && invoice.automatically_finalizes_at !== null) {
    return {
      at: invoice.automatically_finalizes_at, act: () => {
        finalizeInvoice(account, invoice);
        if (invoice.collection_method === "charge_automatically") charge(account, invoice, { isAutomatic: true });
      },
    };
  }
  const again = invoice.next_payment_attempt;
  return invoice.status === "open" && again !== null ? { at: again, act: () => void charge(account, invoice, { isAutomatic: true }) } : null;
}

function dueOfSession(account: Account, { id, status, payment_status, expires_at }: Stripe.Checkout.Session): Due | null {
  const clearsAt = account.note(id).order?.clearsAt;
  if (status === "open") return { at: expires_at, act: () => void expireSession(account, id) };
  return payment_status === "unpaid" && status === "complete" && clearsAt !== undefined ? { at: clearsAt, act: () => void completeAsync(account, id, "succeeded") } : null;
}

/** Nobody paid the first invoice. */
function expire(account: Account, subscription: Stripe.Subscription): void {
  for (const invoice of account.all("invoice")) if (subscriptionOf(invoice) === subscription.id && invoice.status === "open") voidInvoice(account, invoice);
  endSubscription(account, subscription, "cancellation_requested", "incomplete_expired");
}

/** An update that waited for its payment in vain is as if it had not been asked for. */
function dropUpdate(account: Account, subscription: Stripe.Subscription): void {
  for (const invoice of account.all("invoice")) {
    if (subscriptionOf(invoice) !== subscription.id || !account.note(invoice.id).pending) continue;
    delete account.note(invoice.id).pending;
    if (invoice.status === "open") voidInvoice(account, invoice);
  }
  account.change(subscription, { pending_update: null }, "customer.subscription.updated");
  account.emit("customer.subscription.pending_update_expired", subscription);
}
