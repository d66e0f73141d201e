/**
 * What payments do to wallets. A purchase is written down once, under the key of its invoice or session, with the exact command that the
 * wallet is to get; whatever is refunded or disputed later is written beside it. The wallet is sent only what stands here.
 */
import type { Ctx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { walletOf } from "#domains/credits/index.ts";
import { grantRecorded, grantSettled } from "../contract.ts";
import { noteFinding } from "../findings.ts";
import { stripeOf, type Stripe } from "../stripe.ts";
import type { GrantRow } from "../tables.ts";
import { purchaseOfInvoice, purchaseOfSession, type Meaning, type Mismatch } from "./purchases.ts";
import * as store from "./store.ts";

/** Writes a purchase down, once. Nothing is granted for another sum than its price: somebody has to look. Answers why there is none, or null. */
async function record(ctx: Ctx, meaning: Meaning): Promise<string | null> {
  if (meaning.purchase === null) {
    if (meaning.mismatch) await noteMismatch(ctx, meaning.mismatch);
    return meaning.note;
  }
  const { bucket, expiresAt, reason, ...bought } = meaning.purchase;
  const row: GrantRow = {
    ...bought, charge: null, purchase: bought.key, state: "pending", at: ctx.now(), doneAt: null,
    command: { type: "grant", key: bought.key, bucket, credits: bought.credits, expiresAt, reason, ref: bought.key },
  };
  try {
    await commit(ctx, grantRecorded(row.studio, row.key, { key: row.key, kind: row.kind, credits: row.credits }), [store.insertGrant(ctx, row)]);
  } catch (error) {
    if (!isDuplicate(error, "grants")) throw error;
  }
  return null;
}

const noteMismatch = (ctx: Ctx, { id, studio, says, cents }: Mismatch): Promise<void> =>
  noteFinding(ctx, { id: `price:${id}`, studio, subject: id, detail: `Paid were ${cents} cents for ${says}, which is not its price. Nothing was granted.`, data: { pack: says, cents } });

/** Takes in an invoice that may have been paid. */
export async function recordInvoice(ctx: Ctx, id: string): Promise<string | null> {
  if (await store.findGrant(ctx, `invoice:${id}`)) return null;
  return record(ctx, await purchaseOfInvoice(ctx, await stripeOf(ctx).invoices.retrieve(id, { expand: ["payments"] })));
}

/** Takes in a page for a pack that was done. */
export const recordSession = async (ctx: Ctx, session: Stripe.Checkout.Session): Promise<string | null> => record(ctx, await purchaseOfSession(ctx, session));

/** Sends the wallet what it does not have yet of the purchase that a key belongs to, in order. Throws where it cannot take it now. */
export async function sendPurchase(ctx: Ctx, purchase: string): Promise<void> {
  const rows = await store.listOfPurchase(ctx, purchase);
  // What the wallet refused for good cannot be taken back from it either.
  if (rows.some(({ key, state }) => key === purchase && state === "refused")) return;
  for (const row of rows) if (row.state === "pending") await send(ctx, row);
}

/** Sends the purchase that one of its rows belongs to. */
export async function sendGrant(ctx: Ctx, key: string): Promise<void> {
  const row = await store.findGrant(ctx, key);
  if (row) await sendPurchase(ctx, row.purchase);
}

async function send(ctx: Ctx, { key, studio, kind, credits, command }: GrantRow): Promise<void> {
  if (!command) return;
  const wallet = walletOf(ctx, studio);
  const { type, ...input } = command;
  const outcome = type === "grant" ? await wallet.grant(input as Parameters<typeof wallet.grant>[0]) : await wallet.clawBack(input as Parameters<typeof wallet.clawBack>[0]);
  if (!outcome.ok && (outcome.code === "frozen" || outcome.code === "failed")) throw new Error(`the wallet of ${studio} cannot take ${key} now: ${outcome.code}`);
  if (!outcome.ok) await noteFinding(ctx, { id: `refused:${key}`, studio, subject: key, detail: `The wallet refused ${key}: ${outcome.code}. What was paid is not in it.`, data: { command, outcome } });
  try {
    await commit(ctx, grantSettled(studio, key, { key, kind, credits: outcome.ok ? credits : 0 }), store.settle(ctx, key, outcome.ok ? "done" : "refused"));
  } catch (error) {
    // Somebody else sent the same command and was told the same.
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
}

/** Sends what is waiting, of one studio now, or of all what has waited for a while. */
export async function settlePending(ctx: Ctx, which: { studio: string } | { before: number }): Promise<void> {
  for (const purchase of await store.listPending(ctx, { ...which, limit: 100 })) {
    await sendPurchase(ctx, purchase).catch((error: unknown) => logLine({ evt: "grant.not_sent", purchase, error: String(error) }));
  }
}
