import { expect, test } from "vitest";
import { compareRun, type CaptureFacts, type HoldFacts, type JobFacts, type RunFacts } from "./runs.ts";

const run: RunFacts = { id: "run_1", studio: "studio_1", project: "proj_1", quoted: 20, captured: 12, returned: 8, isOver: true };
const jobs: JobFacts[] = [
  { id: "job_a", label: "A", status: "succeeded", attempts: 1, quoted: 12, captured: 12 }, { id: "job_b", label: "B", status: "failed", attempts: 3, quoted: 8, captured: 0 },
  { id: "job_c", label: "C", status: "succeeded", attempts: 0, quoted: 5, captured: 0 }, { id: "job_d", label: "D", status: "succeeded", attempts: 1, quoted: 0, captured: 0 },
];
const holds: HoldFacts[] = [{ id: "hold_1", state: "failed", credits: 20, captured: 12 }];
const captures: CaptureFacts[] = [{ hold: "hold_1", item: "job_a", credits: 12, seq: 4 }];
interface Facts { run: RunFacts; jobs: JobFacts[]; holds: HoldFacts[]; captures: CaptureFacts[] }
const found = (change: Partial<Facts>) => {
  const { run: changed, ...rest } = { run, jobs, holds, captures, ...change };
  return compareRun(changed, rest).map(({ kind, subject, entry, credits }) => [kind, subject, entry, credits]);
};
const job = (id: string, change: Partial<JobFacts>): JobFacts[] => jobs.map((one) => (one.id === id ? { ...one, ...change } : one));

test("a run whose jobs, hold and entries agree has no fault; takes that were there already and free ones cost nothing", () => {
  expect(found({})).toEqual([]);
  expect(found({ holds: [{ id: "hold_0", state: "compensated", credits: 99, captured: 0 }, ...holds] })).toEqual([]);
});

test.each<[string, Partial<Facts>, unknown[]]>([
  ["charged for work that failed", { captures: [...captures, { hold: "hold_1", item: "job_b", credits: 3, seq: 5 }], run: { ...run, captured: 15, returned: 5 } }, [["captured_unmade", "job_b", 5, 3]]],
  ["charged twice", { captures: [...captures, { hold: "hold_1", item: "job_a", credits: 6, seq: 6 }], run: { ...run, captured: 18, returned: 2 } }, [["captured_twice", "job_a", 6, 6]]],
  ["charged for what nobody ordered", { captures: [...captures, { hold: "hold_1", item: "job_x", credits: 1, seq: 7 }], run: { ...run, captured: 13, returned: 7 } }, [["captured_unknown", "job_x", 7, 1]]],
  ["charged above the quote", { captures: [{ hold: "hold_1", item: "job_a", credits: 14, seq: 4 }], jobs: job("job_a", { captured: 14 }), run: { ...run, captured: 14, returned: 6 } }, [["above_quote", "job_a", 4, 2]]],
  ["told another price than the entry has", { jobs: job("job_a", { captured: 11 }) }, [["amount", "job_a", 4, 1]]],
  ["told a price that no entry has", { captures: [], run: { ...run, captured: 0, returned: 20 } }, [["amount", "job_a", null, 12]]],
  ["delivered and never charged", { captures: [], jobs: job("job_a", { captured: 0 }), run: { ...run, captured: 0, returned: 20 } }, [["uncaptured", "job_a", null, 12]]],
  ["a sum that does not add up", { run: { ...run, captured: 13, returned: 7 } }, [["sum", "run_1", null, 1]]],
  ["a rest that did not come back", { run: { ...run, returned: 5 } }, [["returned", "run_1", null, 3]]],
  ["a hold that was left open", { holds: [{ id: "hold_1", state: "open", credits: 20, captured: 12 }] }, [["left_open", "hold_1", null, 8]]],
  ["a hold of another size", { holds: [{ id: "hold_1", state: "failed", credits: 30, captured: 12 }] }, [["held", "run_1", null, 10]]],
])("%s is found and named", (_, change, expected) => {
  expect(found(change)).toEqual(expected);
});

test("a run that is under way is only faulted for what can never be right", () => {
  const open = { ...run, isOver: false, captured: 0, returned: 0 };
  expect(found({ run: open, holds: [{ id: "hold_1", state: "open", credits: 20, captured: 12 }], jobs: job("job_a", { status: "running", captured: 0 }) })).toEqual([]);
  expect(found({ run: open, captures: [...captures, ...captures] })).toEqual([["captured_twice", "job_a", 4, 12]]);
});
