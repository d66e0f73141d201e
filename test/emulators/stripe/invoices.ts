import type Stripe from "stripe";
import { Account, decimal, idOf, listOf, unexpected } from "./account.ts";
import { cardFor } from "./customers.ts";
import { collect, createIntent, type Outcome, settleIntent } from "./payments.ts";

/** A line of an invoice, before it is on one. */
export interface Line {
  amount: number;
  description: string;
  price: Stripe.Price | null;
  quantity: number;
  period: { start: number; end: number };
  metadata?: Record<string, string>;
  subscription?: string | null;
  subscriptionItem?: string | null;
  invoiceItem?: string | null;
  isProration?: boolean;
  /** What a credit gives back. */
  credited?: { invoice: string; invoice_line_items: string[] } | null;
}

export interface Draft {
  customer: string;
  currency: string;
  reason: Stripe.Invoice.BillingReason;
  lines: Line[];
  subscription?: Stripe.Subscription | null;
  period?: { start: number; end: number };
  metadata?: Record<string, string>;
  description?: string | null;
  autoAdvance?: boolean;
  isTaxed?: boolean;
  card?: string | null;
  collection?: string;
  daysUntilDue?: number | null;
}

/** An invoice that is still being made. */
export function draftInvoice(account: Account, { customer: customerId, currency, reason, lines, subscription = null, period, metadata = {}, description = null, autoAdvance = true, isTaxed = false, card = null, collection = "charge_automatically", daysUntilDue = null }: Draft): Stripe.Invoice {
  const customer = account.get("customer", customerId, "customer");
  const created = account.seconds(customerId);
  const id = account.newId("in_");
  const taxed = subscription?.automatic_tax.enabled ?? isTaxed;
  const invoice = account.add("invoice", {
    id, object: "invoice", account_country: "US", account_name: "Dailies (test)", account_tax_ids: null, amount_due: 0, amount_overpaid: 0, amount_paid: 0, amount_remaining: 0, amount_shipping: 0, application: null, attempt_count: 0, attempted: false, auto_advance: autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: taxed, liability: taxed ? { type: "self" } : null, provider: taxed ? "stripe" : null, status: taxed ? "complete" : null }, automatically_finalizes_at: autoAdvance ? created + 3_600 : null, billing_reason: reason, collection_method: collection, created, currency,
    custom_fields: null, customer: customerId, customer_account: null, customer_address: customer.address ?? null, customer_email: customer.email, customer_name: customer.name ?? null, customer_phone: customer.phone ?? null, customer_shipping: null, customer_tax_exempt: "none", customer_tax_ids: [],
    default_payment_method: card, default_source: null, default_tax_rates: [], description, discounts: [], due_date: daysUntilDue === null ? null : created + daysUntilDue * 86_400, effective_at: null, ending_balance: null, footer: null, from_invoice: null, hosted_invoice_url: null, invoice_pdf: null,
    issuer: { type: "self" }, last_finalization_error: null, latest_revision: null, lines: listOf(`/v1/invoices/${id}/lines`, []), livemode: false, metadata, next_payment_attempt: null, number: null, on_behalf_of: null,
    parent: subscription && { quote_details: null, subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id }, type: "subscription_details" },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null }, period_end: period?.end ?? created, period_start: period?.start ?? created, post_payment_credit_notes_amount: 0, pre_payment_credit_notes_amount: 0, receipt_number: null, rendering: null,
    shipping_cost: null, shipping_details: null, starting_balance: customer.balance, statement_descriptor: null, status: "draft", status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null }, subtotal: 0, subtotal_excluding_tax: 0, test_clock: customer.test_clock ?? null,
    total: 0, total_discount_amounts: [], total_excluding_tax: 0, total_pretax_credit_amounts: [], total_taxes: [], webhooks_delivered_at: null,
  });
  addLines(account, invoice, lines);
  if (subscription) account.change(subscription, { latest_invoice: id });
  account.emit("invoice.created", invoice);
  return invoice;
}

/** Puts lines on a draft, and adds it up anew. */
export function addLines(account: Account, invoice: Stripe.Invoice, lines: Line[]): void {
  const percent = invoice.automatic_tax.enabled ? (account.options.taxPercent ?? 0) : 0;
  invoice.lines.data.push(...lines.map((line) => lineOf(account, invoice, line, percent)));
  const subtotal = invoice.lines.data.reduce((sum, { amount }) => sum + amount, 0);
  const tax = invoice.lines.data.flatMap(({ taxes }) => taxes ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const total = subtotal + tax;
  const due = Math.max(0, total + invoice.starting_balance);
  Object.assign(invoice, {
    subtotal, subtotal_excluding_tax: subtotal, total, total_excluding_tax: subtotal, amount_due: due, amount_remaining: due,
    total_taxes: tax === 0 ? [] : [{ amount: tax, tax_behavior: "exclusive", tax_rate_details: null, taxability_reason: "standard_rated", taxable_amount: subtotal, type: "tax_rate_details" }],
  });
}

function lineOf(account: Account, invoice: Stripe.Invoice, line: Line, percent: number): Stripe.InvoiceLineItem {
  const { amount, description, price, quantity, period, metadata = {}, subscription = null, subscriptionItem = null, invoiceItem = null, isProration = false, credited = null } = line;
  const tax = Math.round((amount * percent) / 100);
  const details = { invoice_item: invoiceItem, proration: isProration, proration_details: { credited_items: credited }, subscription };
  return {
    id: account.newId("il_"), object: "line_item", amount, currency: invoice.currency, description, discount_amounts: [], discountable: !isProration, discounts: [], invoice: invoice.id, livemode: false, metadata,
    // A line that a subscription made belongs to its item, even when an invoice item carried it there.
    parent: subscriptionItem !== null
      ? { invoice_item_details: null, subscription_item_details: { ...details, subscription_item: subscriptionItem }, type: "subscription_item_details" }
      : { invoice_item_details: { ...details, invoice_item: invoiceItem ?? "" }, subscription_item_details: null, type: "invoice_item_details" },
    period, pretax_credit_amounts: [], pricing: price && { price_details: { price: price.id, product: idOf(price.product) }, type: "price_details", unit_amount_decimal: price.unit_amount_decimal }, quantity, quantity_decimal: decimal(quantity), subscription, subtotal: amount,
    taxes: tax === 0 ? [] : [{ amount: tax, tax_behavior: "exclusive", tax_rate_details: null, taxability_reason: "standard_rated", taxable_amount: amount, type: "tax_rate_details" }],
  };
}

/** From a draft to a document that is owed. What is owed after the customer's balance may be nothing. With `intent`, the payment is there already. */
export function finalizeInvoice(account: Account, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent | null = null): Stripe.Invoice {
  if (invoice.status !== "draft") throw unexpected("This invoice is already finalized, you can't re-finalize a non-draft invoice.", "invoice_not_editable");
  const customer = account.get("customer", idOf(invoice.customer));
  const now = account.seconds(customer.id);
  const sequence = customer.next_invoice_sequence ?? 1;
  const { due, balance } = intent ? { due: invoice.total, balance: customer.balance } : owed(invoice.total, customer.balance);
  account.change(customer, { next_invoice_sequence: sequence + 1, balance, currency: customer.currency ?? invoice.currency }, customer.balance === balance ? null : "customer.updated");
  const page = `${account.options.origin}/invoices/${invoice.id}`;
  account.change(invoice, {
    status: "open", number: `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`, effective_at: now, status_transitions: { ...invoice.status_transitions, finalized_at: now }, automatically_finalizes_at: null, hosted_invoice_url: page, invoice_pdf: page,
    starting_balance: invoice.starting_balance, ending_balance: balance, amount_due: due, amount_remaining: due,
  });
  if (due > 0) askFor(account, invoice, customer, intent);
  account.emit("invoice.finalized", invoice);
  return invoice;
}

/** What is below a charge's minimum waits on the customer's balance, as do credits. */
function owed(total: number, before: number): { due: number; balance: number } {
  const sum = total + before;
  return sum < 50 ? { due: 0, balance: sum } : { due: sum, balance: 0 };
}

const DESCRIPTIONS: Record<string, string> = { subscription_create: "Subscription creation", subscription_cycle: "Subscription update", subscription_update: "Subscription update" };

function askFor(account: Account, invoice: Stripe.Invoice, customer: Stripe.Customer, known: Stripe.PaymentIntent | null): void {
  const description = invoice.description ?? DESCRIPTIONS[invoice.billing_reason ?? ""] ?? `Payment for Invoice ${invoice.number}`;
  const intent = known ?? createIntent(account, { amount: invoice.amount_due, currency: invoice.currency, customer: customer.id, description, email: customer.email });
  account.add("invoice_payment", {
    id: account.newId("inpay_"), object: "invoice_payment", amount_paid: null, amount_requested: invoice.amount_due, created: account.seconds(customer.id), currency: invoice.currency, invoice: invoice.id, is_default: true, livemode: false,
    payment: { payment_intent: intent.id, type: "payment_intent" }, status: "open", status_transitions: { canceled_at: null, paid_at: null },
  });
}

export const paymentsOf = (account: Account, invoice: string): Stripe.InvoicePayment[] => account.all("invoice_payment").filter((payment) => payment.invoice === invoice);

export const intentOf = (account: Account, invoice: string): Stripe.PaymentIntent | undefined => account.find("payment_intent", idOf(paymentsOf(account, invoice)[0]?.payment.payment_intent));

/** One attempt at the customer's card. A debit that takes days leaves the invoice open. */
export function attempt(account: Account, invoice: Stripe.Invoice, card: string | null = null): Outcome {
  if (invoice.status === "draft") finalizeInvoice(account, invoice);
  if (invoice.status !== "open") throw unexpected(`Invoice is already ${invoice.status}`, invoice.status === "paid" ? "invoice_already_paid" : "invoice_not_open");
  const intent = intentOf(account, invoice.id);
  if (!intent || intent.status === "succeeded") return settle(account, invoice, "succeeded");
  if (intent.status === "processing") return "processing";
  const subscription = account.find("subscription", subscriptionOf(invoice) ?? "") ?? null;
  const method = cardFor(account, { customer: idOf(invoice.customer), own: card ?? (idOf(invoice.default_payment_method) || null), subscription });
  account.change(invoice, { attempt_count: invoice.attempt_count + 1, attempted: true });
  return settle(account, invoice, collect(account, intent, method));
}

/** A debit for an invoice has cleared, or has come back. */
export const settleInvoice = (account: Account, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent, outcome: "succeeded" | "failed"): Outcome => settle(account, invoice, settleIntent(account, intent, outcome));

function settle(account: Account, invoice: Stripe.Invoice, outcome: Outcome): Outcome {
  const customer = idOf(invoice.customer);
  if (outcome === "failed") {
    account.emit("invoice.payment_failed", invoice);
    return outcome;
  }
  if (outcome === "processing") return outcome;
  const now = account.seconds(customer);
  account.change(invoice, { status: "paid", amount_paid: invoice.amount_due, amount_remaining: 0, attempted: true, next_payment_attempt: null, status_transitions: { ...invoice.status_transitions, paid_at: now } }, "invoice.updated");
  for (const payment of paymentsOf(account, invoice.id)) {
    account.change(payment, { status: "paid", amount_paid: payment.amount_requested, status_transitions: { canceled_at: null, paid_at: now } });
    account.emit("invoice_payment.paid", payment);
  }
  account.emit("invoice.paid", invoice);
  account.emit("invoice.payment_succeeded", invoice);
  return outcome;
}

export function voidInvoice(account: Account, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") throw unexpected("You can only pass in open or uncollectible invoices.", "invoice_not_open");
  account.change(invoice, { status: "void", next_payment_attempt: null, auto_advance: false, status_transitions: { ...invoice.status_transitions, voided_at: account.seconds(idOf(invoice.customer)) } });
  const intent = intentOf(account, invoice.id);
  if (intent && intent.status !== "processing") account.change(intent, { status: "canceled", cancellation_reason: "void_invoice" });
  for (const payment of paymentsOf(account, invoice.id)) account.change(payment, { status: "canceled" });
  account.emit("invoice.voided", invoice);
  return invoice;
}

/** The subscription that an invoice is of. */
export const subscriptionOf = (invoice: Stripe.Invoice): string | null => idOf(invoice.parent?.subscription_details?.subscription) || null;

/** Lines of the things that are waiting for the customer's next invoice, which they then belong to. */
export function pendingLines(account: Account, customer: string, subscription: string | null): { lines: Line[]; claim(invoice: string): void } {
  const items = account.all("invoiceitem").filter((item) => item.customer === customer && item.invoice === null && (idOf(item.parent?.subscription_details?.subscription) || null) === subscription);
  return {
    lines: items.map((item) => ({
      amount: item.amount, description: item.description ?? "", price: account.find("price", idOf(item.pricing?.price_details?.price)) ?? null, quantity: item.quantity, period: item.period, metadata: item.metadata ?? {}, subscription, invoiceItem: item.id, isProration: item.proration,
      subscriptionItem: item.parent?.subscription_details?.subscription_item ?? null, credited: item.proration_details?.credited_items?.invoice_line_item_details ?? null,
    })),
    claim: (invoice) => items.forEach((item) => account.change(item, { invoice })),
  };
}
