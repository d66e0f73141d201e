import type { StudioCtx } from "#core/context.ts";
import { batch } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { once } from "#core/idempotency.ts";
import { findSubscription, isLive, planNamed, planOf, type Plan, type SubscriptionRow } from "#domains/credits/index.ts";
import type { ChangePlan, PlanPreview } from "../contract.ts";
import { boughtBy } from "../grants/rules.ts";
import { recordInvoice, settlePending } from "../grants/service.ts";
import { priceOf } from "../prices/service.ts";
import { asked, fromSeconds, idOf, stripeOf, toSeconds, type Stripe, type StripeApi } from "../stripe.ts";
import { syncSubscription } from "./sync.ts";

const iso = (at: number): string => new Date(at).toISOString();
/** So long the figures of a preview may be held against us. */
const PREVIEW_MS = 15 * 60_000;

/** A subscription that can be changed. */
type Live = SubscriptionRow & { subscription: string; item: string; customer: string; periodStart: number; periodEnd: number };

/** The studio's subscription as Stripe has it now, or what to do instead. */
async function requireLive(ctx: StudioCtx): Promise<Live> {
  stripeOf(ctx);
  const before = await findSubscription(ctx, ctx.studio);
  if (before?.subscription) await syncSubscription(ctx, before.subscription, before.customer);
  const row = await findSubscription(ctx, ctx.studio);
  const { subscription, item, customer, periodStart, periodEnd } = row ?? {};
  if (!row || !isLive(row.status) || !subscription || !item || !customer || !periodStart || !periodEnd) {
    throw new AppError("billing.not_subscribed", "This studio is on the free plan. Choose one by POST /api/v1/billing/checkout.");
  }
  return { ...row, subscription, item, customer, periodStart, periodEnd };
}

interface Change {
  row: Live;
  from: Plan;
  to: Plan;
  isLarger: boolean;
}

/** What a change would be, or why it cannot be. */
async function requireChange(ctx: StudioCtx, name: string): Promise<Change> {
  const row = await requireLive(ctx);
  const to = planNamed(name);
  if (!to) throw new AppError("request.invalid", "There is no such plan.", { errors: [{ pointer: "/plan", detail: "unknown" }] });
  const from = planOf(row.plan);
  if (row.status === "past_due" || row.status === "unpaid") throw new AppError("billing.payment_due", "The last payment of this plan failed. Pay it first; then the plan can be changed.", { payUrl: row.payUrl });
  if (row.cancelAt !== null) throw new AppError("billing.plan_ends", `${from.name} ends on ${iso(row.cancelAt).slice(0, 10)}. Resume it by POST /api/v1/billing/resume, then change it.`, { cancelAt: iso(row.cancelAt) });
  if (to.code === from.code) {
    const pending = row.pendingPlan === null ? "" : ` It becomes ${planOf(row.pendingPlan).name} at the end of the period; to keep it, POST /api/v1/billing/resume.`;
    throw new AppError("billing.same_plan", `This studio is on ${from.name} already.${pending}`);
  }
  if (row.pendingPlan === to.code) throw new AppError("billing.same_plan", `The plan becomes ${to.name} at the end of the period already.`);
  return { row, from, to, isLarger: to.amountCents > from.amountCents };
}

/** What a change of plan would cost and bring. Its `prorationAt`, sent with the change, makes these very figures hold. */
export async function previewPlan(ctx: StudioCtx, name: string): Promise<PlanPreview> {
  return asked(preview(ctx, name));
}

async function preview(ctx: StudioCtx, name: string): Promise<PlanPreview> {
  const { row, from, to, isLarger } = await requireChange(ctx, name);
  const whole = { object: "plan_preview" as const, from: from.code, to: to.code, currency: to.currency };
  if (!isLarger) return { ...whole, when: "period_end", at: iso(row.periodEnd), amountDueCents: 0, credits: 0, prorationAt: null };
  const at = toSeconds(ctx.now());
  const price = await priceOf(ctx, to.code);
  const invoice = await stripeOf(ctx).invoices.createPreview({
    customer: row.customer, subscription: row.subscription, subscription_details: { items: [{ id: row.item, price }], proration_behavior: "always_invoice", proration_date: at },
  });
  return { ...whole, when: "now", at: iso(fromSeconds(at)), amountDueCents: invoice.amount_due, credits: creditsOfChange({ row, from, to, isLarger }, fromSeconds(at)), prorationAt: iso(fromSeconds(at)) };
}

/** The credits that a larger plan brings for what is left of the period: the rule that its paid invoice is granted by. */
function creditsOfChange({ row, from, to }: Change, at: number): number {
  const part = { isProration: true, start: at, end: row.periodEnd };
  return boughtBy([{ ...part, credits: from.credits, amountCents: -from.amountCents }, { ...part, credits: to.credits, amountCents: to.amountCents }], row.periodStart)?.credits ?? 0;
}

/** A larger plan begins now, and what is left of the period is charged and credited in proportion; a smaller one begins with the next period. */
export function changePlan(ctx: StudioCtx, input: ChangePlan): Promise<void> {
  return once(ctx, {
    operation: "changePlan", kind: "planChange", input,
    create: async (request, remember) => {
      const change = await asked(requireChange(ctx, input.plan));
      const { subscription, customer } = change.row;
      await asked(change.isLarger ? upgrade(ctx, change, { request, at: prorationOf(ctx, change.row, input.prorationAt) }) : downgrade(ctx, change, request));
      await asked(syncSubscription(ctx, subscription, customer));
      await batch(ctx.db, remember);
    },
    read: () => Promise.resolve(),
  });
}

function prorationOf(ctx: StudioCtx, { periodStart }: Live, given: string | undefined): number {
  const now = ctx.now();
  const at = given === undefined ? now : Date.parse(given);
  if (at > now || at < now - PREVIEW_MS || at < periodStart) throw new AppError("request.invalid", "That preview is too old. Ask for a new one.", { errors: [{ pointer: "/prorationAt", detail: "older than 15 minutes" }] });
  return toSeconds(at);
}

async function upgrade(ctx: StudioCtx, { row, to }: Change, { request, at }: { request: string; at: number }): Promise<void> {
  const stripe = stripeOf(ctx);
  const price = await priceOf(ctx, to.code);
  await releaseSchedule(ctx, row);
  // Until its invoice is paid the plan stays as it is: no plan is given away, and none is taken.
  const changed = await stripe.subscriptions.update(row.subscription, {
    items: [{ id: row.item, price }], proration_behavior: "always_invoice", proration_date: at, payment_behavior: "pending_if_incomplete",
  }, { idempotencyKey: `upgrade:${request}` });
  const invoice = idOf(changed.latest_invoice);
  if (invoice !== null) await recordInvoice(ctx, invoice);
  await settlePending(ctx, { studio: ctx.studio });
}

async function downgrade(ctx: StudioCtx, { row, to, from }: Change, request: string): Promise<void> {
  const stripe = stripeOf(ctx);
  const prices = { now: await priceOf(ctx, from.code), then: await priceOf(ctx, to.code) };
  const schedule = row.schedule === null
    ? await stripe.subscriptionSchedules.create({ from_subscription: row.subscription }, { idempotencyKey: `schedule:${row.subscription}:${row.revision}` })
    : await stripe.subscriptionSchedules.retrieve(row.schedule);
  const current = schedule.phases.find(({ start_date: start }) => start === schedule.current_phase?.start_date) ?? schedule.phases[0];
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: "release", proration_behavior: "none",
    phases: [
      { items: [{ price: idOf(current?.items[0]?.price) ?? prices.now, quantity: 1 }], start_date: current?.start_date ?? toSeconds(row.periodStart), end_date: toSeconds(row.periodEnd), proration_behavior: "none" },
      { items: [{ price: prices.then, quantity: 1 }], duration: { interval: "month", interval_count: 1 }, proration_behavior: "none" },
    ],
  }, { idempotencyKey: `downgrade:${request}` });
}

/** Takes back a smaller plan that was to come. */
async function releaseSchedule(ctx: StudioCtx, { schedule }: Live): Promise<void> {
  if (schedule !== null) await stripeOf(ctx).subscriptionSchedules.release(schedule, {}, { idempotencyKey: `release:${schedule}` });
}

/** Ends the plan with the period that is paid. Until then everything stays. */
export async function cancelPlan(ctx: StudioCtx): Promise<void> {
  const row = await asked(requireLive(ctx));
  if (row.cancelAt !== null) return;
  await asked(releaseSchedule(ctx, row));
  await setCancelling(ctx, row, true);
}

/** Keeps the plan that was to end, or to become smaller. */
export async function resumePlan(ctx: StudioCtx): Promise<void> {
  const row = await asked(requireLive(ctx));
  await asked(releaseSchedule(ctx, row));
  await setCancelling(ctx, row, false);
}

async function setCancelling(ctx: StudioCtx, { subscription, customer, revision }: Live, isEnding: boolean): Promise<void> {
  const stripe = stripeOf(ctx);
  const { cancel_at: cancelAt, cancel_at_period_end: isAtEnd } = await asked(stripe.subscriptions.retrieve(subscription));
  // Stripe's own page ends a subscription by a date alone, which only an empty date takes back.
  const wish: Stripe.SubscriptionUpdateParams = !isEnding && cancelAt !== null && !isAtEnd ? { cancel_at: "" } : { cancel_at_period_end: isEnding };
  await asked(stripe.subscriptions.update(subscription, wish, { idempotencyKey: `${isEnding ? "cancel" : "resume"}:${subscription}:${revision}` }));
  await asked(syncSubscription(ctx, subscription, customer));
}

/** What Stripe will charge next for the plan, or null where nothing comes. */
export async function nextInvoiceOf({ subscription, customer, cancelAt, status }: SubscriptionRow, stripe: StripeApi): Promise<{ amountCents: number; currency: string; at: string } | null> {
  if (!subscription || !customer || cancelAt !== null || (status !== "active" && status !== "trialing")) return null;
  const { amount_due: amountCents, currency, next_payment_attempt: attempt, period_end: end } = await stripe.invoices.createPreview({ customer, subscription });
  return { amountCents, currency, at: iso(fromSeconds(attempt ?? end)) };
}
