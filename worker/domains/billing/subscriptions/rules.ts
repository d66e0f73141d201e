/** What a subscription at Stripe means for a studio. Pure. */
import { GRACE_MS, isLive, planInForce, type PlanCode, type SubscriptionFacts, type SubscriptionRow, type SubscriptionStatus } from "#domains/credits/index.ts";

/** A subscription as it was read from Stripe, with what had to be looked up besides. Times in milliseconds. */
export interface Seen {
  id: string;
  plan: PlanCode;
  status: SubscriptionStatus;
  item: string | null;
  schedule: string | null;
  periodStart: number | null;
  periodEnd: number | null;
  cancelAt: number | null;
  endedAt: number | null;
  /** The plan that a schedule goes on to. */
  next: { plan: PlanCode; at: number } | null;
  /** The oldest invoice that is due and unpaid. */
  unpaid: { since: number; url: string | null } | null;
  /** The page on which a change that waits for its payment can be paid. */
  confirmUrl: string | null;
}

const isUnpaid = (status: SubscriptionStatus): boolean => status === "past_due" || status === "unpaid";

/** The row that follows from what was seen. */
export function factsOf(seen: Seen): SubscriptionFacts {
  const { id, plan, status, item, schedule, periodStart, periodEnd, next, unpaid, confirmUrl } = seen;
  const due = isUnpaid(status) ? unpaid : null;
  return {
    plan, status, subscription: id, item, schedule, periodStart, periodEnd, cancelAt: status === "canceled" ? (seen.endedAt ?? seen.cancelAt) : seen.cancelAt,
    pendingPlan: next?.plan ?? null, pendingAt: next?.at ?? null, graceUntil: due ? due.since + GRACE_MS : null, payUrl: due ? due.url : confirmUrl,
  };
}

/** What is to be done with news of a subscription where the studio may have another one: a dead one gives way to one that begins, and to nothing else. */
export function placeOf(own: Pick<SubscriptionRow, "subscription" | "status">, seen: Pick<Seen, "id" | "status">): "own" | "second" | "past" {
  if (own.subscription === null || own.subscription === seen.id) return "own";
  const isOver = seen.status === "canceled" || seen.status === "incomplete_expired";
  if (isOver) return "past";
  return isLive(own.status) ? "second" : "own";
}

export type News = { kind: "payment_failed" } | { kind: "changed"; from: PlanCode; to: PlanCode } | { kind: "updated" } | null;

/** What is new about it, the most important first; null where nothing is. */
export function newsIn(before: SubscriptionRow, after: SubscriptionFacts, now: number): News {
  const isSame = Object.entries(after).every(([name, value]) => Reflect.get(before, name) === value);
  if (isSame) return null;
  if (isUnpaid(after.status) && !isUnpaid(before.status)) return { kind: "payment_failed" };
  const [from, to] = [planInForce(before, now), planInForce(after, now)];
  return from === to ? { kind: "updated" } : { kind: "changed", from, to };
}
