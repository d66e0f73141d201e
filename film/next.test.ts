import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph } from "./graph/graph.ts";
import { isTerminal, next, type Action, type JobState, type RunState, type Waiting } from "./next.ts";
import { plan, type Step } from "./plan.ts";
import { priceCard } from "./prices.ts";
import { filmsWithShots } from "./testing/films.ts";
import { Shelf } from "./testing/making.ts";

/** Any steps of which each waits for some before it. */
const stepLists: fc.Arbitrary<Waiting[]> = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 14 })
  .map((lists) => lists.map((deps, at) => ({ id: `step_${at}`, after: at === 0 ? [] : [...new Set(deps.map((dep) => `step_${dep % at}`))] })));

const ends = fc.constantFrom<JobState>("succeeded", "succeeded", "succeeded", "failed", "refused", "cancelled", "expired");

const of = (steps: readonly Waiting[], id: string): readonly string[] => steps.find((step) => step.id === id)?.after ?? [];

/** Applies what `next` says, as a run does: each action moves its job on. */
function apply(states: Record<string, JobState>, actions: readonly Action[]): void {
  for (const action of actions) {
    if (action.do === "queue") states[action.step] = "queued";
    if (action.do === "cancel") states[action.step] = states[action.step] === "running" ? "cancelling" : "cancelled";
  }
}

describe("next", () => {
  test("every run comes to an end, nothing is queued twice or before what it is made from, whatever fails and whenever it is cancelled", () => {
    fc.assert(
      fc.property(stepLists, fc.infiniteStream(ends), fc.infiniteStream(fc.nat()), fc.option(fc.nat(30)), (steps, outcomes, picks, cancelAt) => {
        const states: Record<string, JobState> = {};
        const queued = new Set<string>();
        let run: RunState = "running";
        for (let round = 0; round < 100; round += 1) {
          if (round === cancelAt) run = "cancelling";
          const actions = next(steps, states, run);
          expect(next(steps, { ...states }, run)).toEqual(actions);
          const settled = actions.find((action) => action.do === "settle");
          if (settled) {
            expect(steps.every(({ id }) => isTerminal(states[id] ?? "pending"))).toBe(true);
            return;
          }
          for (const action of actions) {
            if (action.do !== "queue") continue;
            expect(queued.has(action.step)).toBe(false);
            expect(of(steps, action.step).every((dep) => states[dep] === "succeeded")).toBe(true);
            queued.add(action.step);
          }
          apply(states, actions);
          expect(next(steps, states, run).some((action) => action.do === "queue" && queued.has(action.step))).toBe(false);
          const open = Object.entries(states).filter(([, state]) => !isTerminal(state));
          const [id, state] = open[(picks.next().value ?? 0) % Math.max(1, open.length)] ?? [];
          if (id !== undefined) states[id] = state === "queued" ? "running" : (outcomes.next().value ?? "succeeded");
        }
        expect.unreachable("the run did not end");
      }),
      { numRuns: 500 },
    );
  });

  test("what waits for a failed job is cancelled, however far below it, and the rest goes on", () => {
    const steps = [
      { id: "frame", after: [] },
      { id: "move", after: ["frame"] },
      { id: "animatic", after: ["move", "music"] },
      { id: "music", after: [] },
    ];
    expect(next(steps, { frame: "refused" }, "running")).toEqual([
      { do: "cancel", step: "move", because: "frame" },
      { do: "cancel", step: "animatic", because: "frame" },
      { do: "queue", step: "music" },
    ]);
  });

  test.each<[JobState[], RunState, string]>([
    [[], "running", "succeeded"],
    [["succeeded", "succeeded"], "running", "succeeded"],
    [["succeeded", "failed"], "running", "incomplete"],
    [["failed", "cancelled"], "running", "failed"],
    [["expired"], "waiting", "failed"],
    [["cancelled", "cancelled"], "running", "cancelled"],
    [["succeeded", "cancelled"], "cancelling", "cancelled"],
    [["succeeded", "succeeded"], "cancelling", "succeeded"],
  ])("jobs %j of a run that is %s end it as %s", (ended, run, status) => {
    const steps = ended.map((_, at) => ({ id: `step_${at}`, after: [] }));
    const states = Object.fromEntries(ended.map((state, at) => [`step_${at}`, state]));
    expect(next(steps, states, run)).toEqual([{ do: "settle", status }]);
  });

  test("a run that is not open yet, or is over, does nothing", () => {
    for (const run of ["opening", "succeeded", "incomplete", "failed", "cancelled"] as const) expect(next([{ id: "a", after: [] }], {}, run)).toEqual([]);
  });

  test("steps that wait for each other, or for one that is not there, end the run instead of keeping it open", () => {
    const steps = [{ id: "a", after: ["b"] }, { id: "b", after: ["a"] }, { id: "c", after: ["elsewhere"] }];
    expect(next(steps, {}, "running").map((action) => action.do)).toEqual(["cancel", "cancel", "cancel"]);
  });
});

describe("a run of a film", () => {
  test("in which jobs fail is finished by planning again what is missing: the same film, nothing made twice", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.array(ends, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (film, outcomes, picks) => {
        const graph = buildGraph(film);
        const missing = (shelf: Shelf) => plan({ graph, takes: shelf, prices: priceCard, target: "master" }).steps;
        const shelf = new Shelf();
        const bad = [...outcomes];
        for (let steps = missing(shelf); steps.length > 0; steps = missing(shelf)) {
          const status = runOf(steps, shelf, () => bad.shift() ?? "succeeded", () => picks.next().value ?? 0);
          expect(status === "succeeded").toBe(missing(shelf).length === 0);
        }
        const whole = new Shelf().makeAll(missing(new Shelf()));
        expect(shelf.takes.map(({ fingerprint, frames }) => `${fingerprint} ${frames}`).sort()).toEqual(whole.takes.map(({ fingerprint, frames }) => `${fingerprint} ${frames}`).sort());
      }),
    );
  });
});

/** Runs steps as a run's object does, jobs ending in any order. A job that succeeds makes its take. */
function runOf(steps: readonly Step[], shelf: Shelf, outcome: () => JobState, pick: () => number): string {
  const states: Record<string, JobState> = {};
  for (;;) {
    const actions = next(steps, states, "running");
    const settled = actions.find((action) => action.do === "settle");
    if (settled) return settled.status;
    apply(states, actions);
    const queued = steps.filter(({ id }) => states[id] === "queued");
    const step = queued[pick() % Math.max(1, queued.length)];
    if (!step) continue;
    const state = outcome();
    states[step.id] = state;
    if (state === "succeeded") shelf.make(step);
  }
}
