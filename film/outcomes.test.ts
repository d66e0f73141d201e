import { expect, test } from "vitest";
import { capturedCredits, outcomes, outcomeTable } from "./outcomes.ts";

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
