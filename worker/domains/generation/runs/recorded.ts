/** A run's own record: with it anybody who holds it can go through the run again (`npm run replay`). */
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { walletOf } from "#domains/credits/index.ts";
import { runOf } from "#objects/run/calls.ts";
import type { LogRow } from "#objects/run/sql.ts";
import type { RunRecord } from "../contract.ts";
import { readSnapshot } from "../quotes/service.ts";
import { viewOf } from "./service.ts";

const ROWS_MAX = 50_000;
const ENTRIES_MAX = 1_000;

/** Everything that a run was told and what followed from it, what it was quoted, and what the wallet wrote for it. */
export async function getRecord(ctx: StudioCtx, id: string): Promise<RunRecord> {
  const { run } = await viewOf(ctx, id);
  const rows: LogRow[] = [];
  let opening: object | null = null;
  for (;;) {
    const piece = await runOf(ctx.env, id).record(rows.at(-1)?.seq ?? 0);
    if (!piece) break;
    opening = piece.opening;
    if (piece.rows.length === 0) break;
    rows.push(...piece.rows);
    if (rows.length > ROWS_MAX) throw new AppError("run.record_too_long", `This run has more than ${ROWS_MAX} rows. Ask support for its record.`);
  }
  const [snapshot, entries] = await Promise.all([readSnapshot(ctx, run.quote), walletOf(ctx, ctx.studio).entries({ after: 0, limit: ENTRIES_MAX, hold: run.hold })]);
  return { object: "run_record", v: 1, run: id, hold: run.hold, opening: { ...opening }, snapshot: { ...snapshot }, rows, entries: entries.map(({ seq, body }) => ({ seq, body })) };
}
