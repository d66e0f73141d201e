/** Runs of a few steps for tests of the rules. */
import type { TakeFacts } from "#film/film.ts";
import { newJob, noEffects, type Effects, type RunBook } from "../book.ts";
import { advance } from "../rules.ts";
import type { QuotedStep } from "../snapshot.ts";

const terms: QuotedStep["terms"] = {
  provider: "house", model: "dailies/clip", version: null, submitMs: 1_000, lookupLagMs: 500, resolveMs: 60_000, timeoutMs: 120_000, limits: { concurrency: 4, perMinute: null, perDay: null },
};

export function quotedStep(id: string, { after = [], credits = 0 }: { after?: string[]; credits?: number } = {}): QuotedStep {
  const item = { credits, quantity: credits, unit: "second" as const, unitCredits: 1 };
  return { job: `job_${id}`, kind: "clip", label: id, terms, allowed: ["dailies/clip"], why: "the only one", step: { id, node: `clip:${id}`, tool: "clip", recipe: { tool: "clip", params: {}, wish: "cheapest", variant: 0 }, fingerprint: `f-${id}`, deps: [], after, frames: 24, item } };
}

export function newBook(steps: QuotedStep[]): RunBook {
  return {
    run: "run_1", hold: "hold_1", studio: "studio_1", project: "proj_1", quote: "quote_1", target: "master", actor: { member: null, apiKey: null }, requestId: "req_1",
    state: "running", waitingFor: null, waitingUntil: null, priority: 2, credits: steps.reduce((sum, { step }) => sum + step.item.credits, 0), captured: 0, returned: 0, isFree: false, priceCard: "1",
    seconds: { p50: 1, p90: 2 }, openedAt: 0, deadlineAt: 600_000, finishedAt: null, settlement: null,
    jobs: new Map(steps.map((quoted) => [quoted.step.id, newJob(quoted)])), stepOf: new Map(steps.map(({ job, step: { id } }) => [job, id])),
  };
}

export const take = (job: string): TakeFacts => ({ id: `take_${job}`, node: "clip:a", fingerprint: `f-${job.slice(4)}`, frames: 24, assets: {}, values: {}, createdAt: 0 });

/** Decides at a time, and what follows from that. */
export function act<T>(book: RunBook, now: number, decide: (fx: Effects) => T): { outcome: T; fx: Effects } {
  const fx = noEffects(now, () => 0.5);
  const outcome = decide(fx);
  advance(book, fx);
  return { outcome, fx };
}
