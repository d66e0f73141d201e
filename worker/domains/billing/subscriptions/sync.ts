import type { Ctx } from "#core/context.ts";
import { batch } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { findByCustomer, FREE_PLAN, listOverdue, subscriptionStatuses, touchSubscription, updateSubscription, type PlanCode, type SubscriptionFacts, type SubscriptionRow, type SubscriptionStatus } from "#domains/credits/index.ts";
import { planChanged, planPaymentFailed, planUpdated } from "../contract.ts";
import { noteFinding } from "../findings.ts";
import { recordInvoice } from "../grants/service.ts";
import { planOfPrice } from "../prices/service.ts";
import { fromSeconds, idOf, standingOfStripe, stripeOf, type Stripe } from "../stripe.ts";
import { factsOf, newsIn, placeOf, type Seen } from "./rules.ts";

const TRIES_MAX = 12;

/**
 * Reads a subscription from Stripe and writes down what it means. The row is read first and written only if it did not change meanwhile, so that
 * of two at once the one that read Stripe later has the last word. Answers why nothing was done, or null.
 */
export async function syncSubscription(ctx: Ctx, id: string, knownCustomer: string | null = null): Promise<string | null> {
  let customer = knownCustomer;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const row: SubscriptionRow | undefined = customer === null ? undefined : await findByCustomer(ctx, customer);
    const subscription: Stripe.Subscription = await stripeOf(ctx).subscriptions.retrieve(id, { expand: ["schedule", "latest_invoice"] });
    if (customer === null) {
      customer = idOf(subscription.customer);
      continue;
    }
    if (!row) return "its customer is nobody here";
    const seen = await look(ctx, row, subscription);
    const place = placeOf(row, seen);
    if (place !== "own") return keepOwn(ctx, row, seen, place);
    if (await write(ctx, row, factsOf(seen))) return null;
  }
  throw new Error(`too much happens to ${id} at once`);
}

/** A studio has one subscription. A second one that lives is for somebody to look at: it was paid, and nobody may be charged twice. */
async function keepOwn(ctx: Ctx, { studio, subscription }: SubscriptionRow, { id, status }: Seen, place: "second" | "past"): Promise<string> {
  if (place === "second") await noteFinding(ctx, { id: `second:${id}`, studio, subject: id, detail: `The studio has ${subscription} and, besides, ${id}. End one of them and return its payment.`, data: { subscription, second: id, status } });
  return "the studio has another subscription";
}

/** Writes what is new; false where the row changed since it was read. */
async function write(ctx: Ctx, row: SubscriptionRow, facts: SubscriptionFacts): Promise<boolean> {
  const { studio } = row;
  const news = newsIn(row, facts, ctx.now());
  if (news === null) {
    await batch(ctx.db, [touchSubscription(ctx, studio)]);
    return true;
  }
  const event = news.kind === "payment_failed" ? planPaymentFailed(studio, studio, { plan: facts.plan, graceUntil: facts.graceUntil })
    : news.kind === "changed" ? planChanged(studio, studio, { from: news.from, to: news.to, status: facts.status })
      : planUpdated(studio, studio, { plan: facts.plan, status: facts.status });
  try {
    await commit(ctx, event, updateSubscription(ctx, row, facts));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "resource.changed") return false;
    throw error;
  }
}

const statusOf = (status: string): SubscriptionStatus => subscriptionStatuses.find((known) => known === status) ?? "paused";

async function look(ctx: Ctx, row: SubscriptionRow, subscription: Stripe.Subscription): Promise<Seen> {
  const { id, cancel_at: cancelAt, cancel_at_period_end: atEnd, ended_at: endedAt, schedule } = subscription;
  const item = subscription.items.data[0];
  const status = statusOf(subscription.status);
  const periodEnd = item ? fromSeconds(item.current_period_end) : null;
  const plan = item ? await planOfPrice(ctx, item.price.id) : null;
  if (plan === null) await noteFinding(ctx, { id: `price:${id}`, studio: row.studio, subject: id, detail: `${id} is of a price that is no plan of ours. It is treated as the free plan.`, data: { price: item?.price.id ?? null } });
  return {
    id, plan: plan ?? FREE_PLAN, status, item: item?.id ?? null, schedule: idOf(schedule), periodStart: item ? fromSeconds(item.current_period_start) : null, periodEnd,
    cancelAt: cancelAt !== null ? fromSeconds(cancelAt) : atEnd ? periodEnd : null, endedAt: endedAt === null ? null : fromSeconds(endedAt),
    next: typeof schedule === "object" && schedule ? await nextIn(ctx, schedule, plan) : null,
    unpaid: status === "past_due" || status === "unpaid" ? await oldestUnpaid(ctx, id) : null,
    confirmUrl: subscription.pending_update && typeof subscription.latest_invoice === "object" ? (subscription.latest_invoice?.hosted_invoice_url ?? null) : null,
  };
}

/** The plan that comes after the schedule's phase of now, if it is another. */
async function nextIn(ctx: Ctx, { status, phases, current_phase: now }: Stripe.SubscriptionSchedule, current: PlanCode | null): Promise<Seen["next"]> {
  const phase = status === "active" && now ? phases.find(({ start_date: start }) => start >= now.end_date) : undefined;
  const price = idOf(phase?.items[0]?.price);
  const plan = price === null ? null : await planOfPrice(ctx, price);
  return phase && plan && plan !== current ? { plan, at: fromSeconds(phase.start_date) } : null;
}

/** The invoice whose payment failed first. Grace counts from it, however many came after. */
async function oldestUnpaid(ctx: Ctx, subscription: string): Promise<Seen["unpaid"]> {
  const open = await stripeOf(ctx).invoices.list({ subscription, status: "open", limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const [oldest] = open.map((invoice) => ({ since: fromSeconds(invoice.status_transitions.finalized_at ?? invoice.created), url: invoice.hosted_invoice_url ?? null })).toSorted((a, b) => a.since - b.since);
  return oldest ?? null;
}

/** Reads the subscription that an invoice is of, if any. */
export async function syncSubscriptionOf(ctx: Ctx, invoice: string): Promise<void> {
  const { parent, customer } = await stripeOf(ctx).invoices.retrieve(invoice);
  const subscription = idOf(parent?.subscription_details?.subscription);
  if (subscription !== null) await syncSubscription(ctx, subscription, idOf(customer));
}

/** Takes in every paid invoice of a subscription that is not here yet, the newest first. */
async function recordInvoicesOf(ctx: Ctx, subscription: string): Promise<void> {
  const { data } = await stripeOf(ctx).invoices.list({ subscription, status: "paid", limit: 12 });
  for (const { id } of data) await recordInvoice(ctx, id);
}

const LATE_MS = 15 * 60_000;
const AGAIN_MS = 3_600_000;
const SYNCED_MAX = 20;

/** Asks Stripe about subscriptions whose period is over and of which nothing was heard since: their news may be lost for good. */
export async function syncOverdue(ctx: Ctx): Promise<void> {
  if (!standingOfStripe(ctx).available) return;
  const now = ctx.now();
  for (const { studio, subscription, customer } of await listOverdue(ctx, { endedBefore: now - LATE_MS, syncedBefore: now - AGAIN_MS, limit: SYNCED_MAX })) {
    if (subscription === null) continue;
    try {
      await syncSubscription(ctx, subscription, customer);
      await recordInvoicesOf(ctx, subscription);
    } catch (error) {
      await batch(ctx.db, [touchSubscription(ctx, studio)]);
      logLine({ evt: "subscription.not_synced", studio, subscription, error: String(error) });
    }
  }
}
