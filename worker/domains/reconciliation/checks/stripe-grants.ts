import type { Ctx } from "#core/context.ts";
import { expectedOf, grantsOfKeys, grantsOfPayments, isPaid, listGrants, moneyMoved, sellsHere, type GrantRow, type MoneyMoved } from "#domains/billing/index.ts";
import { isPlain, judgePayment, judgeReturn, type PaymentFault } from "../comparing/payments.ts";
import { openUnits } from "../findings/store.ts";
import { entryOf } from "./catalogue.ts";
import { nothing, only, type Check, type Difference, type StepResult } from "./check.ts";

const DAY_MS = 24 * 3_600_000;
/** Stripe's news may be three days late, so days are compared for a week. */
const DAYS = 7;
const MOVED = 40;
/** What was paid so shortly before is on its way. */
const YOUNG_MS = 3_600_000;

interface Place {
  days: string[];
  part: "moved" | "grants";
  after: string | null;
}

/** Money that moved at Stripe against what was written down of it, day by day, both ways. */
export const stripeGrants: Check = {
  ...entryOf("stripe-grants"),
  async step(ctx, { at }) {
    if (!sellsHere(ctx)) return { examined: 0, differences: [], repairs: [], finished: [], next: null };
    const place = (at as Place | null) ?? { days: await daysToCompare(ctx), part: "moved", after: null };
    const [day] = place.days;
    if (day === undefined) return { examined: 0, differences: [], repairs: [], finished: [], next: null };
    return place.part === "moved" ? compareMoved(ctx, place, day) : compareGrants(ctx, place, day);
  },
};

/** The last days, and those before in which something is still open. */
async function daysToCompare(ctx: Ctx): Promise<string[]> {
  const last = Array.from({ length: DAYS }, (_, index) => new Date(ctx.now() - index * DAY_MS).toISOString().slice(0, 10));
  return [...new Set([...last, ...await openUnits(ctx, stripeGrants.id, DAYS * 4)])].filter((day) => /^\d{4}-\d{2}-\d{2}$/.test(day)).toSorted();
}

const spanOf = (ctx: Ctx, day: string) => {
  const from = Date.parse(`${day}T00:00:00Z`);
  return { from, to: Math.max(from, Math.min(from + DAY_MS, ctx.now() - YOUNG_MS)) };
};

async function compareMoved(ctx: Ctx, place: Place, day: string): Promise<StepResult> {
  const { moved, next } = await moneyMoved(ctx, { ...spanOf(ctx, day), after: place.after, limit: MOVED });
  const intents = moved.flatMap(({ paymentIntent }) => paymentIntent ?? []);
  const [purchases, returned] = await Promise.all([grantsOfPayments(ctx, intents), grantsOfKeys(ctx, moved.flatMap(({ key }) => key ?? []))]);
  const differences: Difference[] = [];
  for (const one of moved) {
    const purchase = purchases.find(({ paymentIntent }) => paymentIntent === one.paymentIntent);
    for (const { studio, fault } of await judge(ctx, one, { purchase, returned })) differences.push(toDifference(day, { studio, fault, source: one.source }));
  }
  return { examined: moved.length, differences, repairs: [], finished: [], next: (next === null ? { ...place, part: "grants", after: null } : { ...place, after: next }) satisfies Place };
}

async function judge(ctx: Ctx, moved: MoneyMoved, { purchase, returned }: { purchase: GrantRow | undefined; returned: GrantRow[] }): Promise<{ studio: string | null; fault: PaymentFault }[]> {
  if (moved.kind === "payment") {
    if (isPlain(moved, purchase) || moved.paymentIntent === null) return [];
    const owed = await expectedOf(ctx, moved.paymentIntent);
    return judgePayment(moved, purchase, owed).map((fault) => ({ studio: purchase?.studio ?? owed?.studio ?? null, fault }));
  }
  // Money that went back for something that brought no credits takes none.
  if (!purchase && (moved.paymentIntent === null || (await expectedOf(ctx, moved.paymentIntent)) === null)) return [];
  const key = moved.key ?? "";
  return judgeReturn(moved, key, returned.find((row) => row.key === key)).map((fault) => ({ studio: purchase?.studio ?? null, fault }));
}

/** What was written down on a day: the money is at Stripe, and the wallet was told. */
async function compareGrants(ctx: Ctx, place: Place, day: string): Promise<StepResult> {
  const rows = await listGrants(ctx, { ...spanOf(ctx, day), limit: MOVED, after: place.after ?? undefined });
  const differences: Difference[] = [];
  for (const row of rows) {
    const about = { studio: row.studio, source: row.invoice ?? row.session ?? row.key };
    if (row.key === row.purchase && !(await isPaid(ctx, row))) {
      differences.push(toDifference(day, { ...about, fault: { kind: "ungranted", key: row.key, credits: row.credits, words: `${row.credits} credits were granted for ${about.source}, and Stripe has no such payment.` }, unpaid: true }));
    }
    if (row.state === "pending") differences.push(toDifference(day, { ...about, fault: { kind: "unsent", key: row.key, credits: Math.abs(row.credits), words: `${row.key} was written down, and the wallet has not taken it for more than an hour. It is sent again every minute.` } }));
  }
  const isOver = rows.length < MOVED;
  return {
    examined: rows.length, differences, repairs: [], finished: isOver ? [only(day)] : [],
    next: isOver ? (place.days.length > 1 ? { days: place.days.slice(1), part: "moved", after: null } satisfies Place : null) : { ...place, after: rows.at(-1)?.key ?? null } satisfies Place,
  };
}

const toDifference = (day: string, { studio, fault: { kind, key, credits, words }, source, unpaid = false }: { studio: string | null; fault: PaymentFault; source: string; unpaid?: boolean }): Difference => ({
  ...nothing, key: `${unpaid ? "unpaid" : kind} ${key}`, unit: day, studio, subject: key, credits, severity: kind === "unsent" ? "warning" : "critical", detail: unpaid ? "granted, and not paid" : kind, data: { source },
  explanation: `${words} Credits move only after two administrators agree.`,
});
