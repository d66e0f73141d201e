import { and, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { CREDIT_MICROS, MARGIN } from "#film/model-prices.ts";
import { OUTCOMES_READ, type Outcome } from "#film/routing/stats.ts";
import { modelOutcomes, modelShutdowns, routings, studioProviders, type RoutingRow } from "./tables.ts";

interface OutcomeRecord { model: string; delivered: number; seconds: number | null; credits: number; accepted: number | null; cost: number | null }

/** The newest outcomes of each of these classes, newest first. Reads no more rows than it answers, however many there are. */
export async function outcomesOf(ctx: Ctx, classes: readonly string[]): Promise<Map<string, Outcome[]>> {
  const read = ctx.env.DB.prepare(`SELECT model, delivered, seconds, credits, accepted, iif(credits > 0, cost_micros * ${MARGIN} / ${CREDIT_MICROS} / credits, NULL) AS cost FROM model_outcomes WHERE class = ?1 ORDER BY at DESC, job, attempt DESC LIMIT ?2`);
  const answers = await ctx.env.DB.batch<OutcomeRecord>(classes.map((name) => read.bind(name, OUTCOMES_READ)));
  return new Map(classes.map((name, at) => [name, (answers[at]?.results ?? []).map(({ delivered, accepted, ...row }) => ({ ...row, delivered: delivered === 1, accepted: accepted === null ? null : accepted === 1 }))]));
}

/** What each class has ordered lately, and what of it was explored. Quotes that no run used ordered nothing. */
export async function spentIn(ctx: Ctx, classes: readonly string[]): Promise<Map<string, { credits: number; explored: number }>> {
  const read = ctx.env.DB.prepare(
    `SELECT coalesce(sum(credits), 0) AS credits, coalesce(sum(credits * explored), 0) AS explored FROM (
       SELECT r.credits, r.explored FROM routings AS r WHERE r.class = ?1 AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = r.job) ORDER BY r.at DESC LIMIT ?2)`);
  const answers = await ctx.env.DB.batch<{ credits: number; explored: number }>(classes.map((name) => read.bind(name, OUTCOMES_READ)));
  return new Map(classes.map((name, at) => [name, answers[at]?.results[0] ?? { credits: 0, explored: 0 }]));
}

const ROWS_A_STATEMENT = 100;

/** Records of a quote's choices, a hundred in one statement: D1 takes values of two megabytes at most. */
export const insertRoutings = (ctx: Ctx, rows: readonly RoutingRow[]): Write[] =>
  Array.from({ length: Math.ceil(rows.length / ROWS_A_STATEMENT) }, (_, index) => {
    const piece = rows.slice(index * ROWS_A_STATEMENT, (index + 1) * ROWS_A_STATEMENT).map((row) => ({ ...row, explored: row.explored ? 1 : 0 }));
    return ctx.db.insert(routings).select(sql`
      select value ->> 'job', value ->> 'quote', value ->> 'studio', value ->> 'class', value ->> 'model', value ->> 'credits', value ->> 'explored', value -> 'record', value ->> 'at'
      from json_each(${JSON.stringify(piece)}) where true`).onConflictDoNothing();
  });

export const findRouting = (ctx: StudioCtx, job: string): Promise<RoutingRow | undefined> =>
  ctx.db.select().from(routings).where(and(eq(routings.studio, ctx.studio), eq(routings.job, job))).get();

/** Forgets the choices of quotes that no run used. */
export const forgetUnused = (ctx: Ctx, before: number): Promise<unknown> =>
  ctx.db.delete(routings).where(and(lt(routings.at, before), sql`not exists (select 1 from jobs where jobs.id = ${routings.job})`)).run();

/** How attempts of a run's jobs ended, where there was a choice. The jobs lead to them: of attempts and takes there is no order by run. Written once each: learning twice is learning once. */
export const learnAttempts = (ctx: Ctx, run: string): Promise<unknown> =>
  ctx.env.DB.prepare(
    `INSERT INTO model_outcomes (job, attempt, class, model, delivered, seconds, credits, cost_micros, take, accepted, judged_at, at)
     SELECT d.job, d.attempt, r.class, d.model, d.outcome = 'succeeded', iif(d.outcome = 'succeeded', max(0.0, (d.ended_at - d.at) / 1000.0), NULL),
       coalesce((SELECT c.value ->> 'credits' FROM json_each(r.record, '$.input.candidates') AS c WHERE c.value ->> 'model' = d.model), r.credits), d.cost_micros,
       iif(d.outcome = 'succeeded', j.take, NULL), NULL, NULL, coalesce(d.ended_at, d.at)
     FROM jobs AS j CROSS JOIN decisions AS d ON d.job = j.id CROSS JOIN routings AS r ON r.job = j.id
     WHERE j.run = ?1 AND d.outcome IN ('succeeded', 'failed', 'refused', 'expired', 'bad_output', 'unresolved')
     ON CONFLICT (job, attempt) DO NOTHING`).bind(run).run();

/** Says of takes whether people went on with them. Of two judgements the later holds, in whatever order they come. */
export const judge = (ctx: Ctx, takes: readonly string[], { accepted, at }: { accepted: boolean; at: number }): Promise<unknown> =>
  takes.length === 0 ? Promise.resolve() : ctx.db.update(modelOutcomes).set({ accepted, judgedAt: at })
    .where(and(sql`${modelOutcomes.take} in (select value from json_each(${JSON.stringify(takes)}))`, or(isNull(modelOutcomes.judgedAt), lt(modelOutcomes.judgedAt, at)))).run();

/** Takes in whose place a run made another variant: the newest of the same node before each. */
export async function retakenBy(ctx: Ctx, run: string): Promise<string[]> {
  const { results } = await ctx.env.DB.prepare(
    `SELECT (SELECT old.id FROM takes AS old WHERE old.project = made.project AND old.node = made.node AND old.variant < made.variant AND old.run <> made.run
       ORDER BY old.created_at DESC LIMIT 1) AS id
     FROM jobs AS j CROSS JOIN takes AS made ON made.id = j.take WHERE j.run = ?1 AND made.run = ?1 AND made.variant > 0`).bind(run).all<{ id: string | null }>();
  return results.flatMap(({ id }) => id ?? []);
}

export const findProviders = (ctx: StudioCtx) => ctx.db.select().from(studioProviders).where(eq(studioProviders.studio, ctx.studio)).get();

export const putProviders = (ctx: StudioCtx, allowed: string[] | null): Write =>
  allowed === null
    ? ctx.db.delete(studioProviders).where(eq(studioProviders.studio, ctx.studio))
    : ctx.db.insert(studioProviders).values({ studio: ctx.studio, allowed, changedAt: ctx.now() }).onConflictDoUpdate({ target: studioProviders.studio, set: { allowed, changedAt: ctx.now() } });

/** When a model ends, and since when that is known here; by our id. Milliseconds. */
export type Shutdowns = ReadonlyMap<string, { retires: number; seenAt: number }>;

/** Ends of models that their vendors have published, by our id. */
export async function shutdownsOf(ctx: Ctx): Promise<Shutdowns> {
  return new Map((await ctx.db.select().from(modelShutdowns).all()).map(({ model, ...published }) => [model, published]));
}

export const knownShutdowns = (ctx: Ctx, models: string[]) => ctx.db.select().from(modelShutdowns).where(inArray(modelShutdowns.model, models)).all();

export const putShutdown = (ctx: Ctx, row: typeof modelShutdowns.$inferSelect): Write =>
  ctx.db.insert(modelShutdowns).values(row).onConflictDoUpdate({ target: modelShutdowns.model, set: { retires: row.retires } });
