/** What a studio has under way, what waits and where, and what failed and may be tried again. */
import type { StudioCtx } from "#core/context.ts";
import { liveTitles } from "#domains/projects/index.ts";
import type { Place } from "#objects/gate/rules.ts";
import { toJobs, viewOfRow } from "../runs/service.ts";
import type { JobRow } from "../tables.ts";
import { rangeOf } from "../times/rules.ts";
import type { Queue } from "./contract.ts";
import * as store from "./store.ts";

const DAY_MS = 86_400_000;
const FAILED_MS = 7 * DAY_MS;
const iso = (at: number): string => new Date(at).toISOString();

export async function queueOf(ctx: StudioCtx): Promise<Queue> {
  const [states, seconds, open, failed] = await Promise.all([store.countOpen(ctx), store.secondsTaken(ctx, ctx.now() - DAY_MS), store.openJobs(ctx), store.failedJobs(ctx, ctx.now() - FAILED_MS)]);
  const rows = [...open.map(({ job }) => job), ...failed];
  const projects = [...new Set(rows.map(({ project }) => project))];
  const [shown, titles, places] = await Promise.all([toJobs(ctx, rows.map(viewOfRow)), liveTitles(ctx, { first: projects, limit: projects.length }), placesIn(ctx, open.map(({ job }) => job))]);
  const named = shown.map((job) => ({ ...job, title: job.project === null ? null : (titles.get(job.project) ?? null) }));
  return {
    object: "studio_queue", states: states.map(({ status, count, oldest }) => ({ status, count, oldest: iso(oldest ?? ctx.now()) })),
    seconds: seconds.length === 0 ? null : rangeOf(seconds.sort((a, b) => a - b)),
    jobs: named.slice(0, open.length).map((job, index) => {
      const place = places.get(job.id);
      const retriedAt = job.status === "pending" ? null : (open[index]?.retriedAt ?? null);
      return { ...job, place: place ? { ...place, since: iso(place.since) } : null, retriedAt: retriedAt === null ? null : iso(retriedAt) };
    }),
    // What was put away with its project cannot be tried again.
    failed: named.slice(open.length).filter(({ project, title }) => project === null || title !== null),
  };
}

/** Where jobs stand in the lines before their providers, by job. */
async function placesIn(ctx: StudioCtx, rows: readonly JobRow[]): Promise<ReadonlyMap<string, Place>> {
  const waiting = rows.filter(({ status }) => status === "queued" || status === "retrying");
  const lines = await Promise.all([...Map.groupBy(waiting, ({ provider }) => provider)].map(async ([provider, queued]) => {
    const places: Record<string, Place> = await ctx.env.GATE.getByName(provider).places(queued.map(({ id }) => id));
    return Object.entries(places);
  }));
  return new Map(lines.flat());
}
