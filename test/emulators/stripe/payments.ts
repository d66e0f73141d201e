import type Stripe from "stripe";
import { Account, idOf, unexpected } from "./account.ts";
import { page } from "./lists.ts";
import type { Route } from "./routes.ts";
import { StripeProblem } from "./wire.ts";

export type Outcome = "succeeded" | "processing" | "failed";

/** Stripe's price of a charge in the US: 2.9 % and 30 cents. */
const feeOf = (amount: number): number => Math.round(amount * 0.029) + 30;

/** What an event of money does to the account's balance. */
export function book(account: Account, { amount, fee = 0, currency, source, type, category, description = null }: {
  amount: number; fee?: number; currency: string; source: string; type: Stripe.BalanceTransaction.Type; category: string; description?: string | null;
}): Stripe.BalanceTransaction {
  const created = account.seconds(idOf(account.find("charge", source)?.customer) || null);
  return account.add("balance_transaction", {
    id: account.newId("txn_"), object: "balance_transaction", amount, available_on: created + 2 * 86_400, balance_type: "payments", created, currency, description, exchange_rate: null, fee,
    fee_details: fee === 0 ? [] : [{ amount: fee, application: null, currency, description: category === "dispute" ? "Dispute fee" : "Stripe processing fees", type: "stripe_fee" }],
    net: amount - fee, reporting_category: category, source, status: "pending", type,
  });
}

export function createIntent(account: Account, { amount, currency, customer, description = null, metadata = {}, email = null, setup = null }: {
  amount: number; currency: string; customer: string | null; description?: string | null; metadata?: Record<string, string>; email?: string | null; setup?: string | null;
}): Stripe.PaymentIntent {
  if (amount < 50) throw unexpected("Amount must be at least $0.50 usd", "amount_too_small", "amount");
  const id = account.newId("pi_");
  const intent = account.add("payment_intent", {
    id, object: "payment_intent", allowed_payment_method_types: null, amount, amount_capturable: 0, amount_received: 0, application: null, application_fee_amount: null, automatic_payment_methods: { allow_redirects: "always", enabled: true },
    canceled_at: null, cancellation_reason: null, capture_method: "automatic_async", client_secret: `${id}_secret_${account.newId("", 25)}`, confirmation_method: "automatic", created: account.seconds(customer), currency, customer, customer_account: null,
    description, excluded_payment_method_types: null, last_payment_error: null, latest_charge: null, livemode: false, managed_payments: null, metadata, next_action: null, on_behalf_of: null, payment_method: null,
    payment_method_configuration_details: null, payment_method_options: {}, payment_method_types: ["card"], payment_record: null, processing: null, receipt_email: email, review: null, setup_future_usage: setup, shipping: null, source: null,
    statement_descriptor: null, statement_descriptor_suffix: null, status: "requires_payment_method", transfer_data: null, transfer_group: null,
  });
  account.emit("payment_intent.created", intent);
  return intent;
}

/** Charges a card. Its attempt leaves a charge, whatever becomes of it. */
export function collect(account: Account, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod | null): Outcome {
  const behaves = method === null ? "declined" : (account.note(method.id).card ?? "ok");
  const charge = addCharge(account, intent, method, behaves === "ok" ? "succeeded" : behaves === "async" ? "pending" : "failed");
  account.change(intent, { latest_charge: charge.id, payment_method: method?.id ?? null });
  if (behaves === "ok") return succeed(account, intent, charge);
  if (behaves === "async") {
    account.change(intent, { status: "processing" });
    account.emit("charge.pending", charge);
    account.emit("payment_intent.processing", intent);
    return "processing";
  }
  return fail(account, intent, charge, method);
}

/** A debit that was under way has cleared, or has not. */
export function settleIntent(account: Account, intent: Stripe.PaymentIntent, outcome: "succeeded" | "failed"): Outcome {
  const charge = account.get("charge", idOf(intent.latest_charge));
  if (intent.status !== "processing") throw unexpected(`This PaymentIntent's status is ${intent.status}.`, "payment_intent_unexpected_state");
  return outcome === "succeeded" ? succeed(account, intent, charge) : fail(account, intent, charge, account.find("payment_method", idOf(intent.payment_method)) ?? null);
}

function succeed(account: Account, intent: Stripe.PaymentIntent, charge: Stripe.Charge): "succeeded" {
  const { id } = book(account, { amount: charge.amount, fee: feeOf(charge.amount), currency: charge.currency, source: charge.id, type: "charge", category: "charge", description: charge.description });
  account.change(charge, { status: "succeeded", paid: true, captured: true, amount_captured: charge.amount, balance_transaction: id });
  account.change(intent, { status: "succeeded", amount_received: intent.amount, processing: null, last_payment_error: null });
  account.emit("charge.succeeded", charge);
  account.emit("payment_intent.succeeded", intent);
  return "succeeded";
}

function fail(account: Account, intent: Stripe.PaymentIntent, charge: Stripe.Charge, method: Stripe.PaymentMethod | null): "failed" {
  const code = method === null ? "missing_payment_method" : "card_declined";
  const message = method === null ? "Cannot charge a customer that has no active card" : "Your card was declined.";
  account.change(charge, { status: "failed", paid: false, failure_code: code, failure_message: message });
  account.change(intent, { status: "requires_payment_method", processing: null, payment_method: null, last_payment_error: { charge: charge.id, code: "card_declined", decline_code: "generic_decline", message, type: "card_error", ...(method === null ? {} : { payment_method: structuredClone(method) }) } });
  account.emit("charge.failed", charge);
  account.emit("payment_intent.payment_failed", intent);
  return "failed";
}

function addCharge(account: Account, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod | null, status: Stripe.Charge.Status): Stripe.Charge {
  const id = account.newId("ch_");
  const isDeclined = status === "failed";
  return account.add("charge", {
    id, object: "charge", amount: intent.amount, amount_captured: 0, amount_refunded: 0, application: null, application_fee: null, application_fee_amount: null, balance_transaction: null,
    billing_details: structuredClone(method?.billing_details) ?? { address: null, email: null, name: null, phone: null, tax_id: null }, calculated_statement_descriptor: "DAILIES", captured: false, created: account.seconds(idOf(intent.customer) || null), currency: intent.currency,
    customer: intent.customer, description: intent.description, disputed: false, failure_balance_transaction: null, failure_code: null, failure_message: null, fraud_details: {}, livemode: false, metadata: { ...intent.metadata }, on_behalf_of: null,
    outcome: { advice_code: isDeclined ? "try_again_later" : null, network_advice_code: null, network_decline_code: isDeclined ? "05" : null, network_status: isDeclined ? "declined_by_network" : "approved_by_network", reason: isDeclined ? "generic_decline" : null, risk_level: "normal", risk_score: 5, seller_message: isDeclined ? "The bank did not return any further details with this decline." : "Payment complete.", type: isDeclined ? "issuer_declined" : "authorized" },
    paid: false, payment_intent: intent.id, payment_method: method?.id ?? null, payment_method_details: method && ({ type: method.type, ...(method.card ? { card: { brand: method.card.brand, last4: method.card.last4, exp_month: method.card.exp_month, exp_year: method.card.exp_year, country: method.card.country, funding: method.card.funding } } : {}) } as Stripe.Charge.PaymentMethodDetails),
    receipt_email: intent.receipt_email, receipt_number: null, receipt_url: `${account.options.origin}/receipts/${id}`, refunded: false, review: null, shipping: null, source: null, source_transfer: null, statement_descriptor: null, statement_descriptor_suffix: null, status, transfer_data: null, transfer_group: null,
  });
}

/** The answer to whoever asked for a payment that was declined. */
export const declined = (intent: Stripe.PaymentIntent): StripeProblem =>
  new StripeProblem(402, { code: "card_declined", decline_code: "generic_decline", message: intent.last_payment_error?.message ?? "Your card was declined.", charge: idOf(intent.latest_charge), payment_intent: structuredClone(intent), payment_method: intent.last_payment_error?.payment_method });

function confirm(account: Account, intent: Stripe.PaymentIntent, methodId: string | null): Stripe.PaymentIntent {
  if (intent.status !== "requires_payment_method" && intent.status !== "requires_confirmation") throw unexpected(`This PaymentIntent's status is ${intent.status}; it cannot be confirmed.`, "payment_intent_unexpected_state");
  const id = methodId ?? (idOf(intent.payment_method) || null);
  if (id === null) throw unexpected("You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.", "payment_intent_unexpected_state");
  const method = account.get("payment_method", id, "payment_method");
  if (method.customer !== null && method.customer !== intent.customer) throw unexpected(`The provided PaymentMethod (${id}) belongs to another customer.`, "payment_method_customer_decline", "payment_method");
  if (collect(account, intent, method) === "failed") throw Object.assign(declined(intent), { isKept: true });
  return intent;
}

const INTENT = ["amount", "currency", "customer", "description", "metadata", "payment_method", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix", "automatic_payment_methods"];

export const paymentRoutes: Route[] = [
  {
    method: "POST", path: "/v1/payment_intents", accepts: [...INTENT, "confirm", "off_session", "return_url", "error_on_requires_action", "capture_method"], answer: (account, input) => {
      const customer = input.text("customer");
      if (customer !== null) account.get("customer", customer, "customer");
      const method = input.text("payment_method");
      if (method !== null) account.get("payment_method", method, "payment_method");
      const amount = input.integer("amount") ?? Number(input.required("amount"));
      const intent = createIntent(account, { amount, currency: input.required("currency").toLowerCase(), customer, description: input.text("description"), metadata: input.metadata(), email: input.text("receipt_email"), setup: input.text("setup_future_usage") });
      if (method !== null) account.change(intent, { payment_method: method, status: "requires_confirmation" });
      return input.flag("confirm") === true ? confirm(account, intent, method) : intent;
    },
  },
  { method: "GET", path: "/v1/payment_intents", accepts: ["customer"], answer: (account, input) => page(account.all("payment_intent").filter(({ customer }) => (input.text("customer") ?? customer) === customer), input, "/v1/payment_intents") },
  { method: "GET", path: "/v1/payment_intents/:id", accepts: ["client_secret"], answer: (account, _, id) => account.get("payment_intent", id) },
  {
    method: "POST", path: "/v1/payment_intents/:id", accepts: INTENT, answer: (account, input, id) => {
      const intent = account.get("payment_intent", id);
      return account.change(intent, { metadata: input.metadata(intent.metadata), description: input.has("description") ? input.text("description") : intent.description, payment_method: input.text("payment_method") ?? intent.payment_method });
    },
  },
  { method: "POST", path: "/v1/payment_intents/:id/confirm", accepts: ["payment_method", "off_session", "return_url", "receipt_email"], answer: (account, input, id) => confirm(account, account.get("payment_intent", id), input.text("payment_method")) },
  {
    method: "POST", path: "/v1/payment_intents/:id/cancel", accepts: ["cancellation_reason"], answer: (account, input, id) => {
      const intent = account.get("payment_intent", id);
      if (intent.status === "succeeded" || intent.status === "canceled" || intent.status === "processing") throw unexpected(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, "payment_intent_unexpected_state");
      account.change(intent, { status: "canceled", canceled_at: account.seconds(idOf(intent.customer) || null), cancellation_reason: input.text("cancellation_reason") as Stripe.PaymentIntent.CancellationReason | null });
      account.emit("payment_intent.canceled", intent);
      return intent;
    },
  },
  {
    method: "GET", path: "/v1/charges", accepts: ["customer", "payment_intent"], answer: (account, input) =>
      page(account.all("charge").filter(({ customer, payment_intent }) => (input.text("customer") ?? customer) === customer && (input.text("payment_intent") ?? payment_intent) === payment_intent), input, "/v1/charges"),
  },
  { method: "GET", path: "/v1/charges/:id", answer: (account, _, id) => account.get("charge", id) },
  {
    method: "POST", path: "/v1/charges/:id", accepts: ["description", "metadata", "receipt_email", "fraud_details"], answer: (account, input, id) => {
      const charge = account.get("charge", id);
      return account.change(charge, { metadata: input.metadata(charge.metadata), description: input.has("description") ? input.text("description") : charge.description }, "charge.updated");
    },
  },
  {
    method: "GET", path: "/v1/balance_transactions", accepts: ["type", "source", "currency", "payout"], answer: (account, input) =>
      page(account.all("balance_transaction").filter(({ type, source }) => (input.text("type") ?? type) === type && (input.text("source") ?? source) === source), input, "/v1/balance_transactions"),
  },
  { method: "GET", path: "/v1/balance_transactions/:id", answer: (account, _, id) => account.get("balance_transaction", id) },
];
