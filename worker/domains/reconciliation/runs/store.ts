import { and, desc, eq, gt, lt, or, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import { reconciliationRuns, type RunRow } from "../tables.ts";

export const insert = (ctx: Ctx, row: RunRow): Write => ctx.db.insert(reconciliationRuns).values(row);

export const find = (ctx: Ctx, id: string): Promise<RunRow | undefined> => ctx.db.select().from(reconciliationRuns).where(eq(reconciliationRuns.id, id)).get();

/** A run of that scope, or of any where no scope is given. */
export async function get(ctx: Ctx, id: string, scope: string | null): Promise<RunRow> {
  const row = await find(ctx, id);
  if (!row || (scope !== null && row.scope !== scope)) throw new AppError("reconciliation.not_found", "There is no such reconciliation. List them, and ask again.");
  return row;
}

export const findRunning = (ctx: Ctx, scope: string): Promise<RunRow | undefined> =>
  ctx.db.select().from(reconciliationRuns).where(and(eq(reconciliationRuns.scope, scope), eq(reconciliationRuns.state, "running"))).get();

/** Runs that nobody has taken a step of since a moment. */
export const listStalled = (ctx: Ctx, before: number, limit: number): Promise<{ id: string }[]> =>
  ctx.db.select({ id: reconciliationRuns.id }).from(reconciliationRuns).where(and(eq(reconciliationRuns.state, "running"), lt(reconciliationRuns.steppedAt, before))).orderBy(reconciliationRuns.steppedAt).limit(limit);

export async function countSince(ctx: Ctx, scope: string, since: number): Promise<number> {
  const row = await ctx.db.select({ count: sql<number>`count(*)` }).from(reconciliationRuns).where(and(eq(reconciliationRuns.scope, scope), gt(reconciliationRuns.startedAt, since))).get();
  return row?.count ?? 0;
}

/** Writes a step, unless somebody else has taken one since the row was read. */
export const move = (ctx: Ctx, { id, turn }: RunRow, to: Partial<RunRow>): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from reconciliation_runs where id = ${id} and state = 'running' and turn = ${turn})`),
  ctx.db.update(reconciliationRuns).set({ ...to, turn: turn + 1, steppedAt: ctx.now() }).where(eq(reconciliationRuns.id, id)),
];

/** Newest first. */
export function list(ctx: Ctx, { limit, cursor, scope }: PageQuery & { scope: string | null }): Promise<RunRow[]> {
  const filters: (SQL | undefined)[] = [scope === null ? undefined : eq(reconciliationRuns.scope, scope)];
  if (cursor !== undefined) {
    const [at = 0, id = ""] = decodeCursor(cursor, 2);
    filters.push(or(lt(reconciliationRuns.startedAt, Number(at)), and(eq(reconciliationRuns.startedAt, Number(at)), lt(reconciliationRuns.id, String(id)))));
  }
  return ctx.db.select().from(reconciliationRuns).where(and(...filters)).orderBy(desc(reconciliationRuns.startedAt), desc(reconciliationRuns.id)).limit(limit + 1).all();
}

/** The newest run that has compared all of this scope. */
export const findFinished = (ctx: Ctx, scope: string): Promise<RunRow | undefined> =>
  ctx.db.select().from(reconciliationRuns).where(and(eq(reconciliationRuns.scope, scope), eq(reconciliationRuns.state, "succeeded"))).orderBy(desc(reconciliationRuns.startedAt)).limit(1).get();
