import { and, asc, count, desc, eq, getTableColumns, gte, inArray, isNull, min, sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { jobs, runs, type JobRow } from "../tables.ts";

/** Of so many finished jobs the times are looked at. */
const TAKEN_MAX = 500;
const SHOWN_MAX = 100;
const FAILED_MAX = 30;

export const countOpen = (ctx: StudioCtx) =>
  ctx.db.select({ status: jobs.status, count: count(), oldest: min(jobs.createdAt) }).from(jobs).where(and(eq(jobs.studio, ctx.studio), isNull(jobs.finishedAt))).groupBy(jobs.status).all();

/** What the newest jobs took that succeeded since then, in seconds. */
export async function secondsTaken(ctx: StudioCtx, since: number): Promise<number[]> {
  const rows = await ctx.db.select({ startedAt: jobs.startedAt, finishedAt: jobs.finishedAt }).from(jobs)
    .where(and(eq(jobs.studio, ctx.studio), gte(jobs.finishedAt, since), eq(jobs.status, "succeeded"))).orderBy(desc(jobs.finishedAt)).limit(TAKEN_MAX).all();
  return rows.flatMap(({ startedAt, finishedAt }) => (startedAt === null || finishedAt === null ? [] : [(finishedAt - startedAt) / 1_000]));
}

/** Jobs that are not over, first what is being made; with when their run is tried again, where it waits for a provider. */
export const openJobs = (ctx: StudioCtx): Promise<{ job: JobRow; retriedAt: number | null }[]> =>
  ctx.db.select({ job: getTableColumns(jobs), retriedAt: runs.waitingUntil }).from(jobs).leftJoin(runs, eq(runs.id, jobs.run)).where(and(eq(jobs.studio, ctx.studio), isNull(jobs.finishedAt)))
    .orderBy(sql`CASE ${jobs.status} WHEN 'running' THEN 0 WHEN 'cancelling' THEN 0 WHEN 'pending' THEN 2 ELSE 1 END`, desc(jobs.priority), asc(jobs.createdAt), asc(jobs.ord)).limit(SHOWN_MAX).all();

/** What ended badly since then, where nobody has asked for the same again. */
export const failedJobs = (ctx: StudioCtx, since: number): Promise<JobRow[]> =>
  ctx.db.select().from(jobs).where(and(
    eq(jobs.studio, ctx.studio), gte(jobs.finishedAt, since), inArray(jobs.status, ["failed", "refused", "expired"]),
    sql`NOT EXISTS (SELECT 1 FROM jobs AS later WHERE later.project = ${jobs.project} AND later.node = ${jobs.node} AND later.created_at > ${jobs.createdAt})`,
    // A single thing that is ordered again is another node: it is known by what was ordered.
    sql`NOT (${jobs.kind} = 'task' AND EXISTS (SELECT 1 FROM jobs AS later WHERE later.project = ${jobs.project} AND later.kind = 'task' AND later.tool = ${jobs.tool} AND later.label = ${jobs.label} AND later.created_at > ${jobs.createdAt}))`,
  )).orderBy(desc(jobs.finishedAt)).limit(FAILED_MAX).all();
