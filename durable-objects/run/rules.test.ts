import fc from "fast-check";
import { expect, test } from "vitest";
import { capturedCredits } from "#film/outcomes.ts";
import { isTerminal } from "#film/next.ts";
import type { Command, Effects, JobMessage } from "./book.ts";
import {
  ATTEMPTS_MAX, attendSoon, begin, cancelJob, cancelRun, checked, claimFetch, delivered, look, nextDue, noLease, notDelivered, submitted, tick, wake,
} from "./rules.ts";
import { settleAnswer } from "./settling.ts";
import { act, newBook, quotedStep, take } from "./testing/books.ts";

const running = { state: "running" as const, ticket: "p1", progress: 10, text: null, remaining: null };

test("a job is submitted by one worker, however often it is woken", () => {
  const book = newBook([quotedStep("a")]);
  const { fx } = act(book, 0, () => null);
  expect(fx.messages).toEqual([{ run: "run_1", job: "job_a", attempt: 1, action: "submit" }]);
  expect(act(book, 1, (own) => begin(book, own, "job_a", { attempt: 1 })).outcome.ok).toBe(true);
  expect(act(book, 2, (own) => begin(book, own, "job_a", { attempt: 1 })).outcome).toEqual({ ok: false, code: "stale" });
});

test("a job that went to another model does not begin with the place of the one that it left", () => {
  const book = newBook([quotedStep("a")]);
  act(book, 0, () => null);
  expect(act(book, 1, (fx) => begin(book, fx, "job_a", { attempt: 1, lease: "job_a:1:2" }))).toMatchObject({ outcome: { ok: false, code: "moved" }, fx: { messages: [], commands: [] } });
  expect(book.jobs.get("a")).toMatchObject({ state: "queued", attempts: 0 });
  expect(act(book, 2, (fx) => begin(book, fx, "job_a", { attempt: 1, lease: "job_a:1" })).outcome.ok).toBe(true);
});

test("where the answer to a submit was lost nothing is decided until it is looked up, and after the provider's lag it is sent again", () => {
  const book = newBook([quotedStep("a")]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  expect(act(book, 10, (fx) => look(book, fx, "job_a", 1)).outcome).toEqual({ ok: false, code: "not_now" });
  expect(act(book, 1_000, (fx) => tick(book, fx)).fx.messages).toMatchObject([{ action: "check", attempt: 1 }]);
  act(book, 1_100, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "not_found" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "running", phase: "unknown" });
  act(book, 1_600, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "not_found" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "retrying", attempts: 1 });
});

test("what cannot be found out by the adapter's deadline fails unpaid, with a finding", () => {
  const book = newBook([quotedStep("a", { credits: 5 })]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  act(book, 100, (fx) => submitted(book, fx, "job_a", { attempt: 1, submission: { end: "unknown", because: "lost" } }));
  const { fx } = act(book, 60_200, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "silent" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", problem: { code: "unresolved" } });
  expect(fx.findings).toHaveLength(1);
  expect(fx.commands.map(({ kind }) => kind)).toEqual(["lease", "release"]);
});

test("at most three attempts, further and further apart; a refusal is never tried again", () => {
  const book = newBook([quotedStep("a"), quotedStep("b")]);
  act(book, 0, () => null);
  const waits: number[] = [];
  let now = 0;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    expect(act(book, now, (fx) => begin(book, fx, "job_a", { attempt })).outcome.ok).toBe(true);
    act(book, now, (fx) => submitted(book, fx, "job_a", { attempt, submission: { end: "accepted", ticket: "p" } }));
    act(book, now, (fx) => checked(book, fx, "job_a", { attempt, sight: { state: "failed", ticket: "p", problem: { code: "provider_failed", detail: "It failed." }, retry: "later", costMicros: null } }));
    const wakeAt = book.jobs.get("a")?.wakeAt ?? 0;
    waits.push(wakeAt - now);
    if (Number.isFinite(wakeAt)) now = wakeAt;
    act(book, now, (fx) => tick(book, fx));
  }
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", attempts: 3 });
  expect(waits[1]).toBeGreaterThan(waits[0] ?? Infinity);
  act(book, now, (fx) => begin(book, fx, "job_b", { attempt: 1 }));
  act(book, now, (fx) => submitted(book, fx, "job_b", { attempt: 1, submission: { end: "refused", problem: { code: "refused", detail: "No." } } }));
  expect(book.jobs.get("b")?.state).toBe("refused");
});

test("what our own crashes cost counts as no attempt: a job that dies five times before it is sent, and five times in its download, is made", () => {
  const book = newBook([quotedStep("a")]);
  act(book, 0, () => null);
  let now = 0;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    expect(act(book, now, (fx) => begin(book, fx, "job_a", { attempt })).outcome.ok).toBe(true);
    now += 2_000;
    act(book, now, (fx) => tick(book, fx));
    act(book, now, (fx) => checked(book, fx, "job_a", { attempt, sight: { state: "not_found" } }));
    now = book.jobs.get("a")?.wakeAt ?? Infinity;
    act(book, now, (fx) => tick(book, fx));
  }
  act(book, now, (fx) => begin(book, fx, "job_a", { attempt: 6 }));
  act(book, now, (fx) => submitted(book, fx, "job_a", { attempt: 6, submission: { end: "accepted", ticket: "p" } }));
  act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 6, sight: { state: "succeeded", ticket: "p", output: {}, madeMs: null, costMicros: null } }));
  for (let fetch = 1; fetch <= 6; fetch += 1) {
    expect(act(book, now, (fx) => claimFetch(book, fx, "job_a", 6)).outcome).toMatchObject({ ok: true, fetch });
    now += 1_000;
    if (fetch === 6) break;
    attendSoon(book, now - 1_000);
    act(book, now, (fx) => tick(book, fx));
  }
  act(book, now, (fx) => delivered(book, fx, "job_a", { attempt: 6, take: take("job_a") }));
  expect(book.jobs.get("a")).toMatchObject({ state: "succeeded", attempts: 6 });
});

test("a dispatched job of a cancelled run stays cancelling until a check decides, and what was delivered nevertheless is paid", () => {
  const book = newBook([quotedStep("a", { credits: 3 }), quotedStep("b", { credits: 4 }), quotedStep("c", { after: ["b"] })]);
  act(book, 0, () => null);
  for (const job of ["job_a", "job_b"]) {
    act(book, 0, (fx) => begin(book, fx, job, { attempt: 1 }));
    act(book, 0, (fx) => submitted(book, fx, job, { attempt: 1, submission: { end: "accepted", ticket: job } }));
  }
  act(book, 10, (fx) => cancelRun(book, fx));
  expect([...book.jobs.values()].map(({ state }) => state)).toEqual(["cancelling", "cancelling", "cancelled"]);
  act(book, 20, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "succeeded", ticket: "job_a", output: {}, madeMs: null, costMicros: null } }));
  act(book, 20, (fx) => claimFetch(book, fx, "job_a", 1));
  const paid = act(book, 30, (fx) => delivered(book, fx, "job_a", { attempt: 1, take: take("job_a") }));
  expect(paid.fx.commands).toMatchObject([{ kind: "capture", credits: 3 }]);
  const last = act(book, 40, (fx) => checked(book, fx, "job_b", { attempt: 1, sight: { state: "canceled", ticket: "job_b", problem: { code: "cancelled", detail: "" }, retry: "never", costMicros: null } }));
  expect(last.fx.commands).toMatchObject([{ kind: "lease" }, { kind: "release", cause: "cancelled" }]);
  expect(book.settlement).toBe("cancelled");
  expect(book.state).toBe("cancelling");
});

test("one node fails for good: what does not need it is made, the rest ends cancelled and says why", () => {
  const book = newBook([quotedStep("a"), quotedStep("b"), quotedStep("c", { after: ["a", "b"] })]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  act(book, 0, (fx) => submitted(book, fx, "job_a", { attempt: 1, submission: { end: "rejected", problem: { code: "input", detail: "No." }, retry: "never", retryAfterMs: null } }));
  expect(book.jobs.get("c")).toMatchObject({ state: "cancelled", problem: { code: "blocked", detail: "It needs “a”, which was not made." } });
  act(book, 0, (fx) => begin(book, fx, "job_b", { attempt: 1 }));
  act(book, 0, (fx) => submitted(book, fx, "job_b", { attempt: 1, submission: { end: "accepted", ticket: 1 } }));
  act(book, 1, (fx) => checked(book, fx, "job_b", { attempt: 1, sight: { state: "succeeded", ticket: 1, output: {}, madeMs: null, costMicros: null } }));
  act(book, 1, (fx) => claimFetch(book, fx, "job_b", 1));
  act(book, 2, (fx) => delivered(book, fx, "job_b", { attempt: 1, take: take("job_b") }));
  expect(book.settlement).toBe("incomplete");
});

test("a run waits while its provider is down, and expires unpaid at its deadline", () => {
  const book = newBook([quotedStep("a", { credits: 5 })]);
  act(book, 0, () => null);
  act(book, 1, (fx) => noLease(book, fx, "job_a", { attempt: 1, isDown: true, retryAt: null }));
  expect(book).toMatchObject({ state: "waiting", waitingFor: expect.stringContaining("not answering") });
  expect(nextDue(book)).toBeLessThanOrEqual(book.deadlineAt);
  const { fx } = act(book, book.deadlineAt, (own) => tick(book, own));
  expect(book.jobs.get("a")).toMatchObject({ state: "expired" });
  expect(fx.commands).toMatchObject([{ kind: "lease" }, { kind: "release", cause: "failed" }]);
});

test("where an answer was lost, the run does not say that its provider is down, and what may have been ordered is not ordered again", () => {
  const book = newBook([quotedStep("a", { credits: 5 })]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  act(book, 1, (fx) => submitted(book, fx, "job_a", { attempt: 1, submission: { end: "unknown", because: "lost" } }));
  const { fx } = act(book, 2, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "silent" } }));
  expect(book).toMatchObject({ state: "waiting", waitingFor: expect.stringMatching(/answer was lost.*not sent twice.*nothing is charged/) });
  expect(book.jobs.get("a")).toMatchObject({ text: expect.stringContaining("Finding out whether"), attempts: 1 });
  expect(fx.messages.filter(({ action }) => action === "submit")).toEqual([]);
});

test("whatever order reports, doubles, losses and crashes come in, each step is taken once and the ledger says what was delivered", () => {
  const reached: Record<string, number> = {};
  const choice = fc.record({ kind: fc.integer({ min: 0, max: 24 }), job: fc.integer({ min: 0, max: 4 }), stale: fc.boolean(), wait: fc.integer({ min: 0, max: 3_000 }) });
  fc.assert(fc.property(fc.array(choice, { minLength: 30, maxLength: 160 }), (choices) => {
    const ids = ["a", "b", "c", "d", "e"];
    const book = newBook(ids.map((id, index) => quotedStep(id, { credits: index + 1, after: index === 4 ? ["a", "b"] : [] })));
    const world = { captures: new Map<string, number>(), released: 0, submits: new Map<string, number>(), outbox: new Map<string, Command>() };
    const final = new Map<string, string>();
    let now = 0;
    const apply = (decide: (fx: Effects) => unknown): JobMessage[] => {
      const { fx } = act(book, now, decide);
      for (const command of fx.commands) world.outbox.set(`${command.kind}:${command.key}`, command);
      for (const { state, quoted } of book.jobs.values()) {
        const before = final.get(quoted.job);
        if (before) expect(state).toBe(before);
        else if (isTerminal(state)) final.set(quoted.job, state);
      }
      return fx.messages;
    };
    apply(() => null);
    const drain = () => {
      for (const [key, command] of world.outbox) {
        if (command.kind === "release" && [...world.outbox.values()].some(({ kind }) => kind === "capture")) continue;
        if (command.kind === "capture") world.captures.set(command.key, command.credits);
        if (command.kind === "release") world.released += 1;
        world.outbox.delete(key);
        if (command.kind === "capture") apply((fx) => settleAnswer(book, fx, { command, outcome: { ok: true, hold: "hold_1", item: command.item, captured: command.credits, remaining: 0, available: 0, held: 0 } }));
        if (command.kind === "release") apply((fx) => settleAnswer(book, fx, { command, outcome: { ok: true, hold: "hold_1", captured: 0, returned: 0, expired: 0, debtPaid: 0, available: 0, held: 0 } }));
      }
    };
    for (const { kind, job: index, stale, wait } of choices) {
      const id = ids[index] ?? "a";
      const job = book.jobs.get(id);
      if (!job) continue;
      const attempt = stale ? Math.max(1, job.attempts - 1) : job.attempts;
      const problem = { code: "x", detail: "x" };
      now += wait;
      switch (kind) {
        case 0: case 1: {
          const outcome = { ok: false };
          apply((fx) => Object.assign(outcome, begin(book, fx, `job_${id}`, { attempt: stale ? job.attempts : job.attempts + 1 })));
          if (outcome.ok) world.submits.set(`${id}:${job.attempts}`, (world.submits.get(`${id}:${job.attempts}`) ?? 0) + 1);
          break;
        }
        case 3: case 4: apply((fx) => submitted(book, fx, `job_${id}`, { attempt, submission: { end: "accepted", ticket: attempt } })); break;
        case 5: apply((fx) => submitted(book, fx, `job_${id}`, { attempt, submission: wait % 3 === 0 ? { end: "refused", problem } : wait % 3 === 1 ? { end: "unknown", because: "lost" } : { end: "rejected", problem, retry: "later", retryAfterMs: null } })); break;
        case 6: apply((fx) => checked(book, fx, `job_${id}`, { attempt, sight: running })); break;
        case 7: apply((fx) => checked(book, fx, `job_${id}`, { attempt, sight: { state: "succeeded", ticket: attempt, output: {}, madeMs: null, costMicros: null } })); break;
        case 8: apply((fx) => checked(book, fx, `job_${id}`, { attempt, sight: wait % 3 === 0 ? { state: "not_found" } : wait % 3 === 1 ? { state: "silent" } : { state: "failed", ticket: attempt, problem, retry: wait % 2 === 0 ? "later" : "never", costMicros: null } })); break;
        case 9: case 10: apply((fx) => claimFetch(book, fx, `job_${id}`, attempt)); apply((fx) => delivered(book, fx, `job_${id}`, { attempt, take: take(`job_${id}`) })); break;
        case 11: apply((fx) => (wait % 7 === 0 ? cancelJob(book, fx, `job_${id}`) : wait % 11 === 0 ? cancelRun(book, fx) : wake(book, fx, `job_${id}`, { attempt, ticket: attempt, message: `${wait}` }))); break;
        case 12: apply((fx) => notDelivered(book, fx, `job_${id}`, { attempt, problem, again: wait % 2 === 0 ? "later" : "never" })); break;
        case 13: case 14: apply((fx) => tick(book, fx)); if (wait % 2 === 0) drain(); break;
        default: {
          if (job.state === "queued" || job.state === "retrying") {
            const outcome = { ok: false };
            apply((fx) => Object.assign(outcome, begin(book, fx, `job_${id}`, { attempt: job.attempts + 1 })));
            if (outcome.ok) world.submits.set(`${id}:${job.attempts}`, (world.submits.get(`${id}:${job.attempts}`) ?? 0) + 1);
          } else if (job.phase === "begun") apply((fx) => submitted(book, fx, `job_${id}`, { attempt, submission: { end: "accepted", ticket: attempt } }));
          else if (job.phase === "submitted") apply((fx) => checked(book, fx, `job_${id}`, { attempt, sight: { state: "succeeded", ticket: attempt, output: {}, madeMs: null, costMicros: null } }));
          else if (job.phase === "found") apply((fx) => claimFetch(book, fx, `job_${id}`, attempt));
          else if (job.phase === "fetching") apply((fx) => delivered(book, fx, `job_${id}`, { attempt, take: take(`job_${id}`) }));
        }
      }
    }
    for (let rounds = 0; rounds < 400 && book.finishedAt === null; rounds += 1) {
      drain();
      if (book.finishedAt !== null) break;
      now = Math.max(now + 1, Math.min(nextDue(book), book.deadlineAt + 60_001));
      apply((fx) => tick(book, fx));
    }
    expect(book.finishedAt).not.toBeNull();
    expect(world.released).toBe(1);
    for (const count of world.submits.values()) expect(count).toBe(1);
    let paid = 0;
    for (const { quoted, state, take: made, captured } of book.jobs.values()) {
      reached[state] = (reached[state] ?? 0) + 1;
      expect(state === "succeeded").toBe(made !== null);
      const due = capturedCredits(state === "succeeded" ? "succeeded" : "failed", { credits: quoted.step.item.credits, delivered: made ? "delivered" : "not-delivered" });
      expect(captured).toBe(due);
      expect(world.captures.get(`capture:${quoted.job}`) ?? 0).toBe(due);
      paid += due;
    }
    expect(book.captured).toBe(paid);
    expect(book.returned).toBe(book.credits - paid);
  }), { numRuns: 500, endOnFailure: true });
  for (const state of ["succeeded", "failed", "refused", "cancelled", "expired"]) expect(reached[state] ?? 0).toBeGreaterThan(20);
});
