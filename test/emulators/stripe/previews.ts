import type Stripe from "stripe";
import { Account, idOf } from "./account.ts";
import { anchored, HOUR_S, periodEndAfter } from "./calendar.ts";
import { rhythmOf } from "./catalog.ts";
import { draftInvoice, type Line, pendingLines } from "./invoices.ts";
import { prorate } from "./proration.ts";
import type { Route } from "./routes.ts";
import { addSubscription, linesOf, periodOf } from "./subscription.ts";
import { changesOf } from "./subscription-updates.ts";
import { Input, invalid, StripeProblem } from "./wire.ts";

const DETAILS = ["billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "cancel_now", "items", "proration_behavior", "proration_date", "trial_end", "start_date"];

/** What an update, or the next renewal, would cost. Nothing stays of it. */
function preview(account: Account, input: Input): Stripe.Invoice {
  const details = input.map("subscription_details");
  details?.only(DETAILS);
  const named = input.text("subscription");
  return account.without(() => {
    const subscription = named === null ? draftOf(account, input, details) : account.get("subscription", named, "subscription");
    if (subscription.ended_at !== null) throw none();
    const invoice = named === null ? firstOf(account, subscription) : nextOf(account, subscription, details);
    return Object.assign(invoice, { id: `upcoming_${invoice.id}`, billing_reason: "upcoming", automatically_finalizes_at: null, next_payment_attempt: invoice.created + HOUR_S });
  });
}

const none = (): StripeProblem => new StripeProblem(404, { code: "invoice_upcoming_none", message: "No upcoming invoices for customer" });

/** A subscription that does not exist yet. */
function draftOf(account: Account, input: Input, details: Input | null): Stripe.Subscription {
  const customer = account.get("customer", input.required("customer"), "customer").id;
  const orders = (details?.maps("items") ?? []).map((item) => ({ price: account.get("price", item.required("price"), item.at("price")), quantity: item.integer("quantity") ?? 1 }));
  if (orders.length === 0) throw invalid("Pass a subscription, or subscription_details[items].", "subscription_details[items]", "parameter_missing");
  return addSubscription(account, { customer, orders, isTaxed: input.map("automatic_tax")?.flag("enabled") === true });
}

const firstOf = (account: Account, subscription: Stripe.Subscription): Stripe.Invoice => draftInvoice(account, { customer: idOf(subscription.customer), currency: subscription.currency, reason: "upcoming", lines: linesOf(account, subscription, periodOf(subscription)), subscription });

function nextOf(account: Account, subscription: Stripe.Subscription, details: Input | null): Stripe.Invoice {
  const customer = idOf(subscription.customer);
  const now = account.seconds(customer);
  const restarts = details?.text("billing_cycle_anchor") === "now";
  const proration = details?.oneOf("proration_behavior", ["always_invoice", "create_prorations", "none"]) ?? "create_prorations";
  if (details?.has("items") === true || restarts) {
    const changes = changesOf(account, subscription, details?.maps("items") ?? []);
    if (proration !== "none") prorate(account, subscription, restarts ? changes.map(({ before }) => ({ before, after: null })) : changes, details?.integer("proration_date") ?? now);
    subscription.items.data = changes.flatMap(({ after }) => (after ? [after] : []));
  } else {
    enterNextPhase(account, subscription);
  }
  const pending = pendingLines(account, customer, subscription.id).lines;
  const period = restarts ? cycleFrom(subscription, now) : nextCycle(subscription);
  const isNow = proration === "always_invoice" && details?.has("items") === true && !restarts;
  const ends = details?.flag("cancel_at_period_end") ?? (subscription.cancel_at !== null && subscription.cancel_at <= periodOf(subscription).end);
  const lines: Line[] = [...pending, ...(isNow || ends ? [] : linesOf(account, subscription, period))];
  if (lines.length === 0) throw none();
  const at = isNow || restarts ? now : periodOf(subscription).end;
  return account.at(at, () => draftInvoice(account, { customer, currency: subscription.currency, reason: "upcoming", lines, subscription, period: isNow ? { start: now, end: now } : periodOf(subscription) }));
}

function nextCycle(subscription: Stripe.Subscription): { start: number; end: number } {
  const { end } = periodOf(subscription);
  const first = subscription.items.data[0];
  return { start: end, end: first ? periodEndAfter(end, subscription.billing_cycle_anchor, rhythmOf(first.price)) : end };
}

function cycleFrom(subscription: Stripe.Subscription, now: number): { start: number; end: number } {
  const first = subscription.items.data[0];
  const { interval, interval_count: count } = first ? rhythmOf(first.price) : { interval: "month" as const, interval_count: 1 };
  return { start: now, end: anchored(now, interval, count) };
}

/** The renewal is at the price of the phase that begins with it. */
function enterNextPhase(account: Account, subscription: Stripe.Subscription): void {
  const schedule = account.find("subscription_schedule", idOf(subscription.schedule));
  const phase = schedule?.phases.find(({ start_date }) => start_date === periodOf(subscription).end);
  const first = subscription.items.data[0];
  if (!phase || !first) return;
  subscription.items.data = phase.items.map(({ price, quantity = 1 }) => ({ ...first, price: structuredClone(account.get("price", idOf(price))), quantity }));
}

export const previewRoutes: Route[] = [{ method: "POST", path: "/v1/invoices/create_preview", accepts: ["automatic_tax", "customer", "subscription", "subscription_details", "currency", "preview_mode"], answer: preview }];
