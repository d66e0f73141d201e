/** What a studio's plan is at a moment, and what it allows. Pure: rows, needs and the time come in. */
import { FREE_PLAN, planOf, plans } from "./catalogue.ts";
import { type Entitlement, type Plan, type PlanCode, type Quota, type SubscriptionStatus, UNLIMITED } from "./contract.ts";

/** So long a plan whose payment failed keeps what it opens. */
export const GRACE_MS = 7 * 86_400_000;

/** The facts of a subscription that decide which plan is in force. */
export interface Standing {
  plan: PlanCode;
  status: SubscriptionStatus;
  cancelAt: number | null;
  graceUntil: number | null;
}

/** The plan in force: derived, never stored. A plan that nobody pays for acts as free once its grace is over. */
export function planInForce(standing: Standing | undefined, now: number): PlanCode {
  if (!standing || (standing.cancelAt !== null && now >= standing.cancelAt)) return FREE_PLAN;
  switch (standing.status) {
    case "active":
    case "trialing":
      return standing.plan;
    case "past_due":
    case "unpaid":
      return standing.graceUntil !== null && now < standing.graceUntil ? standing.plan : FREE_PLAN;
    case "free":
    case "incomplete":
    case "incomplete_expired":
    case "canceled":
    case "paused":
      return FREE_PLAN;
  }
}

/** Whether there is a subscription that can be changed or cancelled, paid or not. */
export const isLive = (status: SubscriptionStatus): boolean => status === "active" || status === "trialing" || status === "past_due" || status === "unpaid" || status === "paused";

/** What somebody wants to do: something that a plan opens, or one more of what it counts. */
export type Need = { entitlement: Entitlement } | { quota: Quota; used: number };

export type Answer =
  | { ok: true }
  | { ok: false; why: "entitlement"; entitlement: Entitlement; current: PlanCode; plan: Plan | null }
  | { ok: false; why: "quota"; quota: Quota; limit: number; used: number; current: PlanCode; plan: Plan | null };

/** Whether a plan allows one more. */
export const allows = (plan: Plan, need: Need): boolean =>
  "entitlement" in need ? plan.entitlements.includes(need.entitlement) : plan.quotas[need.quota] >= UNLIMITED || need.used < plan.quotas[need.quota];

/** The cheapest plan of either ladder that allows it, or null where none does. */
export function cheapestFor(need: Need): Plan | null {
  return [...plans].sort((a, b) => a.amountCents - b.amountCents).find((plan) => allows(plan, need)) ?? null;
}

/** May a studio on this plan do this, and if not, which plan would let it. */
export function mayOn(current: PlanCode, need: Need): Answer {
  const plan = planOf(current);
  if (allows(plan, need)) return { ok: true };
  const would = { current, plan: cheapestFor(need) };
  return "entitlement" in need ? { ok: false, why: "entitlement", ...need, ...would } : { ok: false, why: "quota", ...need, limit: plan.quotas[need.quota], ...would };
}

/** The beginning of the calendar month that a moment lies in. Months of plans are UTC's. */
export function monthStart(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** The beginning of the next calendar month. */
export function nextMonthStart(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
