/**
 * Usage is read from what wallets and runs project: no table of its own, and no row outside the time that is asked for. By day, one row is
 * read for each capture and each job that ended; other groupings sort them once, and those by tool and model read the job of each capture.
 */
import { sql, type SQL } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import type { UsageBy } from "./contract.ts";
import type { Day } from "./rules.ts";

export interface Captured {
  id: string | number | null;
  captured: number;
}

export interface Ended {
  id: string | number | null;
  quoted: number;
  paid: number;
  delivered: number;
  failed: number;
  refused: number;
  cancelled: number;
  expired: number;
  frames: number;
}

/** From a moment until before another. */
export interface Time {
  from: number;
  to: number;
}

const inHold: Record<"project" | "member" | "key", SQL> = { project: sql`h.project`, member: sql`h.member`, key: sql`h.api_key` };
const inJob: Record<"tool" | "model" | "project", SQL> = { tool: sql`j.tool`, model: sql`j.model`, project: sql`nullif(j.project, j.studio)` };

/** Pairs of `[from, to]`, so that one query asks for all days. The key of each is its place. */
const pairs = (days: Day[]): string => JSON.stringify(days.map(({ from, to }) => [from, to]));

/** Credits captured, by the place of their day. */
export const capturedByDay = (ctx: StudioCtx, days: Day[]): Promise<Captured[]> => ctx.db.all(sql`
  SELECT d.key AS id, (SELECT coalesce(sum(e.spent), 0) FROM wallet_entries AS e
    WHERE e.wallet = ${ctx.studio} AND e.kind = 'capture' AND e.at >= d.value ->> 0 AND e.at < d.value ->> 1) AS captured
  FROM json_each(${pairs(days)}) AS d`);

/** Credits captured, by what their hold or their job was for. */
export function capturedBy(ctx: StudioCtx, by: Exclude<UsageBy, "day">, { from, to }: Time): Promise<Captured[]> {
  const within = sql`e.wallet = ${ctx.studio} AND e.kind = 'capture' AND e.at >= ${from} AND e.at < ${to}`;
  if (by === "tool" || by === "model") {
    return ctx.db.all(sql`
      SELECT ${inJob[by]} AS id, sum(e.spent) AS captured FROM wallet_entries AS e LEFT JOIN jobs AS j ON j.id = e.item AND j.studio = e.wallet
      WHERE ${within} GROUP BY 1`);
  }
  return ctx.db.all(sql`
    SELECT ${inHold[by]} AS id, sum(c.captured) AS captured
    FROM (SELECT e.hold, sum(e.spent) AS captured FROM wallet_entries AS e WHERE ${within} GROUP BY e.hold) AS c
    LEFT JOIN wallet_holds AS h ON h.wallet = ${ctx.studio} AND h.hold = c.hold GROUP BY 1`);
}

/** What is counted of jobs. Steps whose take was there already succeed without an attempt: nothing was delivered. */
const counted = {
  quoted: sql`sum(j.credits_quoted)`, paid: sql`sum(j.credits_captured)`, delivered: sql`sum(j.status = 'succeeded' AND j.attempts > 0)`, failed: sql`sum(j.status = 'failed')`,
  refused: sql`sum(j.status = 'refused')`, cancelled: sql`sum(j.status = 'cancelled')`, expired: sql`sum(j.status = 'expired')`,
  frames: sql`sum(CASE WHEN j.status = 'succeeded' AND j.attempts > 0 THEN coalesce(j.frames, 0) ELSE 0 END)`,
};
const counts = sql.join(Object.entries(counted).map(([name, sum]) => sql`${sum} AS ${sql.raw(name)}`), sql`, `);
/** All of them in one value, for where each day is a query within the query. */
const countsInOne = sql`json_array(${sql.join(Object.values(counted), sql`, `)})`;

/** Jobs that ended, by the place of their day. */
export async function endedByDay(ctx: StudioCtx, days: Day[]): Promise<Ended[]> {
  const rows = await ctx.db.all<{ id: number; sums: string }>(sql`
    SELECT d.key AS id, (SELECT ${countsInOne} FROM jobs AS j WHERE j.studio = ${ctx.studio} AND j.finished_at >= d.value ->> 0 AND j.finished_at < d.value ->> 1) AS sums
    FROM json_each(${pairs(days)}) AS d`);
  return rows.map(({ id, sums }) => {
    const numbers = JSON.parse(sums) as (number | null)[];
    return { id, ...Object.fromEntries(Object.keys(counted).map((name, place) => [name, numbers[place] ?? 0])) as Omit<Ended, "id"> };
  });
}

/** Jobs that ended, by what they were for. Who ran them is known by the hold of their run; a hold that was undone is another's. */
export function endedBy(ctx: StudioCtx, by: Exclude<UsageBy, "day">, { from, to }: Time): Promise<Ended[]> {
  const within = sql`j.studio = ${ctx.studio} AND j.finished_at >= ${from} AND j.finished_at < ${to}`;
  if (by !== "member" && by !== "key") return ctx.db.all(sql`SELECT ${inJob[by]} AS id, ${counts} FROM jobs AS j WHERE ${within} GROUP BY 1`);
  return ctx.db.all(sql`
    SELECT ${inHold[by]} AS id, ${sql.join(Object.keys(counted).map((name) => sql.raw(`sum(r.${name}) AS ${name}`)), sql`, `)}
    FROM (SELECT j.run, ${counts} FROM jobs AS j WHERE ${within} GROUP BY j.run) AS r
    LEFT JOIN wallet_holds AS h ON h.run = r.run AND h.wallet = ${ctx.studio} AND h.state <> 'compensated' GROUP BY 1`);
}

/** Credits captured, by the bucket of the lots that they came from: a capture names its lots, the entry that opened a lot its bucket. */
export const capturedByBucket = (ctx: StudioCtx, { from, to }: Time): Promise<{ bucket: string; spent: number }[]> => ctx.db.all(sql`
  WITH taken AS MATERIALIZED (
    SELECT p.value ->> 'lot' AS lot, sum(p.value ->> 'credits') AS spent
    FROM wallet_entries AS e INDEXED BY wallet_entries_captures CROSS JOIN json_each(e.body, '$.postings') AS p
    WHERE e.wallet = ${ctx.studio} AND e.kind = 'capture' AND e.at >= ${from} AND e.at < ${to} AND p.value ->> 'account' = 'spent' GROUP BY 1),
  opened AS MATERIALIZED (
    SELECT l.value ->> 'id' AS lot, l.value ->> 'bucket' AS bucket
    FROM wallet_entries AS e INDEXED BY wallet_entries_lots CROSS JOIN json_each(e.body, '$.lots') AS l
    WHERE e.wallet = ${ctx.studio} AND e.body ->> '$.lots[0].id' IS NOT NULL)
  SELECT opened.bucket, sum(taken.spent) AS spent FROM taken JOIN opened ON opened.lot = taken.lot GROUP BY 1 ORDER BY 2 DESC`);

export interface RunFigures {
  opened: number;
  free: number;
  ended: number;
  quoted: number;
  captured: number;
  share: number | null;
  exceeded: number;
}

/** Runs that opened within a time, and how near the quotes of those that cost something were. */
export async function runFigures(ctx: StudioCtx, { from, to }: Time): Promise<RunFigures> {
  const isPriced = sql`finished_at IS NOT NULL AND credits_quoted > 0`;
  const [row] = await ctx.db.all<RunFigures>(sql`
    SELECT count(*) AS opened, coalesce(sum(free), 0) AS free, coalesce(sum(${isPriced}), 0) AS ended,
      coalesce(sum(CASE WHEN ${isPriced} THEN credits_quoted END), 0) AS quoted, coalesce(sum(CASE WHEN ${isPriced} THEN credits_captured END), 0) AS captured,
      avg(CASE WHEN ${isPriced} THEN 1.0 * credits_captured / credits_quoted END) AS share, coalesce(sum(${isPriced} AND credits_captured > credits_quoted), 0) AS exceeded
    FROM runs WHERE studio = ${ctx.studio} AND created_at >= ${from} AND created_at < ${to}`);
  return row ?? { opened: 0, free: 0, ended: 0, quoted: 0, captured: 0, share: null, exceeded: 0 };
}
