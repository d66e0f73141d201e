import { and, eq } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { packOf, packs, planOf, plans, type PackCode, type PlanCode } from "#domains/credits/index.ts";
import { idOf, stripeOf, type Stripe, type StripeApi } from "../stripe.ts";
import { stripePrices } from "../tables.ts";

export type SoldCode = PlanCode | PackCode;

const isPack = (code: SoldCode): code is PackCode => packs.some((pack) => pack.code === code);
export const isSold = (code: string): code is SoldCode => plans.some((plan) => plan.code === code && plan.amountCents > 0) || packs.some((pack) => pack.code === code);
const centsOf = (code: SoldCode): number => (isPack(code) ? packOf(code) : planOf(code)).amountCents;
const lookupKey = (code: SoldCode): string => `dailies_${code}`;

const remember = (ctx: Ctx, price: string, code: SoldCode, cents: number) =>
  ctx.db.insert(stripePrices).values({ price, code, cents, madeAt: ctx.now() }).onConflictDoNothing();

/** The price at Stripe of something in the catalogue, made there when it is first needed. A changed price is a new one; the product stays. */
export async function priceOf(ctx: Ctx, code: SoldCode): Promise<string> {
  const cents = centsOf(code);
  const known = await ctx.db.select().from(stripePrices).where(and(eq(stripePrices.code, code), eq(stripePrices.cents, cents))).get();
  if (known) return known.price;
  const stripe = stripeOf(ctx);
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKey(code)], active: true, limit: 1 });
  const found = data[0];
  const price = found?.unit_amount === cents ? found : await makePrice(stripe, code, found);
  await remember(ctx, price.id, code, cents);
  return price.id;
}

function makePrice(stripe: StripeApi, code: SoldCode, before: Stripe.Price | undefined): Promise<Stripe.Price> {
  const cents = centsOf(code);
  const product = idOf(before?.product);
  const of = product === null ? { product_data: { name: nameOf(code), metadata: { code } } } : { product };
  return stripe.prices.create({
    currency: "usd", unit_amount: cents, lookup_key: lookupKey(code), transfer_lookup_key: true, metadata: { code }, ...of, ...(isPack(code) ? {} : { recurring: { interval: "month" } }),
  }, { idempotencyKey: `price:${code}:${cents}` });
}

export const nameOf = (code: SoldCode): string => (isPack(code) ? `${packOf(code).credits.toLocaleString("en-US")} Dailies credits` : `Dailies ${planOf(code).name}`);

/** Whether something was ever sold for so much: a page may be paid that was opened before its price changed. */
export const wasPriceOf = async (ctx: Ctx, code: SoldCode, cents: number): Promise<boolean> =>
  centsOf(code) === cents || (await ctx.db.select({ price: stripePrices.price }).from(stripePrices).where(and(eq(stripePrices.code, code), eq(stripePrices.cents, cents))).get()) !== undefined;

/** What is sold by a price, old ones too; null for prices that are not ours. */
export async function codeOfPrice(ctx: Ctx, price: string): Promise<SoldCode | null> {
  const known = await ctx.db.select().from(stripePrices).where(eq(stripePrices.price, price)).get();
  if (known) return known.code;
  const { metadata, unit_amount: cents } = await stripeOf(ctx).prices.retrieve(price);
  const code = metadata["code"] ?? "";
  if (!isSold(code)) return null;
  if (cents !== null) await remember(ctx, price, code, cents);
  return code;
}

/** The plan that a price is of; null for anything else. */
export async function planOfPrice(ctx: Ctx, price: string): Promise<PlanCode | null> {
  const code = await codeOfPrice(ctx, price);
  return code === null || isPack(code) ? null : code;
}
