import { eq } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { batch, isDuplicate } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { stripeReceived } from "../contract.ts";
import { isMissing, standingOfStripe, verifiedNews } from "../stripe.ts";
import { stripeEvents } from "../tables.ts";
import { familyOf } from "./families/index.ts";

const BODY_CHARS_MAX = 1_000_000;

/** Keeps an event that Stripe signed, once. Everything else happens after the answer, so that Stripe is never kept waiting. */
export async function receiveStripeEvent(ctx: Ctx, request: Request): Promise<void> {
  const rawBody = await request.text();
  const news = rawBody.length > BODY_CHARS_MAX ? null : await verifiedNews(ctx, { rawBody, signature: request.headers.get("stripe-signature") ?? "" });
  if (!news) {
    logLine({ evt: "webhook.refused", source: "stripe", requestId: ctx.requestId });
    throw new AppError("webhook.refused", "The webhook's signature or time is not right.");
  }
  const { id, type, object, apiVersion } = news;
  const note = news.isTest !== standingOfStripe(ctx).isTest ? "it is of the other mode, test or live" : familyOf(type) ? null : "nothing here hears events of this type";
  const row = { id, type, object, apiVersion, receivedAt: ctx.now(), handledAt: note === null ? null : ctx.now(), note };
  const insert = ctx.db.insert(stripeEvents).values(row);
  try {
    if (note !== null) await batch(ctx.db, [insert]);
    else await commit({ ...ctx, actor: { kind: "webhook", source: "stripe" } }, stripeReceived(null, id, { event: id, type, object }), [insert]);
  } catch (error) {
    if (!isDuplicate(error, "stripe_events")) throw error;
  }
}

/** Takes in what an event is about, as Stripe has it now. May come twice, late and in any order; throws where Stripe or a wallet does not answer. */
export async function handleStripeEvent(ctx: Ctx, id: string): Promise<void> {
  const row = await ctx.db.select().from(stripeEvents).where(eq(stripeEvents.id, id)).get();
  if (!row || row.handledAt !== null) return;
  const note = await takeIn(ctx, row);
  await ctx.db.update(stripeEvents).set({ handledAt: ctx.now(), note }).where(eq(stripeEvents.id, id));
}

async function takeIn(ctx: Ctx, { type, object }: { type: string; object: string }): Promise<string | null> {
  try {
    return (await familyOf(type)?.handle(ctx, object, type)) ?? null;
  } catch (error) {
    if (isMissing(error)) return "Stripe knows no such thing any more";
    throw error;
  }
}
