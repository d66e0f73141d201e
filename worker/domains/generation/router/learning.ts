/** What the router learns from: how attempts ended, what people went on with, and what they asked to have made again. */
import { inStudio, type Ctx } from "#core/context.ts";
import type { EventRow } from "#core/events.ts";
import { readSnapshot } from "../quotes/service.ts";
import { takes } from "../tables.ts";
import { and, eq } from "drizzle-orm";
import * as store from "./store.ts";

/**
 * A run is over. How its attempts ended is noted. A take that was there before and that something was now made from was gone on with; one in whose place another
 * variant was made was not. Hearing of the same run twice, or of two runs in the wrong order, changes nothing.
 */
export async function learnFromRun(ctx: Ctx, { studio, data, at }: Pick<EventRow, "studio" | "data" | "at">): Promise<void> {
  const { run } = data;
  if (studio === null || typeof run !== "string") return;
  await store.learnAttempts(ctx, run);
  await store.judge(ctx, await store.retakenBy(ctx, run), { accepted: false, at });
  await store.judge(ctx, await goneOnWith(ctx, studio, run), { accepted: true, at });
}

/** Takes that were there when a run was quoted, and that it made something from. */
async function goneOnWith(ctx: Ctx, studio: string, run: string): Promise<string[]> {
  const made = await ctx.db.select({ fingerprint: takes.fingerprint, quote: takes.quote }).from(takes).where(and(eq(takes.studio, studio), eq(takes.run, run))).all();
  const [first] = made;
  if (!first) return [];
  const fingerprints = new Set(made.map(({ fingerprint }) => fingerprint));
  const { steps } = await readSnapshot(inStudio(ctx, studio, "owner"), first.quote);
  return [...new Set(steps.flatMap(({ step }) => (fingerprints.has(step.fingerprint) ? step.deps.flatMap(({ take }) => take?.id ?? []) : [])))];
}

const UNUSED_MS = 7 * 24 * 3_600_000;

/** Every night: choices of quotes that were never used are forgotten. */
export const forgetUnusedRoutings = async (ctx: Ctx): Promise<void> => void (await store.forgetUnused(ctx, ctx.now() - UNUSED_MS));
