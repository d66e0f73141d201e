import { expect, test } from "vitest";
import { capturedCredits, outcomeOf, outcomes, outcomeTable } from "./outcomes.ts";

test("every way in which a job can end stands in the public table, once", () => {
  expect(outcomeTable.map(({ outcome }) => outcome)).toEqual([...outcomes]);
});

test.each(["failed", "refused-before", "refused-after", "timed-out", "cancelled-before", "duplicate"] as const)("%s costs nothing, even where something arrived", (outcome) => {
  expect(capturedCredits(outcome, { credits: 7, delivered: "delivered" })).toBe(0);
});

test.each(["cancelled-after", "webhook-lost", "partial"] as const)("%s costs its item if it was delivered, and nothing if not", (outcome) => {
  expect(capturedCredits(outcome, { credits: 7, delivered: "delivered" })).toBe(7);
  expect(capturedCredits(outcome, { credits: 7, delivered: "not-delivered" })).toBe(0);
});

const job = { attempts: 1, progress: 0, problem: null, refusalStage: null };

test.each([
  [{ ...job, status: "succeeded" }, "succeeded"], [{ ...job, status: "succeeded", attempts: 0 }, "duplicate"], [{ ...job, status: "failed" }, "failed"], [{ ...job, status: "refused" }, "refused-before"],
  [{ ...job, status: "refused", progress: 40 }, "refused-after"], [{ ...job, status: "refused", refusalStage: "output" }, "refused-after"], [{ ...job, status: "refused", progress: 40, refusalStage: "input" }, "refused-before"],
  [{ ...job, status: "expired" }, "timed-out"], [{ ...job, status: "cancelled", attempts: 0 }, "cancelled-before"],
  [{ ...job, status: "cancelled" }, "cancelled-after"], [{ ...job, status: "cancelled", attempts: 0, problem: { code: "blocked" } }, "partial"], [{ ...job, status: "retrying" }, null], [{ ...job, status: "cancelling" }, null],
] as const)("a job that is %j is in the row %s", (standing, row) => {
  expect(outcomeOf(standing)).toBe(row);
});
