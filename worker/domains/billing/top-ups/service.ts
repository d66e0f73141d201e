import type { Ctx, StudioCtx } from "#core/context.ts";
import { isDuplicate, onlyIf } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { findSubscription, packOf, packs, walletOf } from "#domains/credits/index.ts";
import { periodEnd, periodOf } from "#objects/wallet/ceilings.ts";
import { topUpCeilingReached, topUpSet, topUpStarted, topUpTurnedOff, type SetTopUp, type TopUp } from "../contract.ts";
import { ensureCustomer } from "../customers/service.ts";
import { hasPending } from "../grants/store.ts";
import { asked, idOf, standingOfStripe, stripeOf } from "../stripe.ts";
import type { TopUpRow } from "../tables.ts";
import * as store from "./store.ts";

/** After so many failures in a row nothing is bought until the owner turns it on again. */
export const FAILURES_MAX = 2;
const PRESETS = { enabled: false, belowCredits: 100, pack: packs[0]?.code ?? "credits_500", monthlyCeilingCents: 2_000, failures: 0, offReason: null, retryAt: 0 } as const;

/** The calendar month that it is in the studio, and when it is over. */
async function monthOf(ctx: Ctx, studio: string): Promise<{ month: string; endsAt: number }> {
  const [now, { timeZone }] = [ctx.now(), await walletOf(ctx, studio).ceilings()];
  return { month: periodOf("month", now, timeZone), endsAt: periodEnd("month", now, timeZone) ?? now };
}

/** What the studio lets be bought, and how much of it was this month. */
export async function getTopUp(ctx: StudioCtx): Promise<TopUp> {
  const { enabled, belowCredits, pack, monthlyCeilingCents, offReason } = (await store.findTopUp(ctx, ctx.studio)) ?? PRESETS;
  const { month, endsAt } = await monthOf(ctx, ctx.studio);
  const { spentCents, isPending } = await store.useOf(ctx, ctx.studio, month);
  return { object: "top_up", enabled, belowCredits, pack, monthlyCeilingCents, spentCents, pending: isPending, offReason, resetsAt: new Date(endsAt).toISOString() };
}

/** Sets what may be bought. It can only be turned on where there is a card to pay with and a ceiling that lets one pack through. */
export async function setTopUp(ctx: StudioCtx, input: SetTopUp): Promise<TopUp> {
  stripeOf(ctx);
  if (input.enabled) {
    if (input.monthlyCeilingCents < packOf(input.pack).amountCents) {
      throw new AppError("request.invalid", "The ceiling is less than one pack costs, so nothing could ever be bought. Raise it, or choose a smaller pack.", { errors: [{ pointer: "/monthlyCeilingCents", detail: "less than one pack" }] });
    }
    const method = await asked(ensureCustomer(ctx).then((customer) => paymentMethodOf(ctx, customer)));
    if (method === null) throw new AppError("billing.no_payment_method", "There is no card to pay with yet. Add one on Stripe's page: POST /api/v1/billing/portal.");
  }
  const row: TopUpRow = { studio: ctx.studio, ...input, failures: 0, offReason: null, retryAt: 0, updatedAt: ctx.now() };
  await commit(ctx, topUpSet(ctx.studio, ctx.studio, { enabled: input.enabled }), [store.putTopUp(ctx, row)]);
  return getTopUp(ctx);
}

/** The card that a studio pays with: its default, its subscription's, or the one that it used. */
export async function paymentMethodOf(ctx: StudioCtx, customer: string): Promise<string | null> {
  const stripe = stripeOf(ctx);
  const known = await stripe.customers.retrieve(customer);
  const own = known.deleted ? null : idOf(known.invoice_settings.default_payment_method);
  if (own !== null) return own;
  const standing = await findSubscription(ctx, ctx.studio);
  const subscribed = standing?.subscription ? idOf((await stripe.subscriptions.retrieve(standing.subscription)).default_payment_method) : null;
  return subscribed ?? idOf((await stripe.customers.listPaymentMethods(customer, { limit: 1 })).data[0]);
}

/** Begins a purchase where credits ran below what the owner set: one at a time, and never beyond the month's ceiling. The row comes first. */
export async function topUpIfLow(ctx: Ctx, studio: string): Promise<void> {
  const row = await store.findTopUp(ctx, studio);
  if (!row?.enabled || !standingOfStripe(ctx).available) return;
  if (row.failures >= FAILURES_MAX) return turnOff(ctx, row);
  const { month } = await monthOf(ctx, studio);
  const { amountCents } = packOf(row.pack);
  const { spentCents, tries, isPending } = await store.useOf(ctx, studio, month);
  // The balance is read last: whatever was bought before this is in it, or is pending here, or makes the number below a duplicate.
  if (isPending || ctx.now() < row.retryAt || (await hasPending(ctx, studio))) return;
  const { available } = await walletOf(ctx, studio).balance();
  if (available >= row.belowCredits) return;
  if (spentCents + amountCents > row.monthlyCeilingCents) return tellCeiling(ctx, row, month);
  const number = tries + 1;
  const id = await derivedId("topUp", studio, month, String(number));
  try {
    await commit(ctx, topUpStarted(studio, id, { topUp: id, pack: row.pack, amountCents }), [
      store.insertCharge(ctx, { id, studio, month, number, pack: row.pack, amountCents, state: "pending", invoice: null, at: ctx.now(), doneAt: null }),
    ]);
  } catch (error) {
    // Another event saw the same low balance, and was first.
    if (!isDuplicate(error, "top_up_charges")) throw error;
  }
}

async function tellCeiling(ctx: Ctx, { studio, monthlyCeilingCents }: TopUpRow, month: string): Promise<void> {
  try {
    await commit(ctx, topUpCeilingReached(studio, studio, { month, ceilingCents: monthlyCeilingCents }), [store.noteCeiling(ctx, studio, `top_up:${month}:${monthlyCeilingCents}`)]);
  } catch (error) {
    if (!isDuplicate(error, "wallet_warnings")) throw error;
  }
}

/** Nothing more is tried on a card that failed twice. */
export async function turnOff(ctx: Ctx, { studio, failures }: Pick<TopUpRow, "studio" | "failures">): Promise<void> {
  const { db } = ctx;
  try {
    await commit(ctx, topUpTurnedOff(studio, studio, { failures }), [
      onlyIf(db, store.isFailing(studio, FAILURES_MAX)),
      store.updateTopUp(ctx, studio, { enabled: false, offReason: "failures" }),
    ]);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
}
