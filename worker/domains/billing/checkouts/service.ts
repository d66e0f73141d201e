import type { Ctx, StudioCtx } from "#core/context.ts";
import { batch, isDuplicate, type Write } from "#core/db.ts";
import { settings } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { logLine } from "#core/log.ts";
import { findSubscription, isLive, packOf, planNamed } from "#domains/credits/index.ts";
import { checkoutOpened, type Checkout, type CreateCheckout } from "../contract.ts";
import { ensureCustomer } from "../customers/service.ts";
import { recordInvoice, recordSession, settlePending } from "../grants/service.ts";
import { creditsSince, creditsUnder } from "../grants/store.ts";
import { isSold, nameOf, priceOf, type SoldCode } from "../prices/service.ts";
import { asked, fromSeconds, idOf, isMissing, isRefused, standingOfStripe, stripeOf, type Stripe } from "../stripe.ts";
import { syncSubscription } from "../subscriptions/sync.ts";
import type { CheckoutRow } from "../tables.ts";
import * as store from "./store.ts";

const iso = (at: number): string => new Date(at).toISOString();

/** Opens Stripe's page for a plan or a pack. A studio has one page for a plan at a time, so that nobody subscribes twice by two tabs. */
export function createCheckout(ctx: StudioCtx, input: CreateCheckout): Promise<Checkout> {
  return once(ctx, {
    operation: "createCheckout", kind: "checkout", input,
    create: async (id, remember) => {
      const code = input.pack ?? planNamed(input.plan ?? "")?.code ?? "";
      if (!isSold(code)) throw new AppError("request.invalid", "That is not sold. The catalogue is at /api/v1/billing/plans.", { errors: [{ pointer: "/plan", detail: "not sold" }] });
      stripeOf(ctx);
      const open = input.pack === undefined ? await asked(settleOpenPlan(ctx, code)) : null;
      if (open) return toCheckout(ctx, open);
      return toCheckout(ctx, await openPage(ctx, { id, code, returnTo: input.returnTo, remember }));
    },
    read: (id) => getCheckout(ctx, id),
  });
}

/** Before another page for a plan opens: what was paid on the one before is taken in, and an unpaid one is closed. Answers one for the same plan. */
async function settleOpenPlan(ctx: StudioCtx, code: SoldCode): Promise<CheckoutRow | null> {
  const open = await store.findOpenPlan(ctx);
  if (open) {
    const session = await stripeOf(ctx).checkout.sessions.retrieve(open.session);
    if (session.status === "open" && open.code === code) return open;
    if (session.status === "open") await expire(ctx, open.session);
    await takeInSession(ctx, open.session);
  }
  const known = await findSubscription(ctx, ctx.studio);
  // Nobody is refused a plan for one that ended at Stripe without our hearing of it.
  if (known?.subscription && isLive(known.status)) await syncSubscription(ctx, known.subscription, known.customer);
  const standing = await findSubscription(ctx, ctx.studio);
  if (standing && isLive(standing.status)) {
    throw new AppError("billing.subscribed", "This studio has a plan already. Change it by POST /api/v1/billing/plan; what you paid for this period counts.", { plan: standing.plan });
  }
  if (standing?.status === "incomplete") {
    throw new AppError("billing.payment_due", "The first payment of a plan is still under way. Wait until it has come; if it does not within a day, the plan lapses and you can choose again.", { plan: standing.plan, payUrl: standing.payUrl });
  }
  return null;
}

/** Closes a page of Stripe's. One that was paid or has run out in the meantime cannot be closed, and need not be. */
async function expire(ctx: Ctx, session: string): Promise<void> {
  try {
    await stripeOf(ctx).checkout.sessions.expire(session, {}, { idempotencyKey: `expire:${session}` });
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}

async function openPage(ctx: StudioCtx, { id, code, returnTo, remember }: { id: string; code: SoldCode; returnTo: string; remember: Write[] }): Promise<CheckoutRow> {
  const session = await asked(makeSession(ctx, { id, code, returnTo }));
  const row: CheckoutRow = {
    id, studio: ctx.studio, kind: session.mode === "subscription" ? "plan" : "pack", code, session: session.id, url: session.url ?? "", state: "open",
    createdAt: ctx.now(), expiresAt: fromSeconds(session.expires_at), checkedAt: ctx.now(),
  };
  try {
    await commit(ctx, checkoutOpened(ctx.studio, id, { checkout: id, code }), [...remember, store.insertCheckout(ctx, row)]);
    return row;
  } catch (error) {
    if (isDuplicate(error, "idempotency_keys") || !isDuplicate(error, "checkouts")) throw error;
    // Another tab was first. Nobody was given this page's address, so it is closed again.
    const winner = await store.findOpenPlan(ctx);
    if (winner?.session !== session.id) await asked(expire(ctx, session.id));
    if (winner?.code === code) return winner;
    throw new AppError("resource.changed", "Another checkout was opened at the same moment. Go on there, or try again.");
  }
}

async function makeSession(ctx: StudioCtx, { id, code, returnTo }: { id: string; code: SoldCode; returnTo: string }): Promise<Stripe.Checkout.Session> {
  const { APP_ORIGIN, STRIPE_TAX } = settings(ctx.env);
  const back = new URL(returnTo, APP_ORIGIN);
  back.searchParams.set("checkout", id);
  const metadata = { studio: ctx.studio, checkout: id, code };
  const customer = await ensureCustomer(ctx);
  const price = await priceOf(ctx, code);
  const isPlan = planNamed(code) !== undefined;
  const mode: Stripe.Checkout.SessionCreateParams = isPlan
    ? { mode: "subscription", subscription_data: { metadata } }
    : { mode: "payment", payment_intent_data: { metadata, setup_future_usage: "off_session" }, invoice_creation: { enabled: true, invoice_data: { metadata, description: nameOf(code) } } };
  const tax: Partial<Stripe.Checkout.SessionCreateParams> = STRIPE_TAX === "automatic"
    ? { automatic_tax: { enabled: true }, customer_update: { address: "auto", name: "auto" }, tax_id_collection: { enabled: true } } : {};
  return stripeOf(ctx).checkout.sessions.create({
    ...mode, ...tax, customer, client_reference_id: ctx.studio, metadata, line_items: [{ price, quantity: 1 }], success_url: back.href, cancel_url: new URL(returnTo, APP_ORIGIN).href,
  }, { idempotencyKey: `checkout:${id}` });
}

/**
 * Takes in what happened on one of Stripe's pages: a pack that is paid is granted, a subscription is linked and its first invoice granted.
 * Harmless at any time, and as often as anyone likes. Answers why nothing was done, or null.
 */
export async function takeInSession(ctx: Ctx, id: string): Promise<string | null> {
  const session = await stripeOf(ctx).checkout.sessions.retrieve(id);
  const subscription = idOf(session.subscription);
  let note: string | null = session.status === "complete" ? null : `the page is ${session.status ?? "unknown"}`;
  if (session.mode === "payment" && session.status === "complete") note = await recordSession(ctx, session);
  if (session.mode === "subscription" && subscription !== null) {
    note = await syncSubscription(ctx, subscription);
    const invoice = idOf(session.invoice);
    if (invoice !== null) await recordInvoice(ctx, invoice);
  }
  await batch(ctx.db, [store.noteState(ctx, id, stateOf(session))]);
  return note;
}

function stateOf({ status, mode, payment_status: paid }: Stripe.Checkout.Session): CheckoutRow["state"] {
  if (status !== "complete") return status === "expired" ? "expired" : "open";
  return mode === "payment" && paid === "unpaid" ? "waiting" : "complete";
}

/** The money of a page that was done did not come after all. */
export async function giveUpSession(ctx: Ctx, id: string): Promise<string | null> {
  const note = await takeInSession(ctx, id);
  if (note !== null) await batch(ctx.db, [store.noteState(ctx, id, "expired")]);
  return note;
}

/** How a checkout stands. Whoever comes back from Stripe's page sees their credits at once, whether or not its news is here yet. */
export async function getCheckout(ctx: StudioCtx, id: string): Promise<Checkout> {
  const row = await store.getCheckout(ctx, id);
  const shown = await toCheckout(ctx, row);
  if (shown.credits !== null || row.state === "expired" || !standingOfStripe(ctx).available) return shown;
  try {
    await takeInSession(ctx, row.session);
    await settlePending(ctx, { studio: ctx.studio });
  } catch (error) {
    logLine({ evt: "checkout.not_checked", checkout: id, error: String(error) });
  }
  return toCheckout(ctx, await store.getCheckout(ctx, id));
}

async function toCheckout(ctx: StudioCtx, row: CheckoutRow): Promise<Checkout> {
  const { id, url, state, kind, code, createdAt, expiresAt } = row;
  const plan = kind === "plan" ? (planNamed(code)?.code ?? null) : null;
  const pack = kind === "pack" ? packOf(code as Parameters<typeof packOf>[0]).code : null;
  const credits = kind === "pack" ? await creditsUnder(ctx, `checkout:${row.session}`) : await creditsSince(ctx, { kind: "period", since: createdAt });
  return { object: "checkout", id, url, status: state, plan, pack, credits, createdAt: iso(createdAt), expiresAt: iso(expiresAt) };
}

const CHECK_AFTER_MS = 15 * 60_000;
const CHECKED_MAX = 20;

/** Looks after pages of which nothing was heard: news that Stripe gave up on must not lose what somebody paid. */
export async function checkOpenCheckouts(ctx: Ctx): Promise<void> {
  if (!standingOfStripe(ctx).available) return;
  for (const { session } of await store.listUnchecked(ctx, { before: ctx.now() - CHECK_AFTER_MS, limit: CHECKED_MAX })) {
    try {
      await takeInSession(ctx, session);
    } catch (error) {
      if (isMissing(error)) await batch(ctx.db, [store.noteState(ctx, session, "expired")]);
      else logLine({ evt: "checkout.not_checked", session, error: String(error) });
    }
  }
}
