import { sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";

/** Figures of a project's runs, as the runs tell them. */
export interface RunFigures {
  runs: number;
  quoted: number;
  captured: number;
  returned: number;
  isUnfinished: number;
  p50: number;
  p90: number;
  actual: number;
}

/** Sums over the runs of a project; times are those of runs that succeeded and whose quote said how long it would take. */
export async function runFigures({ db, studio }: StudioCtx, project: string): Promise<RunFigures> {
  const timed = sql`(runs.status = 'succeeded' and quotes.seconds_p50 is not null)`;
  const row = await db.get<RunFigures>(sql`
    select count(*) as runs, coalesce(sum(credits_quoted), 0) as quoted, coalesce(sum(credits_captured), 0) as captured, coalesce(sum(credits_returned), 0) as returned,
      coalesce(sum(runs.finished_at is null), 0) as isUnfinished, coalesce(sum(iif(${timed}, quotes.seconds_p50, 0)), 0) as p50, coalesce(sum(iif(${timed}, quotes.seconds_p90, 0)), 0) as p90,
      coalesce(sum(iif(${timed}, (runs.finished_at - runs.created_at) / 1000.0, 0)), 0) as actual
    from runs left join quotes on quotes.id = runs.quote where runs.project = ${project} and runs.studio = ${studio}`);
  return row ?? { runs: 0, quoted: 0, captured: 0, returned: 0, isUnfinished: 0, p50: 0, p90: 0, actual: 0 };
}

/** What was captured for a project, by the entries of its holds. */
export async function capturedInLedger({ db, studio }: StudioCtx, project: string): Promise<number> {
  const row = await db.get<{ spent: number }>(sql`
    select coalesce(sum(e.spent), 0) as spent from wallet_holds as h indexed by wallet_holds_by_project
    cross join wallet_entries as e indexed by wallet_entries_by_hold on e.wallet = h.wallet and e.hold = h.hold
    where h.wallet = ${studio} and h.project = ${project}`);
  return row?.spent ?? 0;
}
