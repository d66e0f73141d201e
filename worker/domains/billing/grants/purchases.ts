/** What a payment at Stripe is a purchase of. Reads only; writing it down is up to whoever asks. */
import type { Ctx } from "#core/context.ts";
import { findByCustomer, packs, planOf } from "#domains/credits/index.ts";
import { planOfPrice, wasPriceOf } from "../prices/service.ts";
import { fromSeconds, idOf, stripeOf, type Stripe } from "../stripe.ts";
import type { GrantRow } from "../tables.ts";
import { boughtBy, type Bought, type PaidLine } from "./rules.ts";

export interface Purchase extends Pick<GrantRow, "key" | "studio" | "kind" | "credits" | "amountCents" | "currency" | "invoice" | "session" | "paymentIntent"> {
  bucket: "subscription" | "purchased";
  expiresAt: number | null;
  reason: string;
}

/** A payment of another sum than what it says it is for was ever sold for. */
export interface Mismatch {
  id: string;
  studio: string;
  says: string;
  cents: number;
}

/** A purchase, or why there is none. */
export type Meaning = { purchase: Purchase } | { purchase: null; note: string; mismatch: Mismatch | null };

const none = (note: string, mismatch: Mismatch | null = null): Meaning => ({ purchase: null, note, mismatch });
const NOBODY = "its customer is nobody here";
const NOTHING = "it is for nothing that brings credits";

async function studioOf(ctx: Ctx, customer: Stripe.Invoice["customer"]): Promise<string | null> {
  const id = idOf(customer);
  return id === null ? null : ((await findByCustomer(ctx, id))?.studio ?? null);
}

/** The payment that an invoice was paid by. */
export function paymentOf({ payments }: Stripe.Invoice): string | null {
  const paid = payments?.data.find(({ status }) => status === "paid") ?? payments?.data[0];
  return idOf(paid?.payment.payment_intent);
}

/** What a paid invoice bought: a plan's period, a larger plan for the rest of one, or a pack that was bought by itself. Read it with its payments. */
export async function purchaseOfInvoice(ctx: Ctx, invoice: Stripe.Invoice): Promise<Meaning> {
  if (invoice.status !== "paid") return none(`the invoice is ${invoice.status}`);
  const studio = await studioOf(ctx, invoice.customer);
  if (studio === null) return none(NOBODY);
  const paid = { key: `invoice:${invoice.id}`, studio, invoice: invoice.id, session: null, currency: invoice.currency, amountCents: invoice.total, paymentIntent: paymentOf(invoice) };
  if (invoice.metadata?.["topUp"]) {
    return ofPack(ctx, { id: invoice.id, studio, says: invoice.metadata["pack"] ?? "nothing", cents: invoice.subtotal }, (credits) => ({ ...paid, ...forPack, kind: "top_up", credits, reason: "credit pack, bought automatically" }));
  }
  const bought = await boughtByInvoice(ctx, invoice);
  return bought ? { purchase: { ...paid, ...bought, bucket: "subscription", reason: bought.kind === "period" ? "credits of the plan" : "credits of the larger plan" } } : none(NOTHING);
}

/** What was bought on a page for a pack. Credits come only with the money: of one that is not paid, nothing. */
export async function purchaseOfSession(ctx: Ctx, session: Stripe.Checkout.Session): Promise<Meaning> {
  if (session.payment_status === "unpaid") return none("it is not paid yet");
  const studio = await studioOf(ctx, session.customer);
  if (studio === null) return none(NOBODY);
  const says = session.metadata?.["code"];
  if (says === undefined) return none(NOTHING);
  return ofPack(ctx, { id: session.id, studio, says, cents: session.amount_subtotal ?? 0 }, (credits) => ({
    ...forPack, key: `checkout:${session.id}`, studio, kind: "pack", credits, reason: "credit pack", session: session.id, invoice: idOf(session.invoice), paymentIntent: idOf(session.payment_intent),
    amountCents: session.amount_total ?? 0, currency: session.currency ?? "usd",
  }));
}

const forPack = { bucket: "purchased", expiresAt: null } as const;

/** A pack for a price that it was once sold for. */
async function ofPack(ctx: Ctx, paid: Mismatch, purchase: (credits: number) => Purchase): Promise<Meaning> {
  const pack = packs.find(({ code }) => code === paid.says);
  if (pack && (await wasPriceOf(ctx, pack.code, paid.cents))) return { purchase: purchase(pack.credits) };
  return none("the amount is not the price", paid);
}

/** What the lines of a subscription's invoice bring, by their prices' plans. */
async function boughtByInvoice(ctx: Ctx, invoice: Stripe.Invoice): Promise<Bought | null> {
  const subscription = idOf(invoice.parent?.subscription_details?.subscription);
  if (subscription === null) return null;
  const lines: PaidLine[] = [];
  for (const line of await linesOf(ctx, invoice)) {
    const price = idOf(line.pricing?.price_details?.price);
    const plan = price === null ? null : await planOfPrice(ctx, price);
    if (plan === null) continue;
    lines.push({
      credits: planOf(plan).credits * (line.quantity ?? 1), amountCents: line.amount, start: fromSeconds(line.period.start), end: fromSeconds(line.period.end),
      isProration: line.parent?.subscription_item_details?.proration ?? line.parent?.invoice_item_details?.proration ?? false,
    });
  }
  const hasProrations = lines.some(({ isProration }) => isProration);
  const anchor = hasProrations ? fromSeconds((await stripeOf(ctx).subscriptions.retrieve(subscription)).billing_cycle_anchor) : 0;
  return boughtBy(lines, anchor);
}

async function linesOf(ctx: Ctx, { id, lines }: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  return lines.has_more ? stripeOf(ctx).invoices.listLineItems(id, { limit: 100 }).autoPagingToArray({ limit: 1_000 }) : lines.data;
}
