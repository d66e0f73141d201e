import type { Ctx } from "#core/context.ts";
import { snapshotKey, type Snapshot } from "#objects/run/snapshot.ts";
import { compareQuote } from "../comparing/quotes.ts";
import { entryOf } from "./catalogue.ts";
import { END, nothing, type Check, type Difference } from "./check.ts";
import * as store from "./ledger/store.ts";
import { YOUNG_MS } from "./projection/log.ts";

const RUNS = 20;

/** What was captured is never above the quote, in all and item by item. The quote is read from its frozen snapshot, which no run can change. */
export const quotesCaptures: Check = {
  ...entryOf("quotes-captures"),
  async step(ctx, { studio, at }) {
    const runs = await store.runsAfter(ctx, { studio, after: String(at ?? ""), limit: RUNS, settledBefore: ctx.now() - YOUNG_MS });
    const holds = await store.holdsOfRuns(ctx, runs.map(({ id }) => id));
    const [captures, rows] = await Promise.all([store.capturesOf(ctx, holds), store.quotedCredits(ctx, runs.map(({ quote }) => quote))]);
    const differences = await Promise.all(runs.map(async (run) => {
      const own = new Set(holds.filter((hold) => hold.run === run.id).map(({ wallet, id }) => `${wallet} ${id}`));
      return compareOne(ctx, run, { captures: captures.filter(({ wallet, hold }) => own.has(`${wallet} ${hold}`)), inRow: rows.get(run.quote) ?? null });
    }));
    const last = runs.length < RUNS ? null : (runs.at(-1)?.id ?? null);
    return { examined: captures.length, differences: differences.flat(), repairs: [], finished: [{ from: String(at ?? ""), to: last ?? END }], next: last };
  },
};

async function compareOne(ctx: Ctx, { studio, project, quote, id: run }: store.RunRead, { captures, inRow }: { captures: { item: string; credits: number; seq: number }[]; inRow: number | null }): Promise<Difference[]> {
  // What took nothing cannot have taken too much, and most films are free.
  if (captures.every(({ credits }) => credits === 0) && (inRow ?? 0) === 0) return [];
  const about = { ...nothing, unit: run, studio, project, data: { run, quote } };
  const stored = await ctx.env.MEDIA.get(snapshotKey(studio, quote));
  if (!stored) {
    return [{ ...about, key: "snapshot", subject: quote, severity: "warning", detail: "its snapshot is missing", explanation: "The frozen quote is not in the storage any more, so what was captured cannot be held against it." }];
  }
  const { credits, steps } = await stored.json<Snapshot>();
  return compareQuote(quote, { credits, items: new Map(steps.map(({ job, step }) => [job, step.item.credits])), inRow }, captures).map(({ kind, subject, entry, credits: wrong, words }) => ({
    ...about, key: `${kind} ${subject} ${entry ?? ""}`, subject, entry, credits: wrong, severity: "critical", detail: kind, explanation: `${words} Nothing is charged above a quote; two administrators give it back.`,
  }));
}
