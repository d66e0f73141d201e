/** How a pack is bought without anybody there: an invoice, charged to the card on file. Each step may be repeated, and is found again by its key. */
import { inStudio, type Ctx } from "#core/context.ts";
import { batch, onlyIf, type Write } from "#core/db.ts";
import { settings } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { commit, type DomainEvent } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { topUpFailed, topUpPaid } from "../contract.ts";
import { ensureCustomer } from "../customers/service.ts";
import { recordInvoice } from "../grants/service.ts";
import { nameOf, priceOf } from "../prices/service.ts";
import { isDeclined, isRefused, reasonOf, standingOfStripe, stripeOf, type Stripe } from "../stripe.ts";
import type { TopUpChargeRow } from "../tables.ts";
import { paymentMethodOf, turnOff } from "./service.ts";
import * as store from "./store.ts";

/** After this Stripe may have forgotten our keys: what is not paid by then is given up, never tried again. */
const TRYING_MS = 20 * 3_600_000;
/** After a failure nothing is tried for a while: the card may only be short. */
const PAUSE_MS = 3_600_000;

const keyOf = ({ studio, month, number }: TopUpChargeRow, step: string): { idempotencyKey: string } => ({ idempotencyKey: `topup:${studio}:${month}:${number}:${step}` });

/** Goes on with a purchase until it is paid or failed, or Stripe does not know yet. */
export async function goOn(ctx: Ctx, id: string): Promise<void> {
  const charge = await store.findCharge(ctx, id);
  if (charge?.state !== "pending") return;
  const isLate = ctx.now() > charge.at + TRYING_MS;
  if (isLate && charge.invoice === null) return fail(ctx, charge, "No invoice could be made.");
  const invoice = await openInvoice(ctx, charge);
  if (invoice.status === "paid") return succeed(ctx, charge, invoice);
  if (invoice.status === "void" || invoice.status === "uncollectible") return fail(ctx, charge, "The invoice was closed.");
  if (isLate) return giveUp(ctx, charge, { invoice, reason: "The payment did not arrive within a day." });
  try {
    const studioCtx = inStudio(ctx, charge.studio, "owner");
    const method = await paymentMethodOf(studioCtx, await ensureCustomer(studioCtx));
    if (method === null) return await giveUp(ctx, charge, { invoice, reason: "There is no card to pay with." });
    const paid = await stripeOf(ctx).invoices.pay(invoice.id, { off_session: true, payment_method: method }, keyOf(charge, "pay"));
    if (paid.status === "paid") await succeed(ctx, charge, paid);
  } catch (error) {
    if (!isDeclined(error)) throw error;
    await giveUp(ctx, charge, { invoice, reason: reasonOf(error) });
  }
}

/** The purchase's invoice, made and finalised. */
async function openInvoice(ctx: Ctx, charge: TopUpChargeRow): Promise<Stripe.Invoice> {
  const stripe = stripeOf(ctx);
  const { id, studio, pack } = charge;
  const studioCtx = inStudio(ctx, studio, "owner");
  const invoice = charge.invoice === null ? await stripe.invoices.create({
    customer: await ensureCustomer(studioCtx), collection_method: "charge_automatically", auto_advance: false, pending_invoice_items_behavior: "exclude", currency: "usd",
    description: nameOf(pack), metadata: { topUp: id, studio, pack }, ...(settings(ctx.env).STRIPE_TAX === "automatic" ? { automatic_tax: { enabled: true } } : {}),
  }, keyOf(charge, "invoice")) : await stripe.invoices.retrieve(charge.invoice);
  if (charge.invoice === null) await batch(ctx.db, [store.updateCharge(ctx, id, { invoice: invoice.id })]);
  if (invoice.status !== "draft") return invoice;
  if (invoice.lines.data.length === 0) {
    await stripe.invoiceItems.create({ customer: await ensureCustomer(studioCtx), invoice: invoice.id, pricing: { price: await priceOf(ctx, pack) }, quantity: 1 }, keyOf(charge, "item"));
  }
  return stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false }, keyOf(charge, "finalize"));
}

async function succeed(ctx: Ctx, charge: TopUpChargeRow, { id }: Stripe.Invoice): Promise<void> {
  await recordInvoice(ctx, id);
  const { studio, pack, amountCents } = charge;
  await end(ctx, charge, topUpPaid(studio, charge.id, { topUp: charge.id, pack, amountCents }), [
    store.updateCharge(ctx, charge.id, { state: "paid", doneAt: ctx.now() }), store.updateTopUp(ctx, studio, { failures: 0 }),
  ]);
}

/** Closes the invoice, so that nobody is charged for it later, and notes the failure. One that cannot be closed has a payment under way. */
async function giveUp(ctx: Ctx, charge: TopUpChargeRow, { invoice, reason }: { invoice: Stripe.Invoice; reason: string }): Promise<void> {
  try {
    await stripeOf(ctx).invoices.voidInvoice(invoice.id, {}, keyOf(charge, "void"));
  } catch (error) {
    if (isRefused(error)) return logLine({ evt: "top_up.waits", topUp: charge.id, error: String(error) });
    throw error;
  }
  await fail(ctx, charge, reason);
}

async function fail(ctx: Ctx, charge: TopUpChargeRow, reason: string): Promise<void> {
  const { id, studio, pack } = charge;
  await end(ctx, charge, topUpFailed(studio, id, { topUp: id, pack, reason }), [
    store.updateCharge(ctx, id, { state: "failed", doneAt: ctx.now() }), store.updateTopUp(ctx, studio, { failures: store.oneFailureMore, retryAt: ctx.now() + PAUSE_MS }),
  ]);
  const row = await store.findTopUp(ctx, studio);
  if (row) await turnOff(ctx, row);
}

/** Writes an end once, whoever comes to it first. */
async function end(ctx: Ctx, { id }: TopUpChargeRow, event: DomainEvent, writes: Write[]): Promise<void> {
  try {
    await commit(ctx, event, [onlyIf(ctx.db, store.isStillPending(id)), ...writes]);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
}

/** News of an invoice that may be a purchase's. */
export async function goOnWithInvoice(ctx: Ctx, invoice: string): Promise<void> {
  const charge = await store.findByInvoice(ctx, invoice);
  if (charge) await goOn(ctx, charge.id);
}

const WAITED_MS = 60_000;
const SETTLED_MAX = 20;

/** Goes on with what was begun and not finished. */
export async function settleTopUps(ctx: Ctx): Promise<void> {
  if (!standingOfStripe(ctx).available) return;
  for (const { id } of await store.listPending(ctx, { before: ctx.now() - WAITED_MS, limit: SETTLED_MAX })) {
    await goOn(ctx, id).catch((error: unknown) => logLine({ evt: "top_up.not_settled", topUp: id, error: String(error) }));
  }
}
