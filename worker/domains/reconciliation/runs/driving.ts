/** How a run goes on, step by step. Any step may be cut off and taken again: what it found, what it repaired and its position commit together. Loaded when a run goes on, with the checks. */
import type { Ctx } from "#core/context.ts";
import { batch, isGuardFailure } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { nothing, only, type Check, type Difference, type StepResult } from "../checks/check.ts";
import { checksFor } from "../checks/index.ts";
import { reconciliationFinished } from "../contract.ts";
import * as findings from "../findings/store.ts";
import type { Count, RunRow } from "../tables.ts";
import { noCount, studioOfScope } from "./scope.ts";
import * as store from "./store.ts";

/** What one request does of a run: it may ask D1 a thousand times. The next one goes on with the rest. */
const STEPS_MAX = 12;
const BUDGET_MS = 20_000;
/** A step that fails so often is given up, and its check with it. */
const TRIES_MAX = 5;

/** Takes steps of a run until it is over, until this request has done its share, or until a step fails or somebody else takes it. */
export async function drive(ctx: Ctx, id: string, { steps = STEPS_MAX }: { steps?: number } = {}): Promise<"over" | "more" | "stalled"> {
  const until = ctx.now() + BUDGET_MS;
  for (let count = 0; count < steps && ctx.now() < until; count += 1) {
    const row = await store.find(ctx, id);
    if (!row || row.state !== "running") return "over";
    if ((await stepSafely(ctx, row)) === "stop") return "stalled";
  }
  return (await store.find(ctx, id))?.state === "running" ? "more" : "over";
}

async function stepSafely(ctx: Ctx, row: RunRow): Promise<"go" | "stop"> {
  const check = checksFor(studioOfScope(row.scope))[row.position.check];
  try {
    if (!check) await finish(ctx, row);
    else await step(ctx, row, check);
    return "go";
  } catch (error) {
    if (isGuardFailure(error)) return "stop";
    logLine({ evt: "reconciliation.step_failed", run: row.id, check: check?.id, tries: row.tries + 1, error: String(error) });
    await fail(ctx, row, { check, error }).catch((failure: unknown) => logLine({ evt: "reconciliation.failure_unwritten", run: row.id, error: String(failure) }));
    return "stop";
  }
}

async function step(ctx: Ctx, row: RunRow, check: Check): Promise<void> {
  const result = await check.step(ctx, { studio: studioOfScope(row.scope), at: row.position.at });
  const count = row.counts[check.id] ?? noCount();
  const isDone = result.next === null;
  await batch(ctx.db, [
    ...store.move(ctx, row, {
      position: isDone ? { check: row.position.check + 1, at: null } : { check: row.position.check, at: result.next }, tries: 0,
      counts: { ...row.counts, [check.id]: added(count, result) },
    }),
    ...result.repairs,
    ...await findings.record(ctx, { check: check.id, run: row.id, differences: result.differences }),
    ...findings.closeUnseen(ctx, { check: check.id, spans: result.finished, since: row.startedAt, studio: studioOfScope(row.scope) }),
  ]);
}

const added = (count: Count, { examined, differences, next }: StepResult): Count => ({
  examined: count.examined + examined, differences: count.differences + differences.length,
  repaired: count.repaired + differences.filter(({ repaired }) => repaired === "now").length, state: next === null ? "done" : "running",
});

/** A step that failed is tried again later; one that fails for good ends its check, which is a finding of its own. */
async function fail(ctx: Ctx, row: RunRow, { check, error }: { check: Check | undefined; error: unknown }): Promise<void> {
  const problem = String(error).slice(0, 500);
  if (!check || row.tries + 1 < TRIES_MAX) return batch(ctx.db, store.move(ctx, row, { tries: row.tries + 1, problem }));
  const studio = studioOfScope(row.scope);
  const difference: Difference = {
    ...nothing, key: "not completed", unit: `${check.id} of ${row.scope}`, studio, subject: check.id, severity: "critical", detail: problem,
    explanation: `“${check.name}” could not be completed, so it is not known whether anything is wrong there. The next run tries again.`,
  };
  await batch(ctx.db, [
    ...store.move(ctx, row, { position: { check: row.position.check + 1, at: null }, tries: 0, problem, counts: { ...row.counts, [check.id]: { ...(row.counts[check.id] ?? noCount()), state: "failed" } } }),
    ...await findings.record(ctx, { check: check.id, run: row.id, differences: [difference] }),
  ]);
}

async function finish(ctx: Ctx, row: RunRow): Promise<void> {
  const counts = Object.entries(row.counts);
  const sum = (part: "differences" | "repaired") => counts.reduce((total, [, count]) => total + count[part], 0);
  const state = counts.some(([, count]) => count.state === "failed") ? "failed" : "succeeded";
  const completed = counts.filter(([, count]) => count.state === "done");
  await commit(ctx, reconciliationFinished(studioOfScope(row.scope), row.id, { scope: row.scope, state, differences: sum("differences"), repaired: sum("repaired") }), [
    ...store.move(ctx, row, { state, finishedAt: ctx.now(), problem: state === "failed" ? row.problem : null }),
    ...completed.flatMap(([check]) => findings.closeUnseen(ctx, { check, spans: [only(`${check} of ${row.scope}`)], since: row.startedAt, studio: studioOfScope(row.scope) })),
  ]);
}
