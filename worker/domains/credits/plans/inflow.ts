import { and, desc, eq, gt, lte, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { walletEntries, wallets } from "../tables.ts";

/** The newest credits that came into a wallet, as far as its log has reached D1: the entry, and what was available right after it. */
export async function newestInflow(ctx: Ctx, studio: string): Promise<{ seq: number; availableAfter: number } | null> {
  const [inflow, wallet] = await Promise.all([
    ctx.db.select({ seq: walletEntries.seq }).from(walletEntries).where(and(eq(walletEntries.wallet, studio), eq(walletEntries.kind, "grant"))).orderBy(desc(walletEntries.seq)).limit(1).get(),
    ctx.db.select({ available: wallets.available, seq: wallets.seq }).from(wallets).where(eq(wallets.wallet, studio)).get(),
  ]);
  if (!inflow || !wallet) return null;
  const since = await ctx.db.select({ moved: sql<number>`coalesce(sum(${walletEntries.available}), 0)` }).from(walletEntries)
    .where(and(eq(walletEntries.wallet, studio), gt(walletEntries.seq, inflow.seq), lte(walletEntries.seq, wallet.seq))).get();
  return { seq: inflow.seq, availableAfter: wallet.available - (since?.moved ?? 0) };
}
