import type Stripe from "stripe";
import { Account, idOf, listOf, unexpected } from "./account.ts";
import { rhythmOf } from "./catalog.ts";
import { charge } from "./dunning.ts";
import { draftInvoice, finalizeInvoice, intentOf } from "./invoices.ts";
import { page } from "./lists.ts";
import { declined } from "./payments.ts";
import { prorate } from "./proration.ts";
import type { Route } from "./routes.ts";
import { addSubscription, endsAt, endSubscription, goesOn, linesOf, type Order, periodOf } from "./subscription.ts";
import { applyChanges, changesOf, invoiceNow, type PaymentBehavior, refuseIfScheduled } from "./subscription-updates.ts";
import { Input, invalid, StripeProblem } from "./wire.ts";

const PAYMENT_BEHAVIORS = ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"] as const;
const PRORATIONS = ["always_invoice", "create_prorations", "none"] as const;
const SHARED = ["automatic_tax", "billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "collection_method", "days_until_due", "default_payment_method", "description", "items", "metadata", "off_session", "payment_behavior", "payment_settings", "proration_behavior", "trial_end"];

function createSubscription(account: Account, input: Input): Stripe.Subscription {
  const customer = account.get("customer", input.required("customer"), "customer").id;
  const orders = input.maps("items").map((item): Order => {
    const price = account.get("price", item.required("price"), item.at("price"));
    rhythmOf(price);
    return { price, quantity: item.integer("quantity") ?? 1, metadata: item.metadata() };
  });
  if (orders.length === 0) throw invalid("Missing required param: items.", "items", "parameter_missing");
  const days = input.integer("trial_period_days");
  const trialEnd = days === null ? input.integer("trial_end") : account.seconds(customer) + days * 86_400;
  const subscription = addSubscription(account, {
    customer, orders, metadata: input.metadata(), description: input.text("description"), card: input.text("default_payment_method"), trialEnd, cancelAtPeriodEnd: input.flag("cancel_at_period_end") === true, isTaxed: input.map("automatic_tax")?.flag("enabled") === true,
    anchor: input.integer("billing_cycle_anchor"), collection: input.text("collection_method") ?? "charge_automatically", daysUntilDue: input.integer("days_until_due"),
  });
  const invoice = draftInvoice(account, { customer, currency: subscription.currency, reason: "subscription_create", lines: linesOf(account, subscription, periodOf(subscription), trialEnd !== null), subscription, collection: subscription.collection_method, daysUntilDue: subscription.days_until_due });
  finalizeInvoice(account, invoice);
  const payment = input.oneOf("payment_behavior", PAYMENT_BEHAVIORS) ?? "allow_incomplete";
  if (payment === "default_incomplete" && invoice.amount_due > 0) return subscription;
  if (charge(account, invoice) === "failed" && payment === "error_if_incomplete") throw declined(intentOf(account, invoice.id) ?? ({} as Stripe.PaymentIntent));
  return subscription;
}

function updateSubscription(account: Account, input: Input, id: string): Stripe.Subscription {
  const subscription = account.get("subscription", id);
  if (subscription.ended_at !== null) throw unexpected("A canceled subscription can only update its cancellation_details and metadata.", "subscription_canceled");
  const now = account.seconds(idOf(subscription.customer));
  const payment: PaymentBehavior = input.oneOf("payment_behavior", PAYMENT_BEHAVIORS) ?? "allow_incomplete";
  if (payment === "pending_if_incomplete") onlyWithPending(input);
  if (input.has("cancel_at_period_end") || input.has("cancel_at")) cancellation(account, subscription, input, now);
  const anchor = input.text("billing_cycle_anchor");
  if (anchor !== null && anchor !== "now" && anchor !== "unchanged") throw invalid("billing_cycle_anchor must be either now or unchanged.", "billing_cycle_anchor");
  const card = input.text("default_payment_method");
  if (card !== null) account.get("payment_method", card, "default_payment_method");
  account.change(subscription, {
    metadata: input.metadata(subscription.metadata), description: input.has("description") ? input.text("description") : subscription.description, default_payment_method: card ?? subscription.default_payment_method,
    pause_collection: input.has("pause_collection") ? pauseOf(input.map("pause_collection")) : subscription.pause_collection, ...(input.has("automatic_tax") ? { automatic_tax: { disabled_reason: null, enabled: input.map("automatic_tax")?.flag("enabled") === true, liability: null } } : {}),
  }, "customer.subscription.updated");
  if (input.has("items") || anchor === "now") {
    const proration = input.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations";
    applyChanges(account, subscription, { changes: changesOf(account, subscription, input.maps("items")), proration, payment, date: input.integer("proration_date") ?? now, restarts: anchor === "now" });
  }
  return subscription;
}

function cancellation(account: Account, subscription: Stripe.Subscription, input: Input, now: number): void {
  refuseIfScheduled(subscription);
  const { end } = periodOf(subscription);
  const named = input.text("cancel_at");
  const at = named === "min_period_end" || named === "max_period_end" ? end : input.integer("cancel_at");
  const isAtEnd = input.flag("cancel_at_period_end");
  const to = isAtEnd === true ? endsAt(end, now) : at !== null ? { ...endsAt(at, now), cancel_at_period_end: false } : goesOn;
  account.change(subscription, to, "customer.subscription.updated");
}

/** Some things cannot wait for a payment. */
function onlyWithPending(input: Input): void {
  const wrong = ["metadata", "cancel_at_period_end", "cancel_at", "default_payment_method", "description", "collection_method"].find((name) => input.has(name));
  if (wrong !== undefined) throw new StripeProblem(400, { code: "parameter_unsupported", message: `You cannot pass ${wrong} with payment_behavior 'pending_if_incomplete'.`, param: wrong });
}

const pauseOf = (input: Input | null): Stripe.Subscription.PauseCollection | null => input && { behavior: input.required("behavior"), resumes_at: input.integer("resumes_at") };

function cancelSubscription(account: Account, input: Input, id: string): Stripe.Subscription {
  const subscription = account.get("subscription", id);
  if (subscription.ended_at !== null) throw new StripeProblem(404, { code: "resource_missing", message: `No such subscription: '${id}'`, param: "id" });
  const details = input.map("cancellation_details");
  if (input.flag("prorate") === true) prorate(account, subscription, subscription.items.data.map((item) => ({ before: item, after: null })), account.seconds(idOf(subscription.customer)));
  if (input.flag("invoice_now") === true) {
    const invoice = invoiceNow(account, subscription, false);
    if (invoice) charge(account, invoice);
  }
  endSubscription(account, subscription);
  if (details && subscription.cancellation_details) Object.assign(subscription.cancellation_details, { comment: details.text("comment"), feedback: details.text("feedback") });
  return subscription;
}

export const subscriptionRoutes: Route[] = [
  { method: "POST", path: "/v1/subscriptions", accepts: [...SHARED, "customer", "trial_period_days", "billing_mode", "currency"], answer: createSubscription },
  {
    // Those that have ended are only listed when they are asked for.
    method: "GET", path: "/v1/subscriptions", accepts: ["customer", "price", "status", "test_clock", "collection_method"], answer: (account, input) => {
      const [customer, price, status, clock] = ["customer", "price", "status", "test_clock"].map((name) => input.text(name));
      const isWanted = (is: string): boolean => (status === "all" ? true : status === "ended" ? is === "canceled" || is === "incomplete_expired" : status == null ? is !== "canceled" && is !== "incomplete_expired" : is === status);
      return page(account.all("subscription").filter((one) => (customer ?? one.customer) === one.customer && (clock ?? one.test_clock) === one.test_clock && (price == null || one.items.data.some((item) => item.price.id === price)) && isWanted(one.status)), input, "/v1/subscriptions");
    },
  },
  { method: "GET", path: "/v1/subscriptions/:id", answer: (account, _, id) => account.get("subscription", id) },
  { method: "POST", path: "/v1/subscriptions/:id", accepts: [...SHARED, "cancellation_details", "pause_collection", "proration_date", "trial_settings"], answer: updateSubscription },
  { method: "DELETE", path: "/v1/subscriptions/:id", accepts: ["cancellation_details", "invoice_now", "prorate"], answer: cancelSubscription },
  {
    method: "GET", path: "/v1/subscription_items", accepts: ["subscription"], answer: (account, input) =>
      listOf("/v1/subscription_items", account.get("subscription", input.required("subscription"), "subscription").items.data),
  },
];
