import { and, asc, eq, lt, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { topUpCharges, topUps, walletWarnings, type TopUpChargeRow, type TopUpRow } from "../tables.ts";

export const findTopUp = (ctx: Ctx, studio: string): Promise<TopUpRow | undefined> => ctx.db.select().from(topUps).where(eq(topUps.studio, studio)).get();

export const putTopUp = (ctx: Ctx, row: TopUpRow): Write => ctx.db.insert(topUps).values(row).onConflictDoUpdate({ target: topUps.studio, set: row });

export const updateTopUp = (ctx: Ctx, studio: string, fields: Partial<Omit<TopUpRow, "failures">> & { failures?: number | SQL }): Write =>
  ctx.db.update(topUps).set({ ...fields, updatedAt: ctx.now() }).where(eq(topUps.studio, studio));

export const oneFailureMore = sql`${topUps.failures} + 1`;

/** What was bought by itself in a month, paid or on its way, and how many times it was tried. */
export async function useOf(ctx: Ctx, studio: string, month: string): Promise<{ spentCents: number; tries: number; isPending: boolean }> {
  const row = await ctx.db.select({
    spentCents: sql<number>`coalesce(sum(case when ${topUpCharges.state} <> 'failed' then ${topUpCharges.amountCents} end), 0)`, tries: sql<number>`count(*)`,
    pending: sql<number>`coalesce(sum(${topUpCharges.state} = 'pending'), 0)`,
  }).from(topUpCharges).where(and(eq(topUpCharges.studio, studio), eq(topUpCharges.month, month))).get();
  return { spentCents: row?.spentCents ?? 0, tries: row?.tries ?? 0, isPending: (row?.pending ?? 0) > 0 };
}

export const insertCharge = (ctx: Ctx, row: TopUpChargeRow): Write => ctx.db.insert(topUpCharges).values(row);
export const findCharge = (ctx: Ctx, id: string): Promise<TopUpChargeRow | undefined> => ctx.db.select().from(topUpCharges).where(eq(topUpCharges.id, id)).get();
export const findByInvoice = (ctx: Ctx, invoice: string): Promise<TopUpChargeRow | undefined> => ctx.db.select().from(topUpCharges).where(eq(topUpCharges.invoice, invoice)).get();
export const updateCharge = (ctx: Ctx, id: string, fields: Partial<TopUpChargeRow>): Write => ctx.db.update(topUpCharges).set(fields).where(eq(topUpCharges.id, id));

/** The condition that top-ups are on and have failed too often. */
export const isFailing = (studio: string, failures: number) => sql`exists (select 1 from top_ups where studio = ${studio} and enabled = 1 and failures >= ${failures})`;

/** The condition that a charge is still on its way. */
export const isStillPending = (id: string) => sql`exists (select 1 from top_up_charges where id = ${id} and state = 'pending')`;

export const listPending = (ctx: Ctx, { before, limit }: { before: number; limit: number }): Promise<TopUpChargeRow[]> =>
  ctx.db.select().from(topUpCharges).where(and(sql`${topUpCharges.state} = 'pending'`, lt(topUpCharges.at, before))).orderBy(asc(topUpCharges.at)).limit(limit);

/** Notes that a month's ceiling was told; fails where it was told before. */
export const noteCeiling = (ctx: Ctx, studio: string, reference: string): Write => ctx.db.insert(walletWarnings).values({ studio, reference, level: "ceiling", at: ctx.now() });
