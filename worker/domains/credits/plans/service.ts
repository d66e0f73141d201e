import type { Ctx, StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { planOf } from "./catalogue.ts";
import type { Plan, PlanCode } from "./contract.ts";
import { allows, mayOn, planInForce, type Answer, type Need } from "./rules.ts";
import * as store from "./store.ts";

/** The plan that is in force for a studio now. */
export async function planOfStudio(ctx: Ctx, studio: string): Promise<PlanCode> {
  return planInForce(await store.findSubscription(ctx, studio), ctx.now());
}

const dollars = (cents: number): string => (cents % 100 === 0 ? `$${cents / 100}` : `$${(cents / 100).toFixed(2)}`);
const words: Record<Plan["entitlements"][number], string> = { "lip-sync": "Lip-sync", marketplace: "Selling in the marketplace", api: "Writing with an API key" };
const counted: Record<keyof Plan["quotas"], string> = { avatars: "avatars", filmsPerMonth: "films this month", concepts: "concepts this month" };

/** May this studio do this, and if not, which is the cheapest plan with which it might. `unpaid` is its own plan where only that plan's payment is missing. */
export async function mayStudio(ctx: StudioCtx, need: Need): Promise<Answer & { unpaid: Plan | null }> {
  const row = await store.findSubscription(ctx, ctx.studio);
  const own = row && (row.status === "past_due" || row.status === "unpaid") ? planOf(row.plan) : null;
  return { ...mayOn(planInForce(row, ctx.now()), need), unpaid: own && allows(own, need) ? own : null };
}

/** Goes on only where the studio's plan allows it; otherwise says which plan would, and what that costs. */
export async function requirePlan(ctx: StudioCtx, need: Need): Promise<void> {
  const answer = await mayStudio(ctx, need);
  if (answer.ok) return;
  const { current, plan, unpaid } = answer;
  const extra = { current, plan: plan?.code ?? null, amountCents: plan?.amountCents ?? null };
  const offer = unpaid ? `The payment of ${unpaid.name} is due: pay it at /studio/billing and go on.` : plan ? `${plan.name} (${dollars(plan.amountCents)} a month) has it: choose it at /studio/billing.` : "No plan has more. Ask us for one that does.";
  if (answer.why === "entitlement") throw new AppError("plan.needed", `${words[answer.entitlement]} is not part of ${planOf(current).name}. ${offer}`, { ...extra, entitlement: answer.entitlement });
  throw new AppError("plan.quota_reached", `${planOf(current).name} has ${answer.limit} ${counted[answer.quota]}, and ${answer.used} are used. ${offer}`, { ...extra, quota: answer.quota, limit: answer.limit, used: answer.used });
}
