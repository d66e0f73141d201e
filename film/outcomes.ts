import type { JobState } from "./next.ts";

/** How a job can end, as the person who pays sees it. */
export const outcomes = [
  "succeeded",
  "failed",
  "refused-before",
  "refused-after",
  "timed-out",
  "cancelled-before",
  "cancelled-after",
  "webhook-lost",
  "partial",
  "duplicate",
] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * What is captured of a job's item: all of it, nothing, or all of it if the work was delivered nevertheless. What is not captured goes back
 * to the wallet when the run ends.
 */
export type CaptureRule = "item" | "nothing" | "item-if-delivered";

export interface OutcomeRow {
  outcome: Outcome;
  /** What happened. */
  happened: string;
  /** Who pays what. */
  pays: string;
  rule: CaptureRule;
}

/** The public table of outcomes: what a user pays for is work delivered. The ledger is checked against it. */
export const outcomeTable: readonly OutcomeRow[] = [
  { outcome: "succeeded", happened: "It was made and delivered as ordered.", pays: "You pay its item of the quote, never more.", rule: "item" },
  { outcome: "failed", happened: "It could not be made, or came back damaged or not as ordered.", pays: "You pay nothing. What the attempts cost, we pay.", rule: "nothing" },
  { outcome: "refused-before", happened: "A model refused to make it, before it began.", pays: "You pay nothing.", rule: "nothing" },
  { outcome: "refused-after", happened: "A model made it and then refused to hand it over.", pays: "You pay nothing. What the model's maker charges for it, we pay.", rule: "nothing" },
  { outcome: "timed-out", happened: "It was not there by its deadline.", pays: "You pay nothing. If it comes later, we pay.", rule: "nothing" },
  { outcome: "cancelled-before", happened: "You cancelled it before it was sent to a model.", pays: "You pay nothing.", rule: "nothing" },
  { outcome: "cancelled-after", happened: "You cancelled it while a model was at work.", pays: "If it is delivered nevertheless, you keep it and pay its item. If not, you pay nothing.", rule: "item-if-delivered" },
  { outcome: "webhook-lost", happened: "It was made, and the message that says so was lost.", pays: "We ask for it. If it is delivered, you pay its item, once. If not, you pay nothing.", rule: "item-if-delivered" },
  { outcome: "partial", happened: "Some steps of a run were made and others were not.", pays: "You pay the items of those that were delivered, and keep them. The rest is free.", rule: "item-if-delivered" },
  { outcome: "duplicate", happened: "The same thing was asked for, sent or delivered twice.", pays: "You pay once.", rule: "nothing" },
];

/** Where a model refused: what it was given, or what it had made. */
export const refusalStages = ["input", "output"] as const;
export type RefusalStage = (typeof refusalStages)[number];

/** How a job stands, as far as its row of the table depends on it. */
export interface Standing {
  status: JobState;
  attempts: number;
  progress: number;
  problem: { code: string } | null;
  /** Null: it was not refused, or the provider does not say where. */
  refusalStage: RefusalStage | null;
}

/** The row of the table that a job's end is: what its receipt names. Null while it is under way. */
export function outcomeOf({ status, attempts, progress, problem, refusalStage }: Standing): Outcome | null {
  switch (status) {
    case "succeeded":
      return attempts === 0 ? "duplicate" : "succeeded";
    case "failed":
      return "failed";
    case "refused":
      // Where the provider does not say, having seen it at work is the best there is.
      return (refusalStage ?? (progress > 0 ? "output" : "input")) === "output" ? "refused-after" : "refused-before";
    case "expired":
      return "timed-out";
    case "cancelled":
      return problem?.code === "blocked" ? "partial" : attempts === 0 ? "cancelled-before" : "cancelled-after";
    default:
      return null;
  }
}

/** Credits that are captured of an item. `duplicate` is about the second of two: the first has an outcome of its own. */
export function capturedCredits(outcome: Outcome, item: { credits: number; delivered: "delivered" | "not-delivered" }): number {
  const rule = outcomeTable.find((row) => row.outcome === outcome)?.rule ?? "nothing";
  if (rule === "item") return item.credits;
  return rule === "item-if-delivered" && item.delivered === "delivered" ? item.credits : 0;
}
