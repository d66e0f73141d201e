import type { StudioCtx } from "#core/context.ts";
import { requireProject } from "#domains/projects/index.ts";
import { shownToStudios } from "../checks/catalogue.ts";
import { PLATFORM, type ProjectReconciliation } from "../contract.ts";
import { toStudioFinding } from "../findings/service.ts";
import { openIn } from "../findings/store.ts";
import { findFinished, findRunning } from "../runs/store.ts";
import * as store from "./store.ts";

const FINDINGS_SHOWN = 20;
const round = (seconds: number): number => Math.round(seconds * 10) / 10;

/**
 * Whether a project's books agree: what its runs say, what the wallet's entries say, and what the last comparison found. Where the figures differ
 * for a moment, or nobody has compared yet, it is being checked.
 */
export async function reconciliationOf(ctx: StudioCtx, project: string): Promise<ProjectReconciliation> {
  await requireProject(ctx, project);
  const [figures, inLedger, open, running, ...finished] = await Promise.all([
    store.runFigures(ctx, project), store.capturedInLedger(ctx, project), openIn(ctx, { studio: ctx.studio, project, sources: shownToStudios }, FINDINGS_SHOWN),
    findRunning(ctx, ctx.studio), findFinished(ctx, ctx.studio), findFinished(ctx, PLATFORM),
  ]);
  const checkedAt = Math.max(0, ...finished.map((run) => run?.finishedAt ?? 0));
  const isAgreed = figures.captured === inLedger && figures.isUnfinished === 0;
  return {
    object: "project_reconciliation", project, status: open.length > 0 ? "finding" : running || checkedAt === 0 || !isAgreed ? "checking" : "balanced",
    checkedAt: checkedAt === 0 ? null : new Date(checkedAt).toISOString(),
    credits: { quoted: figures.quoted, captured: figures.captured, returned: figures.returned, inLedger },
    seconds: { estimated: { p50: round(figures.p50), p90: round(figures.p90) }, actual: round(figures.actual) },
    runs: figures.runs, findings: open.map(toStudioFinding),
  };
}
