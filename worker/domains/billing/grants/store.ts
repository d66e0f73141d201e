import { and, asc, eq, gte, lt, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { grants, type GrantRow } from "../tables.ts";

export const insertGrant = (ctx: Ctx, row: GrantRow): Write => ctx.db.insert(grants).values(row);

export const findGrant = (ctx: Ctx, key: string): Promise<GrantRow | undefined> => ctx.db.select().from(grants).where(eq(grants.key, key)).get();

/** Everything about one purchase, in the order in which it was written down; the purchase itself first. */
export const listOfPurchase = (ctx: Ctx, purchase: string): Promise<GrantRow[]> =>
  ctx.db.select().from(grants).where(eq(grants.purchase, purchase)).orderBy(sql`rowid`).all();

/** The purchase that a payment was for. */
export const findByPayment = (ctx: Ctx, paymentIntent: string): Promise<GrantRow | undefined> =>
  ctx.db.select().from(grants).where(and(eq(grants.paymentIntent, paymentIntent), eq(grants.key, grants.purchase))).get();

/** The whole batch fails where something was added to the purchase since it was read. Rows are never removed. */
export const onlyIfStill = (ctx: Ctx, purchase: string, rows: number): Write => onlyIf(ctx.db, sql`(select count(*) from grants where purchase = ${purchase}) = ${rows}`);

/** Says that the wallet has it, or refused it for good; the batch fails where somebody said so before. */
export const settle = (ctx: Ctx, key: string, state: "done" | "refused"): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from grants where key = ${key} and state = 'pending')`),
  ctx.db.update(grants).set({ state, doneAt: ctx.now() }).where(eq(grants.key, key)),
];

/** Purchases that have something which the wallet does not have yet. */
export async function listPending(ctx: Ctx, { studio, before, limit }: { studio?: string; before?: number; limit: number }): Promise<string[]> {
  const rows = await ctx.db.select({ purchase: grants.purchase, at: sql<number>`min(${grants.at})` }).from(grants)
    .where(and(sql`${grants.state} = 'pending'`, studio === undefined ? undefined : eq(grants.studio, studio), before === undefined ? undefined : lt(grants.at, before)))
    .groupBy(grants.purchase).orderBy(asc(sql`min(${grants.at})`)).limit(limit).all();
  return rows.map(({ purchase }) => purchase);
}

/** Whether something was paid that the studio's wallet does not have yet. */
export const hasPending = async (ctx: Ctx, studio: string): Promise<boolean> =>
  (await ctx.db.select({ key: grants.key }).from(grants).where(and(eq(grants.studio, studio), eq(grants.state, "pending"))).limit(1).get()) !== undefined;

/** What a payment brought, or null where it has not yet. */
export const creditsUnder = async (ctx: Ctx, key: string): Promise<number | null> => {
  const row = await findGrant(ctx, key);
  return row?.state === "done" ? row.credits : null;
};

/** What the studio's first payment of a kind since then brought, or null. */
export const creditsSince = async (ctx: Ctx & { studio: string }, { kind, since }: { kind: GrantRow["kind"]; since: number }): Promise<number | null> =>
  (await ctx.db.select({ credits: grants.credits }).from(grants).where(and(eq(grants.studio, ctx.studio), eq(grants.kind, kind), gte(grants.at, since), eq(grants.state, "done"))).orderBy(asc(grants.at)).get())?.credits ?? null;

/** What these invoices brought. */
export async function creditsOfInvoices(ctx: Ctx & { studio: string }, invoices: string[]): Promise<ReadonlyMap<string, number>> {
  if (invoices.length === 0) return new Map();
  const rows = await ctx.db.select({ invoice: grants.invoice, credits: grants.credits }).from(grants)
    .where(and(eq(grants.studio, ctx.studio), eq(grants.key, grants.purchase), sql`${grants.invoice} in (select value from json_each(${JSON.stringify(invoices)}))`)).all();
  return new Map(rows.flatMap(({ invoice, credits }) => (invoice === null ? [] : [[invoice, credits] as const])));
}

/** Everything that payments did to wallets in a span of time, oldest first: for whoever compares it with Stripe and with the wallets. */
export const listGrants = (ctx: Ctx, { from, to, limit, after }: { from: number; to: number; limit: number; after?: string | undefined }): Promise<GrantRow[]> =>
  ctx.db.select().from(grants).where(and(gte(grants.at, from), lt(grants.at, to), after === undefined ? undefined : sql`${grants.key} > ${after}`)).orderBy(asc(grants.key)).limit(limit).all();

/** What is written down under these keys. */
export const grantsOfKeys = (ctx: Ctx, keys: readonly string[]): Promise<GrantRow[]> => ctx.db.select().from(grants).where(sql`${grants.key} in (select value from json_each(${JSON.stringify(keys)}))`).all();

/** The purchases that these payments were for. */
export const grantsOfPayments = (ctx: Ctx, paymentIntents: readonly string[]): Promise<GrantRow[]> =>
  ctx.db.select().from(grants).where(and(eq(grants.key, grants.purchase), sql`${grants.paymentIntent} in (select value from json_each(${JSON.stringify(paymentIntents)}))`)).all();
