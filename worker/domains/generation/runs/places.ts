import { and, eq } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { jobs, runs } from "../tables.ts";

/** Where a run of the studio belongs, or undefined. */
export const placeOfRun = (ctx: StudioCtx, id: string): Promise<{ project: string } | undefined> =>
  ctx.db.select({ project: runs.project }).from(runs).where(and(eq(runs.id, id), eq(runs.studio, ctx.studio))).get();

/** Where a job of the studio belongs, or undefined. */
export const placeOfJob = (ctx: StudioCtx, id: string): Promise<{ run: string } | undefined> =>
  ctx.db.select({ run: jobs.run }).from(jobs).where(and(eq(jobs.id, id), eq(jobs.studio, ctx.studio))).get();
