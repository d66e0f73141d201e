import fc from "fast-check";
import { expect, test } from "vitest";
import { isTerminal } from "#film/next.ts";
import { newJob, noEffects, termsOf, type Effects, type RunBook } from "./book.ts";
import { advance, begin, cancelRun, checked, look, noLease, ready, submitted, tick } from "./rules.ts";
import type { QuotedStep, Terms } from "./snapshot.ts";

const terms = (id: string): Terms => ({
  provider: id.split("/")[0] ?? "", id, label: id.toUpperCase(), model: id, version: null, submitMs: 1_000, lookupLagMs: 500, resolveMs: 60_000, timeoutMs: 120_000, limits: { concurrency: 4, perMinute: null, perDay: null },
});

function bookWith(models: string[]): RunBook {
  const [first = "a/one", ...others] = models;
  const quoted: QuotedStep = {
    job: "job_a", kind: "clip", label: "a", terms: terms(first), alternatives: others.map(terms), allowed: models, why: "best of three",
    step: { id: "a", node: "clip:a", tool: "clip", recipe: { tool: "clip", params: {}, wish: "best", variant: 0 }, fingerprint: "f-a", deps: [], after: [], frames: 24, item: { credits: 5, quantity: 1, unit: "second", unitCredits: 5 } },
  };
  return {
    run: "run_1", hold: "hold_1", studio: "studio_1", project: "proj_1", quote: "quote_1", target: "master", actor: { member: null, apiKey: null }, requestId: "req_1",
    state: "running", waitingFor: null, waitingUntil: null, priority: 2, credits: 5, captured: 0, returned: 0, isFree: false, priceCard: "1", seconds: { p50: 1, p90: 2 }, openedAt: 0, deadlineAt: 3_600_000,
    finishedAt: null, settlement: null, jobs: new Map([["a", newJob(quoted)]]), stepOf: new Map([["job_a", "a"]]),
  };
}

function act<T>(book: RunBook, now: number, decide: (fx: Effects) => T): { outcome: T; fx: Effects } {
  const fx = noEffects(now, () => 0.5);
  const outcome = decide(fx);
  advance(book, fx);
  return { outcome, fx };
}

const jobOf = (book: RunBook) => {
  const job = book.jobs.get("a");
  if (!job) throw new Error("there is no job");
  return job;
};
const modelOf = (book: RunBook) => termsOf(jobOf(book)).id;
const down = (book: RunBook, now: number, retryAt: number | null = null) => act(book, now, (fx) => noLease(book, fx, "job_a", { attempt: jobOf(book).attempts + 1, isDown: true, retryAt }));
const start = (book: RunBook, now: number) => act(book, now, (fx) => begin(book, fx, "job_a", { attempt: jobOf(book).attempts + 1 }));
const answer = (book: RunBook, now: number, submission: Parameters<typeof submitted>[3]["submission"]) => act(book, now, (fx) => submitted(book, fx, "job_a", { attempt: jobOf(book).attempts, submission }));
const problem = { code: "provider_failed", detail: "It failed." };

test("a job whose model is down goes to the next that the quote allows, and leaves no place behind", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  const { fx } = down(book, 10);
  expect(modelOf(book)).toBe("b/two");
  expect(fx.messages).toMatchObject([{ action: "submit", attempt: 1 }]);
  expect(fx.commands).toEqual([{ kind: "lease", key: "job_a:1", provider: "a" }]);
  expect(act(book, 11, (own) => ready(book, own, "job_a", 1)).outcome).toMatchObject({ ok: true, terms: { id: "b/two" } });
  expect(book.state).toBe("running");
});

test("when all of its models are down the run waits, says for what and until when, and goes on with whichever answers first", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  down(book, 10, 60_000);
  down(book, 20, 30_000);
  expect(book).toMatchObject({ state: "waiting", waitingFor: expect.stringContaining("B/TWO is not answering"), waitingUntil: 30_000 });
  expect(act(book, 30_000, (fx) => tick(book, fx)).fx.messages).toMatchObject([{ action: "submit" }]);
  start(book, 30_001);
  answer(book, 30_002, { end: "accepted", ticket: "t" });
  expect(book).toMatchObject({ state: "running", waitingFor: null, waitingUntil: null });
  expect(modelOf(book)).toBe("b/two");
});

test("a provider that has no room is waited for without an attempt being counted; after three times another is asked", () => {
  const alone = bookWith(["a/one"]);
  act(alone, 0, () => null);
  let now = 0;
  for (let times = 0; times < 25; times += 1) {
    expect(start(alone, now).outcome.ok).toBe(true);
    answer(alone, now + 1, { end: "rejected", problem: { code: "throttled", detail: "busy" }, retry: "later", retryAfterMs: 5_000 });
    expect(jobOf(alone).state).toBe("retrying");
    now = jobOf(alone).wakeAt;
  }
  const two = bookWith(["a/one", "b/two"]);
  act(two, 0, () => null);
  now = 0;
  for (let times = 0; times < 3; times += 1) {
    start(two, now);
    answer(two, now + 1, { end: "rejected", problem: { code: "throttled", detail: "busy" }, retry: "later", retryAfterMs: 5_000 });
    now = Math.max(now + 2, jobOf(two).wakeAt);
  }
  expect(modelOf(two)).toBe("b/two");
});

test("while it waits, a run says when it is tried next, and after a try in vain when the next one is", () => {
  const book = bookWith(["a/one"]);
  act(book, 0, () => null);
  down(book, 10, 5_000);
  const first = book.waitingUntil;
  expect([book.state, first]).toEqual(["waiting", expect.any(Number)]);
  // Nothing is noted before that time has come.
  expect(act(book, (first ?? 0) - 1, (fx) => tick(book, fx)).fx.runIsDirty).toBe(false);
  act(book, first ?? 0, (fx) => tick(book, fx));
  down(book, (first ?? 0) + 10, (first ?? 0) + 40_000);
  expect([book.state, book.waitingUntil]).toEqual(["waiting", (first ?? 0) + 40_000]);
  // A vendor that asks to be left alone for an hour is, and that hour is what is said.
  act(book, (first ?? 0) + 40_000, (fx) => tick(book, fx));
  down(book, (first ?? 0) + 40_010, (first ?? 0) + 3_600_000);
  expect([book.waitingUntil, jobOf(book).wakeAt]).toEqual([(first ?? 0) + 3_600_000, (first ?? 0) + 3_600_000]);
});

test("a provider that does not let us in, or has the model no more, is left for another at once", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  start(book, 0);
  const { fx } = answer(book, 5, { end: "rejected", problem: { code: "provider_config", detail: "no" }, retry: "later", retryAfterMs: null });
  expect(modelOf(book)).toBe("b/two");
  expect(jobOf(book)).toMatchObject({ state: "queued", attempts: 1, why: expect.stringContaining("instead of A/ONE") });
  expect(fx.ended).toEqual([{ job: "job_a", attempt: 1, outcome: "rejected", costMicros: null }]);
});

test("a model that failed twice leaves the last attempt to another; a refusal goes nowhere", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  let now = 0;
  for (let times = 0; times < 2; times += 1) {
    start(book, now);
    answer(book, now + 1, { end: "accepted", ticket: "t" });
    act(book, now + 2, (fx) => checked(book, fx, "job_a", { attempt: jobOf(book).attempts, sight: { state: "failed", ticket: "t", problem, retry: "later", costMicros: 120 } }));
    now = Math.max(now + 3, Math.min(jobOf(book).wakeAt, 1e9));
  }
  expect(modelOf(book)).toBe("b/two");
  start(book, now);
  answer(book, now + 1, { end: "accepted", ticket: "t" });
  const last = act(book, now + 2, (fx) => checked(book, fx, "job_a", { attempt: 3, sight: { state: "failed", ticket: "t", problem, retry: "later", costMicros: null } }));
  expect(jobOf(book)).toMatchObject({ state: "failed", captured: 0 });
  expect(last.fx.commands.some(({ kind }) => kind === "capture")).toBe(false);
  const refused = bookWith(["a/one", "b/two"]);
  act(refused, 0, () => null);
  start(refused, 0);
  answer(refused, 1, { end: "refused", problem: { code: "refused", detail: "Say it without the name." } });
  expect([jobOf(refused).state, modelOf(refused)]).toEqual(["refused", "a/one"]);
});

test("nothing goes elsewhere while it is unknown whether a submission arrived: it could be paid twice", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  start(book, 0);
  answer(book, 10, { end: "unknown", because: "lost" });
  for (const now of [1_100, 5_000, 30_000]) {
    act(book, now, (fx) => look(book, fx, "job_a", 1));
    act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "silent" } }));
    expect([modelOf(book), jobOf(book).state]).toEqual(["a/one", "running"]);
  }
  const { fx } = act(book, 61_000, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "silent" } }));
  expect([modelOf(book), jobOf(book).state, fx.findings.length, fx.ended]).toEqual(["a/one", "failed", 1, [{ job: "job_a", attempt: 1, outcome: "unresolved", costMicros: null }]]);
});

test("however its models come and go, a job ends by its deadline, has at most three counted attempts, and is at one provider at a time", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("down" as const), until: fc.integer({ min: 0, max: 90_000 }) }),
    fc.record({ do: fc.constantFrom("start" as const, "tick" as const, "busy" as const, "shut" as const, "lost" as const, "taken" as const, "fails" as const, "silent" as const, "cancel" as const), until: fc.constant(0) }),
  );
  fc.assert(fc.property(fc.array(fc.tuple(step, fc.integer({ min: 1, max: 40_000 })), { maxLength: 60, size: "max" }), (steps) => {
    const book = bookWith(["a/one", "b/two", "c/three"]);
    act(book, 0, () => null);
    let now = 0;
    let open: string | null = null;
    for (const [what, pause] of steps) {
      now += pause;
      const job = jobOf(book);
      if (what.do === "down") down(book, now, now + what.until);
      else if (what.do === "tick") act(book, now, (fx) => tick(book, fx));
      else if (what.do === "cancel") { if (pause < 500) act(book, now, (fx) => cancelRun(book, fx)); }
      else if (what.do === "start") { if (start(book, now).outcome.ok) { expect(open).toBeNull(); open = modelOf(book) ?? null; } }
      else if (job.phase !== null) {
        if (what.do === "busy" || what.do === "shut") answer(book, now, { end: "rejected", problem, retry: "later", retryAfterMs: what.do === "busy" ? 2_000 : null });
        else if (what.do === "lost") answer(book, now, { end: "unknown", because: "lost" });
        else if (what.do === "taken") answer(book, now, { end: "accepted", ticket: "t" });
        else if (what.do === "silent") act(book, now, (fx) => checked(book, fx, "job_a", { attempt: job.attempts, sight: { state: "silent" } }));
        else act(book, now, (fx) => checked(book, fx, "job_a", { attempt: job.attempts, sight: { state: "failed", ticket: "t", problem, retry: "later", costMicros: null } }));
      }
      // Only what is not at a provider moves.
      if (job.phase !== null && open !== null) expect(modelOf(book)).toBe(open);
      if (job.phase === null) open = null;
      expect(job.attempts - job.turnedAway - job.unsent).toBeLessThanOrEqual(3);
    }
    for (let ticks = 0; ticks < 20 && !isTerminal(jobOf(book).state); ticks += 1) act(book, 3_600_001 + ticks * 200_000, (fx) => tick(book, fx));
    expect(isTerminal(jobOf(book).state)).toBe(true);
    expect(book.settlement).not.toBeNull();
  }), { numRuns: 1_000 });
});

test("a model that its vendor took away is left for another; where there is none the job has failed, and does not wait in vain", () => {
  const gone = { end: "rejected" as const, problem: { code: "model_gone", detail: "It is gone." }, retry: "never" as const, retryAfterMs: null };
  const both = bookWith(["a/one", "b/two"]);
  act(both, 0, () => null);
  start(both, 1);
  answer(both, 2, gone);
  expect([modelOf(both), jobOf(both).state]).toEqual(["b/two", "queued"]);
  const alone = bookWith(["a/one"]);
  act(alone, 0, () => null);
  start(alone, 1);
  answer(alone, 2, gone);
  expect(jobOf(alone)).toMatchObject({ state: "failed", problem: { code: "model_gone" } });
});

test("a file of ours that cannot be read is tried ten times by the same model, and then the job has failed", () => {
  const book = bookWith(["a/one", "b/two"]);
  act(book, 0, () => null);
  let [now, tries] = [1, 0];
  for (; jobOf(book).state !== "failed" && tries < 50; tries += 1) {
    act(book, now, (fx) => tick(book, fx));
    start(book, now);
    answer(book, now, { end: "rejected", problem: { code: "input_unread", detail: "Not now." }, retry: "later", retryAfterMs: 5_000 });
    expect(modelOf(book)).toBe("a/one");
    now += 20_000;
  }
  expect([tries, jobOf(book).problem?.code]).toEqual([11, "input_unread"]);
});
