import type { StudioCtx } from "#core/context.ts";
import { walletOf } from "#domains/credits/index.ts";
import { viewOf } from "../runs/service.ts";
import type { Receipt } from "./contract.ts";
import { receiptOf } from "./rules.ts";

/** Entries of one hold are at most its items and two more. */
const ENTRIES_MAX = 1_000;

/** What a run cost, item by item, from the studio's wallet. */
export async function getReceipt(ctx: StudioCtx, id: string): Promise<Receipt> {
  const { run, jobs } = await viewOf(ctx, id);
  const entries = await walletOf(ctx, ctx.studio).entries({ after: 0, limit: ENTRIES_MAX, hold: run.hold });
  return receiptOf({ run, jobs, entries, madeAt: ctx.now() });
}
