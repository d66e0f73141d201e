import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { checkouts, type CheckoutRow } from "../tables.ts";

/** In the very words of the index. */
const isUndecided = sql`${checkouts.state} in ('open', 'waiting')`;

export const insertCheckout = (ctx: Ctx, row: CheckoutRow): Write => ctx.db.insert(checkouts).values(row);

export async function getCheckout(ctx: StudioCtx, id: string): Promise<CheckoutRow> {
  const row = await ctx.db.select().from(checkouts).where(and(eq(checkouts.studio, ctx.studio), eq(checkouts.id, id))).get();
  if (!row) throw new AppError("checkout.not_found", "There is no such checkout in this studio.");
  return row;
}

/** The one page on which the studio may buy a plan now. */
export const findOpenPlan = (ctx: StudioCtx): Promise<CheckoutRow | undefined> =>
  ctx.db.select().from(checkouts).where(and(eq(checkouts.studio, ctx.studio), eq(checkouts.kind, "plan"), eq(checkouts.state, "open"))).get();

/** Notes how Stripe's page ended, if it did. */
export const noteState = (ctx: Ctx, session: string, state: CheckoutRow["state"]): Write =>
  ctx.db.update(checkouts).set({ state, checkedAt: ctx.now() }).where(and(eq(checkouts.session, session), isUndecided));

/** Those whose end is not known, and that were not looked at for a while. */
export const listUnchecked = (ctx: Ctx, { before, limit }: { before: number; limit: number }): Promise<CheckoutRow[]> =>
  ctx.db.select().from(checkouts).where(and(isUndecided, lt(checkouts.checkedAt, before))).orderBy(asc(checkouts.checkedAt)).limit(limit);
