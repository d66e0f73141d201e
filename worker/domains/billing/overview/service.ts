import type { PlanRules } from "#core/access.ts";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { settings } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { logLine } from "#core/log.ts";
import { decodeCursor, encodeCursor, type PageQuery } from "#core/page.ts";
import { findSubscription, isLive, nextMonthStart, packs, planInForce, planOf, plans, quotas, UNLIMITED, type Plan, type SubscriptionRow } from "#domains/credits/index.ts";
import type { z } from "zod";
import type { Billing, billingActions, Catalogue, Invoice, Portal, QuotaUse, SubscriptionView } from "../contract.ts";
import { customerOf, ensureCustomer } from "../customers/service.ts";
import { creditsOfInvoices } from "../grants/store.ts";
import { asked, fromSeconds, isRefused, standingOfStripe, stripeOf, type Stripe, type StripeApi } from "../stripe.ts";
import { nextInvoiceOf } from "../subscriptions/service.ts";
import { getTopUp } from "../top-ups/service.ts";

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** Everything that is sold here. */
export const getCatalogue = (ctx: Ctx): Catalogue => ({ object: "catalogue", plans: [...plans], packs: [...packs], unlimited: UNLIMITED, ...standingOfStripe(ctx) });

/** The studio's plan and what is used of it. What only Stripe knows is left out, and that is said, where Stripe does not answer. */
export async function getBilling(ctx: StudioCtx, used: PlanRules["used"]): Promise<Billing> {
  const row = await findSubscription(ctx, ctx.studio);
  const plan = planOf(planInForce(row, ctx.now()));
  const [topUp, use, next] = await Promise.all([getTopUp(ctx), quotaUse(ctx, plan, used), nextInvoice(ctx, row)]);
  const standing = standingOfStripe(ctx);
  return {
    object: "billing", studio: ctx.studio, ...standing, plan: plan.code, subscription: row && row.status !== "free" ? toView(row, ctx.now()) : null, entitlements: plan.entitlements, quotas: use,
    nextInvoice: next.invoice, complete: next.isKnown, topUp, actions: standing.available ? actionsOf(row) : [],
  };
}

async function nextInvoice(ctx: StudioCtx, row: SubscriptionRow | undefined): Promise<{ invoice: Billing["nextInvoice"]; isKnown: boolean }> {
  if (!row?.subscription || !standingOfStripe(ctx).available) return { invoice: null, isKnown: true };
  try {
    return { invoice: await nextInvoiceOf(row, stripeOf(ctx)), isKnown: true };
  } catch (error) {
    logLine({ evt: "billing.next_invoice_unknown", studio: ctx.studio, error: String(error) });
    return { invoice: null, isKnown: false };
  }
}

const quotaUse = (ctx: StudioCtx, plan: Plan, used: PlanRules["used"]): Promise<z.infer<typeof QuotaUse>[]> =>
  Promise.all(quotas.map(async (quota) => {
    const limit = plan.quotas[quota];
    return { quota, limit, unlimited: limit >= UNLIMITED, used: (await used[quota]?.(ctx)) ?? null, resetsAt: quota === "avatars" ? null : iso(nextMonthStart(ctx.now())) };
  }));

function toView({ plan, status, periodStart, periodEnd, cancelAt, pendingPlan, pendingAt, graceUntil, payUrl }: SubscriptionRow, now: number): z.infer<typeof SubscriptionView> {
  return {
    plan, status, periodStartAt: isoOrNull(periodStart), periodEndAt: isoOrNull(periodEnd), cancelAt: isoOrNull(cancelAt), pendingPlan, pendingAt: isoOrNull(pendingAt),
    graceUntil: isoOrNull(graceUntil), problem: problemOf({ status, graceUntil, payUrl }, now),
  };
}

function problemOf({ status, graceUntil, payUrl }: Pick<SubscriptionRow, "status" | "graceUntil" | "payUrl">, now: number): z.infer<typeof SubscriptionView>["problem"] {
  if (status === "past_due" || status === "unpaid") {
    const until = graceUntil !== null && now < graceUntil ? `What the plan opens stays open until ${iso(graceUntil).slice(0, 10)}.` : "Until it is paid the free plan is in force.";
    return { code: "payment_failed", detail: `The payment of this period failed. ${until} Pay the open invoice, or change the card.`, payUrl };
  }
  return payUrl === null ? null : { code: "payment_needed", detail: "The change of plan waits for its payment. Pay the open invoice to begin it.", payUrl };
}

function actionsOf(row: SubscriptionRow | undefined): (typeof billingActions)[number][] {
  const always = ["buy_pack", "open_portal", "set_top_up"] as const;
  if (!row || !isLive(row.status)) return ["subscribe", ...always];
  const isDue = row.status === "past_due" || row.status === "unpaid";
  const change = isDue || row.cancelAt !== null ? [] : (["change_plan"] as const);
  const ending = row.cancelAt === null ? (["cancel"] as const) : [];
  const resume = row.cancelAt !== null || row.pendingPlan !== null ? (["resume"] as const) : [];
  return [...change, ...ending, ...resume, ...always];
}

/** Stripe's own page for cards, addresses and invoices. */
export async function openPortal(ctx: StudioCtx, returnTo: string): Promise<z.infer<typeof Portal>> {
  const stripe = stripeOf(ctx);
  const customer = await asked(ensureCustomer(ctx));
  const session = await asked(stripe.billingPortal.sessions.create(
    { customer, return_url: new URL(returnTo, settings(ctx.env).APP_ORIGIN).href }, { idempotencyKey: `portal:${ctx.newId("request")}` },
  ));
  return { object: "portal", url: session.url };
}

/** The studio's invoices as Stripe has them, newest first, each with the credits that it brought. */
export async function listInvoices(ctx: StudioCtx, { limit, cursor }: PageQuery): Promise<{ data: Invoice[]; nextCursor: string | null }> {
  const stripe = stripeOf(ctx);
  const customer = await customerOf(ctx);
  if (customer === null) return { data: [], nextCursor: null };
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const page = await asked(invoicesAfter(stripe, { customer, limit, after }));
  const credits = await creditsOfInvoices(ctx, page.data.map(({ id }) => id));
  const last = page.data.at(-1);
  return { data: page.data.map((invoice) => toInvoice(invoice, credits.get(invoice.id) ?? null)), nextCursor: page.has_more && last ? encodeCursor([last.id]) : null };
}

async function invoicesAfter(stripe: StripeApi, { customer, limit, after }: { customer: string; limit: number; after: string | null }): Promise<Stripe.ApiList<Stripe.Invoice>> {
  try {
    return await stripe.invoices.list({ customer, limit, ...(after === null ? {} : { starting_after: after }) });
  } catch (error) {
    if (after !== null && isRefused(error)) throw new AppError("request.invalid", "The cursor is not one of ours. Begin the list again without it.", { errors: [{ pointer: "query/cursor", detail: "unknown cursor" }] });
    throw error;
  }
}

const statuses = ["draft", "open", "paid", "uncollectible", "void"] as const;

function toInvoice(invoice: Stripe.Invoice, credits: number | null): Invoice {
  const { id, number, currency, total, amount_paid: paidCents, created, description, lines, hosted_invoice_url: url, invoice_pdf: pdfUrl } = invoice;
  return {
    object: "invoice", id, number, status: statuses.find((known) => known === invoice.status) ?? "draft", amountCents: total, paidCents, currency,
    description: description ?? lines.data.at(-1)?.description ?? "", credits, url: url ?? null, pdfUrl: pdfUrl ?? null, createdAt: iso(fromSeconds(created)),
  };
}
