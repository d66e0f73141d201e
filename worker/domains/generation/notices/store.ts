import { sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";

const RUNS_MAX = 20;

export interface WaitingRow {
  run: string;
  project: string;
  for: string | null;
  since: number | null;
  until: number | null;
}

/** Runs that wait for a provider, with since when: the first row of their log that says so after something was last delivered. Trying in vain in between is no end of it. */
export const waitingRuns = (ctx: StudioCtx, project: string | null): Promise<WaitingRow[]> =>
  ctx.db.all<WaitingRow>(sql`
    SELECT r.id AS run, r.project, r.waiting_for AS "for", r.waiting_until AS until, (
      SELECT min(l.at) FROM run_log AS l WHERE l.run = r.id AND l.type = 'run' AND l.data ->> 'status' = 'waiting'
        AND l.seq > coalesce((SELECT max(o.seq) FROM run_log AS o WHERE o.run = r.id AND o.type = 'attempt' AND o.data ->> 'outcome' = 'succeeded'), 0)
    ) AS since
    FROM runs AS r WHERE r.finished_at IS NULL AND r.status = 'waiting' AND r.studio = ${ctx.studio} AND (${project} IS NULL OR r.project = ${project})
    ORDER BY r.created_at LIMIT ${RUNS_MAX}`);
