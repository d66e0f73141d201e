import { expect, test } from "vitest";
import { FRAME_RATE } from "#film/film.ts";
import { expectedOf, historyFrom, leftOfRun, type Timed } from "./rules.ts";

const took = (model: string, frames: number | null, ...all: number[]) => all.map((seconds) => ({ model, frames, seconds }));
const job = (more: Partial<Timed> = {}): Timed => ({ id: "j", model: "a/one", frames: 3 * FRAME_RATE, status: "queued", attempts: 0, startedAt: null, ...more });
const history = historyFrom([...took("a/one", 3 * FRAME_RATE, 50, 10, 20, 40, 30, 60, 100, 70, 90, 80), ...took("a/one", 10 * FRAME_RATE, 200, 200, 200, 200, 300), ...took("a/few", null, 1, 2, 3, 4)]);

test("what a job takes is half and nine tenths of what jobs of its model and length took; with too few of them there is nothing to say", () => {
  expect(expectedOf(job(), history, 0)).toEqual({ p50: 60, p90: 100, jobs: 10 });
  expect(expectedOf(job({ frames: 2 * FRAME_RATE }), history, 0)).toEqual({ p50: 60, p90: 100, jobs: 10 });
  expect(expectedOf(job({ frames: 9 * FRAME_RATE }), history, 0)).toEqual({ p50: 200, p90: 300, jobs: 5 });
  expect(expectedOf(job({ frames: 6 * FRAME_RATE }), history, 0)).toBeNull();
  expect(expectedOf(job({ frames: null }), history, 0)).toEqual({ p50: 80, p90: 200, jobs: 15 });
  expect([expectedOf(job({ model: "a/few", frames: null }), history, 0), expectedOf(job({ model: "b/other" }), history, 0), expectedOf(job({ status: "succeeded" }), history, 0)]).toEqual([null, null, null]);
});

test("of a job that is going on, the rest is said of those that took longer; past all of them, that it takes longer than any", () => {
  const running = (seconds: number, more: Partial<Timed> = {}) => expectedOf(job({ status: "running", attempts: 1, startedAt: 1_000, ...more }), history, 1_000 + seconds * 1_000);
  expect(running(55)).toEqual({ p50: 25, p90: 45, jobs: 10 });
  expect(running(95)).toEqual({ p50: 5, p90: 5, jobs: 10 });
  expect(running(100)).toEqual({ p50: 0, p90: 0, jobs: 10 });
  expect(running(100, { attempts: 2 })).toEqual({ p50: 60, p90: 100, jobs: 10 });
});

test("a run takes its longest chain, or its work side by side; what has no history counts as its model declares, and says so", () => {
  const left = (...jobs: (Partial<Timed> & { after?: string[] })[]) => leftOfRun(jobs.map(({ after = [], ...more }) => ({ ...job(more), after })), { history, now: 0, declared: () => 7 });
  expect(left({ id: "a" }, { id: "b", after: ["a"] })).toEqual({ remaining: { p50: 120, p90: 200 }, from: "history" });
  expect(left({ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" })).toEqual({ remaining: { p50: 120, p90: 200 }, from: "history" });
  expect(left({ id: "a", status: "succeeded" }, { id: "b", after: ["a"] })).toEqual({ remaining: { p50: 60, p90: 100 }, from: "history" });
  expect(left({ id: "a", model: "b/other" })).toEqual({ remaining: { p50: 7, p90: 14 }, from: "declared" });
  expect(leftOfRun([{ ...job({ status: "running", attempts: 1, startedAt: 0 }), after: [] }], { history, now: 200_000, declared: () => 7 })).toEqual({ remaining: null, from: "history" });
});
