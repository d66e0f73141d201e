import type { PlanRules } from "#core/access.ts";
import { requirePlan } from "#domains/credits/index.ts";
import { filmsThisMonth } from "#domains/generation/index.ts";

/** What plans say about callers and use: one line for each thing that a plan counts, from whoever counts it. */
export const planRules: PlanRules = {
  letKeyWrite: (ctx) => requirePlan(ctx, { entitlement: "api" }),
  used: { filmsPerMonth: filmsThisMonth },
};
