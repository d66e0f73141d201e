/** What reconciliation asks about payments. Nothing here writes anything down: what is missing is a finding, and people decide. */
import type { Ctx } from "#core/context.ts";
import { fromSeconds, idOf, isMissing, standingOfStripe, stripeOf, toSeconds } from "../stripe.ts";
import type { GrantRow } from "../tables.ts";
import { purchaseOfInvoice, purchaseOfSession, type Purchase } from "./purchases.ts";

/** Money that moved at Stripe. `source` is the charge, refund or dispute; `key` is what a grant of it would be called, where its own id says so. */
export interface MoneyMoved {
  id: string;
  kind: "payment" | "refund" | "refund_failed" | "dispute" | "dispute_won";
  source: string;
  key: string | null;
  paymentIntent: string | null;
  amountCents: number;
  at: number;
}

/** Whether there is a Stripe to compare with. */
export const sellsHere = (ctx: Ctx): boolean => standingOfStripe(ctx).available;

const kinds: Record<string, MoneyMoved["kind"]> = { charge: "payment", refund: "refund", refund_failure: "refund_failed", dispute: "dispute", dispute_reversal: "dispute_won" };
const prefixes: Record<MoneyMoved["kind"], string | null> = { payment: null, refund: "refund", refund_failed: "refund_failed", dispute: "dispute", dispute_won: "dispute_won" };

/** A page of the money that moved in a time, newest first, and where the next page begins. Fees and payouts are left out. */
export async function moneyMoved(ctx: Ctx, { from, to, after, limit }: { from: number; to: number; after: string | null; limit: number }): Promise<{ moved: MoneyMoved[]; next: string | null }> {
  const { data, has_more } = await stripeOf(ctx).balanceTransactions.list({
    created: { gte: toSeconds(from), lt: toSeconds(to) }, limit, expand: ["data.source"], ...(after === null ? {} : { starting_after: after }),
  });
  const moved = data.flatMap((transaction): MoneyMoved[] => {
    const kind = kinds[transaction.reporting_category];
    const { source } = transaction;
    if (!kind || typeof source !== "object" || source === null) return [];
    const prefix = prefixes[kind];
    return [{
      id: transaction.id, kind, source: source.id, key: prefix === null ? null : `${prefix}:${source.id}`, paymentIntent: idOf(Reflect.get(source, "payment_intent") as string | { id: string } | null),
      amountCents: Math.abs(transaction.amount), at: fromSeconds(transaction.created),
    }];
  });
  return { moved, next: has_more ? (data.at(-1)?.id ?? null) : null };
}

/** What a payment must have brought, as Stripe has it now; null where it is nobody's here, or for nothing that brings credits. */
export async function expectedOf(ctx: Ctx, paymentIntent: string): Promise<Pick<Purchase, "key" | "studio" | "credits" | "amountCents"> | null> {
  const stripe = stripeOf(ctx);
  const sessions = await stripe.checkout.sessions.list({ payment_intent: paymentIntent, limit: 1 });
  for (const session of sessions.data) if (session.mode === "payment") return (await purchaseOfSession(ctx, session)).purchase;
  const payments = await stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: paymentIntent }, limit: 10 });
  for (const { invoice } of payments.data) {
    const id = idOf(invoice);
    const { purchase } = id === null ? { purchase: null } : await purchaseOfInvoice(ctx, await stripe.invoices.retrieve(id, { expand: ["payments"] }));
    if (purchase?.paymentIntent === paymentIntent) return purchase;
  }
  return null;
}

/** Whether Stripe has the money of a purchase that was written down. */
export async function isPaid(ctx: Ctx, { invoice, session }: Pick<GrantRow, "invoice" | "session">): Promise<boolean> {
  const stripe = stripeOf(ctx);
  try {
    if (session !== null) return (await stripe.checkout.sessions.retrieve(session)).payment_status !== "unpaid";
    return invoice !== null && (await stripe.invoices.retrieve(invoice)).status === "paid";
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
