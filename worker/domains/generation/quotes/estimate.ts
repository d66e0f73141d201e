import { desc, eq, and, inArray } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { FRAME_RATE } from "#film/film.ts";
import type { Step } from "#film/plan.ts";
import { jobs } from "../tables.ts";
import type { Model } from "../tools/index.ts";

const HISTORY_MAX = 600;
/** From so many jobs of a tool on, its history says more than its declared speed. */
const HISTORY_LEAST = 5;
/** How many steps of one run are made at the same time, as a rule. */
const PARALLEL = 2;

interface Seconds {
  p50: number;
  p90: number;
}

/** How long jobs of these tools took lately, half and nine tenths of them. */
export async function historyOf(ctx: Ctx, tools: string[]): Promise<ReadonlyMap<string, Seconds>> {
  const rows = await ctx.db.select({ tool: jobs.tool, startedAt: jobs.startedAt, finishedAt: jobs.finishedAt }).from(jobs)
    .where(and(eq(jobs.status, "succeeded"), inArray(jobs.tool, tools))).orderBy(desc(jobs.finishedAt)).limit(HISTORY_MAX).all();
  const taken = new Map<string, number[]>();
  for (const { tool, startedAt, finishedAt } of rows) {
    if (startedAt !== null && finishedAt !== null) taken.set(tool, [...(taken.get(tool) ?? []), (finishedAt - startedAt) / 1_000]);
  }
  return new Map([...taken].filter(([, seconds]) => seconds.length >= HISTORY_LEAST).map(([tool, seconds]) => {
    const sorted = seconds.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return [tool, { p50: at(0.5), p90: at(0.9) }];
  }));
}

/** How long a plan takes: its longest chain, or all of its work side by side, whichever is more. */
export function estimate(steps: readonly { step: Step; model: Model }[], history: ReadonlyMap<string, Seconds>): Seconds {
  const ofStep = ({ step, model }: { step: Step; model: Model }): Seconds => {
    const known = history.get(step.tool);
    if (known) return known;
    const p50 = model.speed.seconds + model.speed.perSecond * ((step.frames ?? FRAME_RATE * 4) / FRAME_RATE);
    return { p50, p90: p50 * 2 };
  };
  const total = (key: keyof Seconds): number => {
    const endsAt = new Map<string, number>();
    let work = 0;
    for (const one of steps) {
      const seconds = ofStep(one)[key];
      work += seconds;
      endsAt.set(one.step.id, seconds + Math.max(0, ...one.step.after.map((id) => endsAt.get(id) ?? 0)));
    }
    return Math.max(1, Math.ceil(Math.max(work / PARALLEL, ...endsAt.values())));
  };
  return { p50: total("p50"), p90: total("p90") };
}
