import { expect, test } from "vitest";
import { noEffects, type Problem } from "./book.ts";
import { end } from "./ending.ts";
import { newBook, quotedStep } from "./testing/books.ts";

type End = "failed" | "refused" | "expired" | "cancelled";

/** What is read of a job that ends so; `hasOthers`: another model could make it. */
function read(state: End, problem: Problem, hasOthers = true): string | undefined {
  const quoted = quotedStep("a");
  const book = newBook([hasOthers ? { ...quoted, alternatives: [quoted.terms] } : quoted]);
  const job = book.jobs.get("a");
  if (!job) throw new Error("there is no job");
  end(noEffects(0, () => 0.5), job, state, problem);
  expect(job.text).toBe(job.problem?.detail);
  return job.problem?.detail;
}

test.each([
  ["failed", "provider_failed", "Runway failed to make it.", "Runway failed to make it. Try it again, or choose another model. Nothing was charged."],
  ["failed", "unresolved", "It could not be found out whether the provider got it. Nothing was charged.", "It could not be found out whether the provider got it. Try it again, or choose another model. Nothing was charged."],
  ["failed", "provider_failed", "the instrument is out of tune", "the instrument is out of tune. Try it again, or choose another model. Nothing was charged."],
  ["expired", "expired", "It was not there by its deadline.", "It was not there by its deadline. Try it again, or choose another model. Nothing was charged."],
  ["failed", "output_in_answer", "We have been told; nothing was charged.", "We have been told. Try it again, or choose another model. Nothing was charged."],
] as const)("a job that is %s for no fault of what was ordered (%s) says what to do next, and once that nothing was charged", (state, code, detail, words) => {
  expect(read(state, { code, detail })).toBe(words);
});

test("what says in a sentence of its own that nothing was charged says it once", () => {
  expect(read("failed", { code: "input_unread", detail: "Nothing was sent, and nothing was charged." }, false)).toBe("Nothing was sent, and nothing was charged. Try it again.");
});

test("where no other model could make it, none is named", () => {
  expect(read("failed", { code: "provider_failed", detail: "The model failed." }, false)).toBe("The model failed. Try it again. Nothing was charged.");
});

test("a problem with what was ordered says itself what to change, and what was cancelled says no more than that", () => {
  expect(read("failed", { code: "bad_input", detail: "Make it shorter." })).toBe("Make it shorter. Nothing was charged.");
  expect(read("refused", { code: "refused", detail: "Describe the shot more plainly." })).toBe("Describe the shot more plainly. Nothing was charged.");
  expect(read("cancelled", { code: "cancelled", detail: "You cancelled it." })).toBe("You cancelled it.");
});
