import type Stripe from "stripe";
import { Account, decimal, idOf } from "./account.ts";
import { dayOf } from "./calendar.ts";
import { nameOf } from "./catalog.ts";
import { periodOf } from "./subscription.ts";

/** What an item was, and what it becomes; null where there is none. */
export interface Change {
  before: Stripe.SubscriptionItem | null;
  after: Stripe.SubscriptionItem | null;
}

type Credited = Stripe.InvoiceItem.ProrationDetails.CreditedItems;

/** What was charged for an item, until some day. */
interface Debit {
  amount: number;
  quantity: number;
  price: Stripe.Price;
  period: { start: number; end: number };
  credited: Credited;
}

/** To the second. In flexible billing mode a credit gives back the unused part of what was really charged; the remaining time of the new price is owed. */
export function prorate(account: Account, subscription: Stripe.Subscription, changes: Change[], date: number): Stripe.InvoiceItem[] {
  const { start, end } = periodOf(subscription);
  if (subscription.status === "trialing" || date >= end) return [];
  const share = (end - Math.max(start, date)) / (end - start);
  const changed = changes.filter(({ before, after }) => before?.price.id !== after?.price.id || before?.quantity !== after?.quantity);
  return changed.flatMap(({ before, after }) => [
    ...(before ? debitsOf(account, subscription, before.id, date).map((debit) => credit(account, subscription, before.id, debit, date)) : []),
    ...(after ? [pend(account, subscription, after.id, { price: after.price, quantity: after.quantity ?? 1, amount: Math.round((after.price.unit_amount ?? 0) * (after.quantity ?? 1) * share), period: { start: date, end }, credited: null })] : []),
  ]);
}

function credit(account: Account, subscription: Stripe.Subscription, item: string, { amount, quantity, price, period, credited }: Debit, date: number): Stripe.InvoiceItem {
  const unused = (period.end - Math.max(period.start, date)) / (period.end - period.start);
  return pend(account, subscription, item, { price, quantity, amount: -Math.round(amount * unused), period: { start: date, end: period.end }, credited });
}

/** What was charged for the time after a day, and was not given back. */
function debitsOf(account: Account, { id }: Stripe.Subscription, item: string, date: number): Debit[] {
  const returned = new Set(account.all("invoiceitem").flatMap(({ proration_details: details }) => [details?.credited_items?.invoice_item ?? "", ...(details?.credited_items?.invoice_line_item_details?.invoice_line_items ?? [])]));
  const invoices = account.all("invoice").filter((invoice) => idOf(invoice.parent?.subscription_details?.subscription) === id && invoice.status !== "void");
  const billed = invoices.flatMap((invoice) => invoice.lines.data.map((line) => ({ invoice, line, of: line.parent?.subscription_item_details }))).flatMap(({ invoice, line, of }): Debit[] => {
    const price = account.find("price", idOf(line.pricing?.price_details?.price));
    if (!price || of?.subscription_item !== item || line.amount <= 0 || line.period.end <= date || returned.has(line.id) || returned.has(of.invoice_item ?? line.id)) return [];
    return [{ amount: line.amount, quantity: line.quantity ?? 1, price, period: line.period, credited: { type: "invoice_line_items", invoice_line_item_details: { invoice: invoice.id, invoice_line_items: [line.id] } } }];
  });
  const pending = account.all("invoiceitem").flatMap((debit): Debit[] => {
    const price = account.find("price", idOf(debit.pricing?.price_details?.price));
    if (!price || debit.invoice !== null || debit.parent?.subscription_details?.subscription_item !== item || debit.amount <= 0 || debit.period.end <= date || returned.has(debit.id)) return [];
    return [{ amount: debit.amount, quantity: debit.quantity, price, period: debit.period, credited: { type: "invoice_item", invoice_item: debit.id } }];
  });
  return [...billed, ...pending];
}

function pend(account: Account, subscription: Stripe.Subscription, item: string, { price, quantity, amount, period, credited }: Omit<Debit, "credited"> & { credited: Credited | null }): Stripe.InvoiceItem {
  const what = `${quantity === 1 ? "" : `${quantity} × `}${nameOf(account, price)} after ${dayOf(period.start)}`;
  const made = account.add("invoiceitem", {
    id: account.newId("ii_"), object: "invoiceitem", amount, currency: price.currency, customer: idOf(subscription.customer), customer_account: null, date: period.start, description: `${credited ? "Unused" : "Remaining"} time on ${what}`, discountable: false, discounts: [], invoice: null, livemode: false, metadata: {}, net_amount: amount,
    parent: { subscription_details: { subscription: subscription.id, subscription_item: item }, type: "subscription_details" }, period, pricing: { price_details: { price: price.id, product: idOf(price.product) }, type: "price_details", unit_amount_decimal: decimal(amount / quantity) }, proration: true,
    proration_details: { credited_items: credited, discount_amounts: [] }, quantity, quantity_decimal: decimal(quantity), tax_rates: [], test_clock: subscription.test_clock,
  });
  account.emit("invoiceitem.created", made);
  return made;
}
