import type { Ctx } from "#core/context.ts";
import { historyFrom, type History, type Taken } from "./rules.ts";

/** Of each model so many of the newest jobs are looked at. */
const JOBS_READ = 100;

/** What the newest jobs of these models took, those of all studios together. */
export async function historyOf(ctx: Ctx, models: readonly string[]): Promise<History> {
  const names = [...new Set(models)];
  if (names.length === 0) return historyFrom([]);
  const read = ctx.env.DB.prepare(
    `SELECT model, frames, (finished_at - started_at) / 1000.0 AS seconds FROM jobs
     WHERE status = 'succeeded' AND model = ?1 AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT ?2`);
  const answers = await ctx.env.DB.batch<Taken>(names.map((name) => read.bind(name, JOBS_READ)));
  return historyFrom(answers.flatMap(({ results }) => results));
}
