import type { Ctx, StudioCtx } from "#core/context.ts";
import { batch } from "#core/db.ts";
import { sha256 } from "#core/encoding.ts";
import { findSubscription, insertCustomer } from "#domains/credits/index.ts";
import { studioContact } from "#domains/identity/index.ts";
import { stripeOf } from "../stripe.ts";

/** Who the studio is at Stripe: one customer for ever, made when it is first needed. Two at once make one, and so does a repeat whose answer was lost. */
export async function ensureCustomer(ctx: StudioCtx): Promise<string> {
  const known = await customerOf(ctx);
  if (known !== null) return known;
  const stripe = stripeOf(ctx);
  const { studio } = ctx;
  // Always the same parameters, so that the key always stands for the same request.
  const { id } = await stripe.customers.create({ metadata: { studio } }, { idempotencyKey: `customer:${studio}` });
  const contact = await studioContact(ctx, studio);
  if (contact) await stripe.customers.update(id, contact, { idempotencyKey: `contact:${studio}:${(await sha256(JSON.stringify(contact))).slice(0, 24)}` });
  await batch(ctx.db, [insertCustomer(ctx, studio, id)]);
  return (await customerOf(ctx)) ?? id;
}

/** The studio's customer at Stripe, or null where there is none yet. */
export const customerOf = async (ctx: Ctx & { studio: string }): Promise<string | null> => (await findSubscription(ctx, ctx.studio))?.customer ?? null;
