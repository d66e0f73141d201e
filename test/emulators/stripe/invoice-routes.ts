import type Stripe from "stripe";
import { Account, decimal, idOf, unexpected } from "./account.ts";
import { charge } from "./dunning.ts";
import { addLines, draftInvoice, finalizeInvoice, intentOf, pendingLines, subscriptionOf, voidInvoice } from "./invoices.ts";
import { page } from "./lists.ts";
import { declined } from "./payments.ts";
import type { Route } from "./routes.ts";
import { Input, invalid, missing } from "./wire.ts";

/** What is to be on the customer's next invoice, or on one that is named. */
function createItem(account: Account, input: Input): Stripe.InvoiceItem {
  const customer = account.get("customer", input.required("customer"), "customer").id;
  const pricing = input.map("pricing")?.text("price") ?? null;
  const price = pricing === null ? null : account.get("price", pricing, "pricing[price]");
  const quantity = input.integer("quantity") ?? 1;
  const amount = price ? (price.unit_amount ?? 0) * quantity : input.integer("amount");
  if (amount === null) throw invalid("Pass an amount, or a price.", "amount", "parameter_missing");
  const now = account.seconds(customer);
  const subscription = input.text("subscription");
  const period = input.map("period");
  const item = account.add("invoiceitem", {
    id: account.newId("ii_"), object: "invoiceitem", amount, currency: price?.currency ?? input.text("currency") ?? "usd", customer, customer_account: null, date: now, description: input.text("description") ?? (price ? (account.find("product", idOf(price.product))?.name ?? null) : null), discountable: true, discounts: [], invoice: null,
    livemode: false, metadata: input.metadata(), net_amount: amount, parent: subscription === null ? null : { subscription_details: { subscription: account.get("subscription", subscription, "subscription").id }, type: "subscription_details" }, period: { start: period?.integer("start") ?? now, end: period?.integer("end") ?? now },
    pricing: price && { price_details: { price: price.id, product: idOf(price.product) }, type: "price_details", unit_amount_decimal: price.unit_amount_decimal }, proration: false, quantity, quantity_decimal: decimal(quantity), tax_rates: [], test_clock: account.get("customer", customer).test_clock ?? null,
  });
  account.emit("invoiceitem.created", item);
  const named = input.text("invoice");
  if (named !== null) claim(account, draft(account, named, "invoice"), item);
  return item;
}

function draft(account: Account, id: string, param?: string): Stripe.Invoice {
  const invoice = account.get("invoice", id, param);
  if (invoice.status !== "draft") throw unexpected("This invoice is no longer a draft; it can't be changed.", "invoice_not_editable", param);
  return invoice;
}

function claim(account: Account, invoice: Stripe.Invoice, item: Stripe.InvoiceItem): void {
  const { lines } = pendingLines(account, idOf(invoice.customer), idOf(item.parent?.subscription_details?.subscription) || null);
  addLines(account, invoice, lines.filter(({ invoiceItem }) => invoiceItem === item.id));
  account.change(item, { invoice: invoice.id });
}

function createInvoice(account: Account, input: Input): Stripe.Invoice {
  const customer = account.get("customer", input.required("customer"), "customer").id;
  const named = input.text("subscription");
  const subscription = named === null ? null : account.get("subscription", named, "subscription");
  const isPending = subscription !== null || input.oneOf("pending_invoice_items_behavior", ["include", "exclude"]) === "include";
  const pending = isPending ? pendingLines(account, customer, named) : null;
  const invoice = draftInvoice(account, {
    customer, currency: input.text("currency") ?? subscription?.currency ?? "usd", reason: "manual", lines: pending?.lines ?? [], subscription, metadata: input.metadata(), description: input.text("description"), autoAdvance: input.flag("auto_advance") ?? false,
    isTaxed: input.map("automatic_tax")?.flag("enabled") === true, card: input.text("default_payment_method"), collection: input.text("collection_method") ?? "charge_automatically", daysUntilDue: input.integer("days_until_due"),
  });
  pending?.claim(invoice.id);
  return invoice;
}

function payInvoice(account: Account, input: Input, id: string): Stripe.Invoice {
  const invoice = account.get("invoice", id);
  const card = input.text("payment_method");
  if (card !== null) account.get("payment_method", card, "payment_method");
  if (charge(account, invoice, { card }) === "failed") throw Object.assign(declined(intentOf(account, id) ?? ({} as Stripe.PaymentIntent)), { isKept: true });
  return invoice;
}

export const invoiceRoutes: Route[] = [
  {
    method: "GET", path: "/v1/invoices", accepts: ["customer", "subscription", "status", "collection_method", "due_date"], answer: (account, input) => {
      const [customer, subscription, status] = ["customer", "subscription", "status"].map((name) => input.text(name));
      return page(account.all("invoice").filter((one) => (customer ?? one.customer) === one.customer && (subscription ?? subscriptionOf(one)) === subscriptionOf(one) && (status ?? one.status) === one.status), input, "/v1/invoices");
    },
  },
  {
    method: "POST", path: "/v1/invoices", answer: createInvoice,
    accepts: ["auto_advance", "automatic_tax", "collection_method", "currency", "customer", "days_until_due", "default_payment_method", "description", "metadata", "pending_invoice_items_behavior", "subscription"],
  },
  { method: "GET", path: "/v1/invoices/:id", answer: (account, _, id) => account.get("invoice", id) },
  {
    method: "POST", path: "/v1/invoices/:id", accepts: ["auto_advance", "description", "metadata", "default_payment_method"], answer: (account, input, id) => {
      const invoice = account.get("invoice", id);
      return account.change(invoice, { metadata: input.metadata(invoice.metadata), description: input.has("description") ? input.text("description") : invoice.description, auto_advance: input.flag("auto_advance") ?? invoice.auto_advance ?? false, default_payment_method: input.text("default_payment_method") ?? invoice.default_payment_method }, "invoice.updated");
    },
  },
  {
    method: "DELETE", path: "/v1/invoices/:id", answer: (account, _, id) => {
      const invoice = draft(account, id);
      account.remove("invoice", id);
      account.emit("invoice.deleted", invoice);
      return { id, object: "invoice", deleted: true };
    },
  },
  { method: "POST", path: "/v1/invoices/:id/finalize", accepts: ["auto_advance"], answer: (account, _, id) => finalizeInvoice(account, account.get("invoice", id)) },
  { method: "POST", path: "/v1/invoices/:id/pay", accepts: ["payment_method", "off_session"], answer: payInvoice },
  { method: "POST", path: "/v1/invoices/:id/void", answer: (account, _, id) => voidInvoice(account, account.get("invoice", id)) },
  { method: "GET", path: "/v1/invoices/:id/lines", answer: (account, input, id) => page(account.get("invoice", id).lines.data.toReversed(), input, `/v1/invoices/${id}/lines`) },
  {
    method: "POST", path: "/v1/invoiceitems", answer: createItem,
    accepts: ["amount", "currency", "customer", "description", "invoice", "metadata", "period", "pricing", "quantity", "subscription"],
  },
  {
    method: "GET", path: "/v1/invoiceitems", accepts: ["customer", "invoice", "pending"], answer: (account, input) => {
      const [customer, invoice, pending] = [input.text("customer"), input.text("invoice"), input.flag("pending")];
      return page(account.all("invoiceitem").filter((item) => (customer ?? item.customer) === item.customer && (invoice ?? item.invoice) === item.invoice && (pending === null || pending === (item.invoice === null))), input, "/v1/invoiceitems");
    },
  },
  { method: "GET", path: "/v1/invoiceitems/:id", answer: (account, _, id) => account.get("invoiceitem", id) },
  {
    method: "DELETE", path: "/v1/invoiceitems/:id", answer: (account, _, id) => {
      const item = account.get("invoiceitem", id);
      if (item.invoice !== null) throw unexpected("This invoice item is on an invoice already.", "invoice_not_editable");
      account.remove("invoiceitem", id);
      account.emit("invoiceitem.deleted", item);
      return { id, object: "invoiceitem", deleted: true };
    },
  },
  {
    method: "GET", path: "/v1/invoice_payments", accepts: ["invoice", "payment", "status"], answer: (account, input) => {
      const [invoice, status, payment] = [input.text("invoice"), input.text("status"), input.map("payment")];
      const intent = payment?.text("payment_intent") ?? null;
      if (payment && payment.text("type") === null) throw invalid("Missing required param: payment[type].", "payment[type]", "parameter_missing");
      return page(account.all("invoice_payment").filter((one) => (invoice ?? one.invoice) === one.invoice && (status ?? one.status) === one.status && (intent ?? one.payment.payment_intent) === one.payment.payment_intent), input, "/v1/invoice_payments");
    },
  },
  { method: "GET", path: "/v1/invoice_payments/:id", answer: (account, _, id) => account.get("invoice_payment", id) },
];

const EVENTS_KEPT_S = 30 * 86_400;

/** Events can be asked for as long as Stripe keeps them. */
export const eventRoutes: Route[] = [
  {
    method: "GET", path: "/v1/events", accepts: ["type", "types", "delivery_success"], answer: (account, input) => {
      const [type, types] = [input.text("type"), input.texts("types")];
      const isWanted = (name: string): boolean => (type === null && types.length === 0) || [...types, ...(type === null ? [] : [type])].some((wanted) => wanted === name || (wanted.endsWith("*") && name.startsWith(wanted.slice(0, -1))));
      return page(account.all("event").filter((event) => isWanted(event.type) && isKept(account, event)), input, "/v1/events");
    },
  },
  {
    method: "GET", path: "/v1/events/:id", answer: (account, _, id) => {
      const event = account.get("event", id);
      if (!isKept(account, event)) throw missing("event", id);
      return event;
    },
  },
];

const isKept = (account: Account, { created }: Stripe.Event): boolean => created > account.seconds() - EVENTS_KEPT_S;
