import type Stripe from "stripe";
import { Account, idOf } from "./account.ts";
import { days } from "./calendar.ts";
import { attempt, settleInvoice, subscriptionOf } from "./invoices.ts";
import type { Outcome } from "./payments.ts";
import { endSubscription } from "./subscription.ts";

/** Days after the first decline on which the card is tried again. */
export const RETRY_DAYS = [1, 3, 5, 7];

/** Charges an invoice, and does to its subscription what follows from it. `isAutomatic`: the clock asks, not a person. */
export function charge(account: Account, invoice: Stripe.Invoice, { card = null, isAutomatic = false }: { card?: string | null; isAutomatic?: boolean } = {}): Outcome {
  const outcome = attempt(account, invoice, card);
  follow(account, invoice, outcome, isAutomatic);
  return outcome;
}

/** A debit that took days is over. */
export function clear(account: Account, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent, outcome: "succeeded" | "failed"): void {
  follow(account, invoice, settleInvoice(account, invoice, intent, outcome), false);
}

function follow(account: Account, invoice: Stripe.Invoice, outcome: Outcome, isAutomatic: boolean): void {
  const subscription = account.find("subscription", subscriptionOf(invoice) ?? "");
  if (outcome === "failed") planRetry(account, invoice, subscription, isAutomatic);
  if (!subscription || subscription.ended_at !== null) return;
  const pending = account.note(invoice.id).pending;
  if (outcome === "succeeded" && pending) {
    delete account.note(invoice.id).pending;
    account.change(subscription, { pending_update: null, items: { ...subscription.items, data: pending } }, "customer.subscription.updated");
    account.emit("customer.subscription.pending_update_applied", subscription);
  }
  const waits = outcome === "processing" ? ["incomplete"] : outcome === "succeeded" ? ["incomplete", "past_due", "unpaid"] : [];
  if (waits.includes(subscription.status)) account.change(subscription, { status: "active" }, "customer.subscription.updated");
}

/** The ladder, and what is at its end. The first invoice of a subscription, and one that waits with an update, are not tried again. */
function planRetry(account: Account, invoice: Stripe.Invoice, subscription: Stripe.Subscription | undefined, isAutomatic: boolean): void {
  const note = account.note(invoice.id);
  if (invoice.auto_advance === false || note.pending || (subscription && subscription.status === "incomplete")) return;
  if (!note.retries) note.retries = { since: account.seconds(idOf(invoice.customer)), count: 0 };
  else if (isAutomatic) note.retries.count += 1;
  const day = RETRY_DAYS[note.retries.count];
  account.change(invoice, { next_payment_attempt: day === undefined ? null : note.retries.since + days(day) }, "invoice.updated");
  if (!subscription || subscription.ended_at !== null) return;
  if (day !== undefined) account.change(subscription, { status: "past_due" }, "customer.subscription.updated");
  else giveUp(account, subscription);
}

function giveUp(account: Account, subscription: Stripe.Subscription): void {
  const end = account.options.afterRetries ?? "cancel";
  if (end === "cancel") endSubscription(account, subscription, "payment_failed");
  else account.change(subscription, { status: end }, "customer.subscription.updated");
}
