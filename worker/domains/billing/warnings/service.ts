import type { Ctx } from "#core/context.ts";
import { batch, isDuplicate, type Write } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { newestInflow, planOf, planOfStudio } from "#domains/credits/index.ts";
import { walletLow, walletNearlyEmpty } from "../contract.ts";
import { walletWarnings } from "../tables.ts";
import { levelsOf, type Level } from "./rules.ts";

/**
 * Warns of a balance that sank to 20 or 5 per cent of what it is measured by: the plan's monthly credits, or else what was there after the newest
 * inflow. Each level once for each inflow; whoever falls through both at once hears of the worse one.
 */
export async function warnOfLow(ctx: Ctx, studio: string, available: number): Promise<void> {
  const inflow = await newestInflow(ctx, studio);
  if (!inflow) return;
  const plan = planOf(await planOfStudio(ctx, studio));
  const reference = plan.creditsCome === "monthly" ? plan.credits : inflow.availableAfter;
  const levels = levelsOf(available, reference);
  const worst = levels.at(-1);
  if (!worst) return;
  const note = (level: Level) => ctx.db.insert(walletWarnings).values({ studio, reference: `inflow:${inflow.seq}`, level, at: ctx.now() });
  const milder: Write[] = levels.slice(0, -1).map((level) => note(level).onConflictDoNothing());
  const event = (worst === "low" ? walletLow : walletNearlyEmpty)(studio, studio, { available, reference });
  try {
    await commit(ctx, event, [...milder, note(worst)]);
  } catch (error) {
    if (!isDuplicate(error, "wallet_warnings")) throw error;
    await batch(ctx.db, milder);
  }
}
