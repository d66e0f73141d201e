import { Account, idOf } from "./account.ts";
import { intentOf } from "./invoices.ts";

type Thing = Record<string, unknown>;
const isThing = (value: unknown): value is Thing => typeof value === "object" && value !== null && !Array.isArray(value);

/** The version that moved periods to items, and subscriptions of invoices to their parent. */
const BASIL = "2025-03-31";

/** An object as an API version shows it. Before basil, fields are where older code looks for them. */
export function inVersion<Answer>(account: Account, answer: Answer, version: string): Answer {
  return version.slice(0, 10) >= BASIL ? answer : (older(account, structuredClone(answer)) as Answer);
}

function older(account: Account, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => older(account, item));
  if (!isThing(value)) return value;
  for (const [name, inner] of Object.entries(value)) value[name] = older(account, inner);
  switch (value["object"]) {
    case "subscription":
      return olderSubscription(value);
    case "invoice":
      return olderInvoice(account, value);
    case "line_item":
      return olderLine(account, value);
    case "charge":
    case "payment_intent":
      return { ...value, invoice: invoiceOf(account, value) };
    case "checkout.session":
      return { ...value, ui_mode: value["ui_mode"] === "hosted_page" ? "hosted" : value["ui_mode"] };
    default:
      return value;
  }
}

function olderSubscription(subscription: Thing): Thing {
  const items = isThing(subscription["items"]) ? (subscription["items"]["data"] as Thing[]) : [];
  const period = { current_period_start: items[0]?.["current_period_start"], current_period_end: items[0]?.["current_period_end"] };
  for (const item of items) {
    delete item["current_period_start"];
    delete item["current_period_end"];
  }
  const { billing_mode: _mode, ...rest } = subscription;
  return { ...rest, ...period, plan: items[0]?.["plan"], quantity: items[0]?.["quantity"] };
}

function olderInvoice(account: Account, { parent, payments: _payments, total_taxes: taxes, ...invoice }: Thing): Thing {
  const details = isThing(parent) && isThing(parent["subscription_details"]) ? parent["subscription_details"] : null;
  const intent = intentOf(account, String(invoice["id"]));
  const tax = (taxes as { amount: number }[] | undefined)?.[0]?.amount ?? null;
  return {
    ...invoice, subscription: details?.["subscription"] ?? null, subscription_details: details && { metadata: details["metadata"] }, payment_intent: intent?.id ?? null, charge: idOf(intent?.latest_charge) || null, paid: invoice["status"] === "paid",
    paid_out_of_band: false, quote: null, tax,
  };
}

function olderLine(account: Account, { parent, pricing, taxes: _taxes, ...line }: Thing): Thing {
  const of = isThing(parent) ? (parent[String(parent["type"])] as Thing) : {};
  const details = isThing(pricing) && isThing(pricing["price_details"]) ? pricing["price_details"] : null;
  const item = of["subscription_item"] ?? null;
  return {
    ...line, type: item !== null && of["invoice_item"] === null ? "subscription" : "invoiceitem", subscription: of["subscription"] ?? null, ...(item === null ? {} : { subscription_item: item }), ...(of["invoice_item"] == null ? {} : { invoice_item: of["invoice_item"] }),
    proration: of["proration"] ?? false, proration_details: of["proration_details"] ?? { credited_items: null }, price: account.find("price", String(details?.["price"])) ?? null,
  };
}

/** The invoice that a charge, or an intent, pays. */
function invoiceOf(account: Account, thing: Thing): string | null {
  const intent = thing["object"] === "charge" ? idOf(thing["payment_intent"] as string | null) : String(thing["id"]);
  return idOf(account.all("invoice_payment").find(({ payment }) => payment.payment_intent === intent)?.invoice) || null;
}
