import { and, asc, eq, isNotNull, lt, or, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { FREE_PLAN } from "./catalogue.ts";
import { subscriptions, type SubscriptionRow } from "./tables.ts";

/** The studio's subscription, or undefined where it never came near one. */
export const findSubscription = (ctx: Ctx, studio: string): Promise<SubscriptionRow | undefined> =>
  ctx.db.select().from(subscriptions).where(eq(subscriptions.studio, studio)).get();

/** The subscription of whoever Stripe knows as this customer. */
export const findByCustomer = (ctx: Ctx, customer: string): Promise<SubscriptionRow | undefined> =>
  ctx.db.select().from(subscriptions).where(eq(subscriptions.customer, customer)).get();

/** Remembers who a studio is at Stripe. The first one stays. */
export const insertCustomer = (ctx: Ctx, studio: string, customer: string): Write =>
  ctx.db.insert(subscriptions).values({ studio, plan: FREE_PLAN, status: "free", customer, revision: 1, syncedAt: ctx.now(), createdAt: ctx.now() })
    .onConflictDoUpdate({ target: subscriptions.studio, set: { customer: sql`coalesce(${subscriptions.customer}, excluded.customer)` } });

export type SubscriptionFacts = Omit<SubscriptionRow, "studio" | "customer" | "revision" | "syncedAt" | "createdAt">;

/** Writes what Stripe said, unless the row changed since it was read: then the whole batch fails, and whoever asked must read both again. */
export function updateSubscription(ctx: Ctx, { studio, revision }: Pick<SubscriptionRow, "studio" | "revision">, facts: Partial<SubscriptionFacts>): Write[] {
  return [
    onlyIf(ctx.db, sql`exists (select 1 from subscriptions where studio = ${studio} and revision = ${revision})`),
    ctx.db.update(subscriptions).set({ ...facts, revision: revision + 1, syncedAt: ctx.now() }).where(eq(subscriptions.studio, studio)),
  ];
}

/** Notes that Stripe was asked and had nothing new. That is a change too: whoever read Stripe before this must not write over it. */
export const touchSubscription = (ctx: Ctx, studio: string): Write =>
  ctx.db.update(subscriptions).set({ revision: sql`${subscriptions.revision} + 1`, syncedAt: ctx.now() }).where(eq(subscriptions.studio, studio));

/** Subscriptions whose period ended, or whose payment is due, and of which nothing was heard for a while. */
export const listOverdue = (ctx: Ctx, { endedBefore, syncedBefore, limit }: { endedBefore: number; syncedBefore: number; limit: number }): Promise<SubscriptionRow[]> =>
  ctx.db.select().from(subscriptions)
    .where(and(isNotNull(subscriptions.subscription), lt(subscriptions.syncedAt, syncedBefore), lt(subscriptions.periodEnd, endedBefore), or(eq(subscriptions.status, "active"), eq(subscriptions.status, "trialing"), eq(subscriptions.status, "past_due"))))
    .orderBy(asc(subscriptions.syncedAt)).limit(limit);
