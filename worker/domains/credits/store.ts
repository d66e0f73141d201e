import { and, desc, eq, lt, lte, or, sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { walletEntries, walletHolds } from "./tables.ts";

export type EntryRow = typeof walletEntries.$inferSelect;
export type HoldRow = typeof walletHolds.$inferSelect;

/** Entries of the studio's wallet, the newest first, with the run and project of the hold that each belongs to. */
export const listEntries = (ctx: StudioCtx, beforeSeq: number | null, limit: number) =>
  ctx.db.select({ entry: walletEntries, run: walletHolds.run, project: walletHolds.project }).from(walletEntries)
    .leftJoin(walletHolds, and(eq(walletHolds.wallet, walletEntries.wallet), eq(walletHolds.hold, walletEntries.hold)))
    .where(and(eq(walletEntries.wallet, ctx.studio), beforeSeq === null ? undefined : lt(walletEntries.seq, beforeSeq)))
    .orderBy(desc(walletEntries.seq)).limit(limit);

/** What was available and held once this entry was written. */
export async function standingAt(ctx: StudioCtx, seq: number): Promise<{ available: number; held: number }> {
  const row = await ctx.db.select({ available: sql<number>`coalesce(sum(${walletEntries.available}), 0)`, held: sql<number>`coalesce(sum(${walletEntries.held}), 0)` })
    .from(walletEntries).where(and(eq(walletEntries.wallet, ctx.studio), lte(walletEntries.seq, seq))).get();
  return row ?? { available: 0, held: 0 };
}

/** Holds of the studio's wallet, the newest first. */
export const listHolds = (ctx: StudioCtx, after: { openedAt: number; hold: string } | null, limit: number): Promise<HoldRow[]> =>
  ctx.db.select().from(walletHolds)
    .where(and(eq(walletHolds.wallet, ctx.studio), after ? or(lt(walletHolds.openedAt, after.openedAt), and(eq(walletHolds.openedAt, after.openedAt), lt(walletHolds.hold, after.hold))) : undefined))
    .orderBy(desc(walletHolds.openedAt), desc(walletHolds.hold)).limit(limit);
