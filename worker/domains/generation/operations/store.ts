import { sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { Counted, Took } from "./rules.ts";

const GROUPS_MAX = 50;
const SCANNED_MAX = 5_000;

/** How attempts since then ended, by model. */
export const countOutcomes = (ctx: Ctx, since: number): Promise<Counted[]> =>
  ctx.db.all<Counted>(sql`SELECT provider, model, outcome, count(*) AS count, count(cost_micros) AS priced, sum(cost_micros) AS costMicros FROM decisions WHERE at >= ${since} GROUP BY provider, model, outcome`);

/** How long those took that succeeded: half and nine tenths of each model's, and of each provider's (model null). */
export const timesTaken = (ctx: Ctx, since: number): Promise<({ provider: string; model: string | null } & Took)[]> =>
  ctx.db.all(sql`
    WITH taken AS (SELECT provider, model, ended_at - at AS ms FROM decisions WHERE at >= ${since} AND outcome = 'succeeded' AND ended_at IS NOT NULL),
    ranked AS (
      SELECT provider, model, ms, row_number() OVER (PARTITION BY provider, model ORDER BY ms) - 1 AS place, count(*) OVER (PARTITION BY provider, model) AS n FROM taken
      UNION ALL SELECT provider, NULL, ms, row_number() OVER (PARTITION BY provider ORDER BY ms) - 1, count(*) OVER (PARTITION BY provider) FROM taken
    )
    SELECT provider, model, max(CASE WHEN place = n / 2 THEN ms END) AS p50Ms, max(CASE WHEN place = min(n - 1, n * 9 / 10) THEN ms END) AS p90Ms FROM ranked GROUP BY provider, model`);

/** What was delivered since then without a cost being said, by model: how many, and the credits that they were priced at. Those that the router picked, since a price is of the picked one. */
export const unpricedSince = (ctx: Ctx, since: number): Promise<{ provider: string; model: string; attempts: number; credits: number }[]> =>
  ctx.db.all(sql`
    SELECT d.provider, d.model, count(*) AS attempts, sum(r.credits) AS credits FROM decisions AS d JOIN routings AS r ON r.job = d.job AND r.model = d.model
    WHERE d.at >= ${since} AND d.provider <> 'house' AND d.outcome = 'succeeded' AND d.cost_micros IS NULL GROUP BY d.provider, d.model`);

/** Credits that were captured for jobs since then, by the model that made them. */
export const creditsCaptured = (ctx: Ctx, since: number): Promise<{ provider: string; model: string; credits: number }[]> =>
  ctx.db.all(sql`SELECT provider, model, sum(credits_captured) AS credits FROM jobs WHERE status = 'succeeded' AND finished_at >= ${since} AND credits_captured > 0 GROUP BY provider, model`);

export interface FailureRow {
  code: string;
  status: "failed" | "refused" | "expired";
  model: string;
  tool: string;
  count: number;
  studios: number;
  first: number;
  last: number;
  detail: string;
  jobs: string;
}

/** Jobs that ended badly since then, by cause; of each group its newest three. At most the newest 5,000 are looked at. */
export const failuresSince = (ctx: Ctx, since: number): Promise<FailureRow[]> =>
  ctx.db.all<FailureRow>(sql`
    WITH bad AS (
      SELECT id, run, studio, status, coalesce(problem_code, 'unknown') AS code, coalesce(problem_detail, '') AS detail, model, tool, finished_at AS at
      FROM jobs WHERE status IN ('failed', 'refused', 'expired') AND finished_at >= ${since} ORDER BY finished_at DESC LIMIT ${SCANNED_MAX}
    ), ranked AS (SELECT *, row_number() OVER (PARTITION BY code, status, model, tool ORDER BY at DESC) AS n FROM bad)
    SELECT code, status, model, tool, count(*) AS count, count(DISTINCT studio) AS studios, min(at) AS first, max(at) AS last, max(CASE WHEN n = 1 THEN detail END) AS detail,
      json_group_array(json_object('id', id, 'run', run, 'studio', studio)) FILTER (WHERE n <= 3) AS jobs
    FROM ranked GROUP BY code, status, model, tool ORDER BY count(*) DESC LIMIT ${GROUPS_MAX}`);

/** Jobs under way, by state and tool. */
export const jobsUnderWay = (ctx: Ctx): Promise<{ status: string; tool: string; count: number; oldest: number }[]> =>
  ctx.db.all(sql`SELECT status, tool, count(*) AS count, min(created_at) AS oldest FROM jobs WHERE finished_at IS NULL GROUP BY status, tool ORDER BY status, tool`);

/** Runs that wait for a provider, and messages that were given up. */
export async function standstills(ctx: Ctx): Promise<{ waiting: number; dead: number }> {
  const row = await ctx.db.get<{ waiting: number; dead: number }>(sql`
    SELECT (SELECT count(*) FROM runs WHERE finished_at IS NULL AND status = 'waiting') AS waiting, (SELECT count(*) FROM findings WHERE source = 'queue' AND state = 'open') AS dead`);
  return row ?? { waiting: 0, dead: 0 };
}

/** Whose a job is, and of which run. */
export const placeOf = (ctx: Ctx, job: string): Promise<{ run: string; studio: string } | undefined> => ctx.db.get(sql`SELECT run, studio FROM jobs WHERE id = ${job}`);
