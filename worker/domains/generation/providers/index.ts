import type { Ctx } from "#core/context.ts";
import { registry } from "#core/registry.ts";
import * as all from "./all.ts";
import type { BilledSubmission, Call, Provider } from "./provider.ts";

export const providers = registry<Provider>(all);

/** A provider of this deployment with the way to reach it; null where it is not known or not configured. */
export function reach(ctx: Ctx, id: string): { provider: Provider; call: Call } | null {
  const provider = providers.get(id);
  const configured = provider?.configured(ctx.env) ?? null;
  return provider && configured ? { provider, call: { ...configured, now: ctx.now, fetch: (url, init) => ctx.fetch(url, init) } } : null;
}

/** What a provider billed in a time; null where it cannot be asked. */
export async function statementOf(ctx: Ctx, id: string, span: { from: number; to: number }): Promise<BilledSubmission[] | null> {
  const reached = reach(ctx, id);
  return reached?.provider.statement ? reached.provider.statement(reached.call, span) : null;
}
