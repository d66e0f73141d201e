/** Money that went back, or is disputed: it takes its share of the credits that it had bought. Each refund and dispute once, in any order. */
import type { Ctx } from "#core/context.ts";
import { isDuplicate, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { grantRecorded } from "../contract.ts";
import { idOf, stripeOf } from "../stripe.ts";
import type { GrantRow, WalletCommand } from "../tables.ts";
import { expiryOfReturn, shareOf } from "./rules.ts";
import { recordInvoice, recordSession } from "./service.ts";
import * as store from "./store.ts";

const TRIES_MAX = 8;
const NOT_OURS = "it is of no purchase of ours";

/** The purchase that a payment was for, taken in now if its own news is not here yet. */
async function purchaseOf(ctx: Ctx, paymentIntent: string | null): Promise<string | null> {
  if (paymentIntent === null) return null;
  const find = async (): Promise<string | null> => (await store.findByPayment(ctx, paymentIntent))?.key ?? null;
  const known = await find();
  if (known !== null) return known;
  const stripe = stripeOf(ctx);
  const sessions = await stripe.checkout.sessions.list({ payment_intent: paymentIntent, limit: 1 });
  for (const session of sessions.data) if (session.mode === "payment") await recordSession(ctx, session);
  const payments = await stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: paymentIntent }, limit: 10 });
  for (const { invoice } of payments.data) {
    const id = idOf(invoice);
    if (id === null) continue;
    await recordInvoice(ctx, id);
    const key = `invoice:${id}`;
    if (await store.findGrant(ctx, key)) return key;
  }
  return find();
}

/** Takes in a refund: once it succeeded its share is taken back; one that failed after that gives it back. */
export async function recordRefund(ctx: Ctx, id: string): Promise<string | null> {
  const refund = await stripeOf(ctx).refunds.retrieve(id);
  const purchase = await purchaseOf(ctx, idOf(refund.payment_intent));
  if (purchase === null) return NOT_OURS;
  const key = `refund:${id}`;
  const about = { key, purchase, kind: "refund" as const, cents: refund.amount, charge: idOf(refund.charge), reason: "refund" };
  if (refund.status === "succeeded") await takeBack(ctx, about);
  else if (refund.status === "failed" || refund.status === "canceled") await undo(ctx, about, { key: `refund_failed:${id}`, kind: "refund_failed", reason: "refund that failed" });
  else return `the refund is ${refund.status ?? "unknown"}`;
  return null;
}

/** Takes in all refunds of a charge, the oldest first. */
export async function recordRefundsOf(ctx: Ctx, charge: string): Promise<string | null> {
  const refunds = await stripeOf(ctx).refunds.list({ charge, limit: 100 }).autoPagingToArray({ limit: 1_000 });
  let note: string | null = null;
  for (const { id } of refunds.toSorted((a, b) => a.created - b.created)) note = await recordRefund(ctx, id);
  return note;
}

/** Disputes in which the money is gone, for now or for good. Inquiries move none. */
const WITHDRAWN = new Set(["needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost"]);

/** Takes in a dispute: while it is open, and if it is lost, its share is taken back; if it is won, that comes again. */
export async function recordDispute(ctx: Ctx, id: string): Promise<string | null> {
  const dispute = await stripeOf(ctx).disputes.retrieve(id);
  const purchase = await purchaseOf(ctx, idOf(dispute.payment_intent));
  if (purchase === null) return NOT_OURS;
  const about = { key: `dispute:${id}`, purchase, kind: "dispute" as const, cents: dispute.amount, charge: idOf(dispute.charge), reason: "disputed payment" };
  if (WITHDRAWN.has(dispute.status)) await takeBack(ctx, about);
  else if (dispute.status === "won") await undo(ctx, about, { key: `dispute_won:${id}`, kind: "dispute_won", reason: "dispute that was decided for you" });
  else return `the dispute is ${dispute.status}`;
  return null;
}

interface About {
  key: string;
  purchase: string;
  kind: "refund" | "dispute";
  cents: number;
  charge: string | null;
  reason: string;
}

/** Tries a change of a purchase's rows until nobody else came between reading and writing. */
async function alone(ctx: Ctx, purchase: string, change: (bought: GrantRow, rows: GrantRow[]) => GrantRow[]): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const rows = await store.listOfPurchase(ctx, purchase);
    const bought = rows.find(({ key }) => key === purchase);
    if (!bought) throw new Error(`the purchase ${purchase} is not there`);
    const made = change(bought, rows);
    const last = made.at(-1);
    if (!last) return;
    const writes: Write[] = [store.onlyIfStill(ctx, purchase, rows.length), ...made.map((row) => store.insertGrant(ctx, row))];
    try {
      return await commit(ctx, grantRecorded(bought.studio, last.key, { key: last.key, kind: last.kind, credits: last.credits }), writes);
    } catch (error) {
      if (!isDuplicate(error, "grants") && !(error instanceof AppError && error.code === "resource.changed")) throw error;
    }
  }
  throw new Error(`too much happens to ${purchase} at once`);
}

const takeBack = (ctx: Ctx, about: About): Promise<void> =>
  alone(ctx, about.purchase, (bought, rows) => {
    if (rows.some(({ key }) => key === about.key)) return [];
    const takenCredits = bought.credits - rows.reduce((sum, { credits }) => sum + credits, 0);
    const takenCents = bought.amountCents - rows.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const credits = shareOf({ credits: bought.credits, amountCents: bought.amountCents, takenCredits, takenCents }, about.cents);
    return [besides(ctx, bought, about, { credits: -credits, cents: -about.cents, command: credits === 0 ? null : { type: "clawBack", key: about.key, credits, reason: about.reason, ref: about.purchase } })];
  });

/** What was taken comes again. Where nothing was taken yet, that is written down too, so that news that comes late takes nothing. */
const undo = (ctx: Ctx, about: About, back: { key: string; kind: "refund_failed" | "dispute_won"; reason: string }): Promise<void> =>
  alone(ctx, about.purchase, (bought, rows) => {
    if (rows.some(({ key }) => key === back.key)) return [];
    const taken = rows.find(({ key }) => key === about.key);
    const credits = taken ? -taken.credits : 0;
    const grant = bought.command?.type === "grant" ? bought.command : null;
    const command: WalletCommand | null = credits === 0 || !grant ? null : {
      type: "grant", key: back.key, bucket: grant.bucket, credits, expiresAt: expiryOfReturn(grant.expiresAt, ctx.now()), reason: back.reason, ref: about.purchase,
    };
    const returned = besides(ctx, bought, { ...about, ...back }, { credits, cents: taken ? -taken.amountCents : 0, command });
    return taken ? [returned] : [besides(ctx, bought, about, { credits: 0, cents: 0, command: null }), returned];
  });

function besides(ctx: Ctx, bought: GrantRow, { key, kind, charge }: { key: string; kind: GrantRow["kind"]; charge: string | null }, moved: { credits: number; cents: number; command: WalletCommand | null }): GrantRow {
  const { studio, purchase, currency, invoice, session, paymentIntent } = bought;
  return {
    key, studio, kind, purchase, currency, invoice, session, paymentIntent, charge, credits: moved.credits, amountCents: moved.cents, command: moved.command,
    state: moved.command ? "pending" : "done", at: ctx.now(), doneAt: moved.command ? null : ctx.now(),
  };
}
