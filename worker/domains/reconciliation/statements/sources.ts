/** Providers that give their statements by themselves. A statement by hand needs none of this. */
import type { Ctx } from "#core/context.ts";
import { statementOf } from "#domains/generation/index.ts";
import type { Charge } from "./csv.ts";

/** What a provider billed in a period; null where it gives no statements, or is not set up here. */
export async function askForStatement(ctx: Ctx, provider: string, period: { from: number; to: number }): Promise<Charge[] | null> {
  const lines = await statementOf(ctx, provider, period);
  return lines?.map(({ id, model, status, costMicros, createdAt }) => ({ charge: id, model, status, costMicros, createdAt })) ?? null;
}
