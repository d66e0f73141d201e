import { expect, test } from "vitest";
import type { Effects, RunBook } from "./book.ts";
import { begin, cancelJob, checked, claimFetch, delivered, nextDue, notDelivered, stillFetching, submitted, tick, type Again } from "./rules.ts";
import { act, newBook, quotedStep, take } from "./testing/books.ts";

const FOUND = { state: "succeeded" as const, ticket: "p1", output: { video: "https://files/1" }, madeMs: null, costMicros: 400 };

/** A job of a vendor's, which has taken it. */
function ordered(): RunBook {
  const quoted = quotedStep("a", { credits: 5 });
  const book = newBook([{ ...quoted, terms: { ...quoted.terms, provider: "runway", label: "Runway" } }]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  act(book, 0, (fx) => submitted(book, fx, "job_a", { attempt: 1, submission: { end: "accepted", ticket: "p1" } }));
  return book;
}

/** A job of a vendor's, made there, whose file is to be brought in. */
function made(now = 1): RunBook {
  const book = ordered();
  act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: FOUND }));
  return book;
}
const fetchFails = (book: RunBook, now: number, again: Again) => {
  act(book, now, (fx) => claimFetch(book, fx, "job_a", 1));
  return act(book, now, (fx) => notDelivered(book, fx, "job_a", { attempt: 1, problem: { code: "fetch_failed", detail: "Not now." }, again }));
};

test("what was made and cannot be fetched for ten minutes is brought in then, and paid once", () => {
  const book = made();
  let now = 1_000;
  for (; now < 600_000; now = nextDue(book)) {
    fetchFails(book, now, "later");
    expect(book.jobs.get("a")).toMatchObject({ state: "running", phase: "found" });
  }
  act(book, now, (fx) => claimFetch(book, fx, "job_a", 1));
  const { fx } = act(book, now, (own) => delivered(book, own, "job_a", { attempt: 1, take: take("job_a") }));
  expect(fx.commands.filter(({ kind }) => kind === "capture")).toMatchObject([{ credits: 5 }]);
});

test("what lies with us and waits for a house that is out for two hours is brought in then: its time runs only to the run's deadline", () => {
  const book = { ...made(), deadlineAt: 10_000_000 };
  let now = 1_000;
  for (; now < 7_200_000; now = nextDue(book)) {
    fetchFails(book, now, "held");
    act(book, now, (fx) => tick(book, fx));
    expect(book.jobs.get("a")).toMatchObject({ state: "running", phase: "found", isDown: true });
  }
  expect(act(book, now, (fx) => claimFetch(book, fx, "job_a", 1)).outcome).toMatchObject({ ok: true, fetch: 1 });
  act(book, now, (fx) => delivered(book, fx, "job_a", { attempt: 1, take: take("job_a") }));
  expect(book.jobs.get("a")).toMatchObject({ state: "succeeded" });

  const late = { ...made(), deadlineAt: 60_000 };
  fetchFails(late, 1_000, "held");
  expect(act(late, 60_000, (fx) => tick(late, fx)).fx.findings).toMatchObject([{ id: "unfetched:job_a:1" }]);
});

test("what was made and is never fetched costs its customer nothing, and somebody hears of it", () => {
  const book = { ...made(), deadlineAt: 10_000_000 };
  let last: { fx: Effects } = fetchFails(book, 1_000, "later");
  for (let now = nextDue(book); book.settlement === null; now = nextDue(book)) last = now >= (book.jobs.get("a")?.timeoutAt ?? 0) ? act(book, now, (fx) => tick(book, fx)) : fetchFails(book, now, "later");
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", problem: { code: "fetch_failed" } });
  expect(last.fx.findings).toMatchObject([{ id: "unfetched:job_a:1" }]);
  expect(last.fx.ended).toMatchObject([{ outcome: "unfetched", costMicros: 400 }]);
  expect(last.fx.now).toBeGreaterThanOrEqual(20 * 60_000);
  expect(last.fx.commands.filter(({ kind }) => kind === "capture")).toEqual([]);
});

test("where a file's address is good no more its provider is asked for another, later each time, and not for ever", () => {
  const book = made();
  const asked: number[] = [];
  let [now, last] = [1_000, fetchFails(book, 1_000, "ask")];
  while (book.jobs.get("a")?.state === "running") {
    now = nextDue(book);
    expect(act(book, now, (fx) => tick(book, fx)).fx.messages).toMatchObject([{ action: "check" }]);
    asked.push(now);
    act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: FOUND }));
    last = fetchFails(book, now, "ask");
  }
  expect(asked).toEqual([2_000, 7_000, 27_000]);
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", problem: { code: "fetch_failed" }, attempts: 1 });
  expect(last.fx.findings).toMatchObject([{ id: "unfetched:job_a:1" }]);
});

test("who still fetches something large keeps the claim of it, and who was followed by another does not", () => {
  const book = made();
  act(book, 1_000, (fx) => claimFetch(book, fx, "job_a", 1));
  expect(act(book, 50_000, (fx) => stillFetching(book, fx, "job_a", { attempt: 1, fetch: 1 })).outcome).toEqual({ ok: true });
  act(book, 100_000, (fx) => tick(book, fx));
  expect(book.jobs.get("a")).toMatchObject({ phase: "fetching", fetches: 1 });
  act(book, 120_000, (fx) => tick(book, fx));
  act(book, 120_000, (fx) => claimFetch(book, fx, "job_a", 1));
  expect(act(book, 121_000, (fx) => stillFetching(book, fx, "job_a", { attempt: 1, fetch: 1 })).outcome).toEqual({ ok: false, code: "stale" });
});

test("what a vendor took and does not find any more is asked after, and never ordered again by itself", () => {
  const book = ordered();
  for (let now = 30_000; book.settlement === null; now += 10_000) {
    const { fx } = act(book, now, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "not_found" } }));
    expect(fx.messages.filter(({ action }) => action === "submit")).toEqual([]);
    if (book.settlement !== null) expect(fx.findings).toMatchObject([{ subject: "job_a", detail: expect.stringContaining("what became of a submission") }]);
  }
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", attempts: 1, problem: { code: "unresolved", detail: expect.stringContaining("Nothing was charged") } });
});

test("a vendor that deletes what it stops leaves it cancelled, and nobody has to look", () => {
  const book = ordered();
  act(book, 1_000, (fx) => cancelJob(book, fx, "job_a"));
  act(book, 1_200, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "not_found" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "cancelling" });
  const { fx } = act(book, 5_000, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "not_found" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "cancelled" });
  expect(fx.findings).toEqual([]);
});

test("a vendor that does not answer for longer than a lost submission is looked for loses nothing that it took: it is made, sent once and paid once", () => {
  const book = ordered();
  const messages: string[] = [];
  let now = 1_000;
  for (; now < 110_000; now = nextDue(book)) {
    messages.push(...act(book, now, (fx) => tick(book, fx)).fx.messages.map(({ action }) => action));
    const { fx } = act(book, now, (own) => checked(book, own, "job_a", { attempt: 1, sight: { state: "silent" } }));
    expect(fx.findings).toEqual([]);
    expect(book.jobs.get("a")).toMatchObject({ state: "running", phase: "submitted", ticket: "p1" });
  }
  expect(new Set(messages)).toEqual(new Set(["check"]));
  expect(act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: FOUND })).outcome).toMatchObject({ then: "fetch" });
  act(book, now, (fx) => claimFetch(book, fx, "job_a", 1));
  const { fx } = act(book, now, (own) => delivered(book, own, "job_a", { attempt: 1, take: take("job_a") }));
  expect(fx.commands.filter(({ kind }) => kind === "capture")).toMatchObject([{ credits: 5 }]);
  expect(book.jobs.get("a")).toMatchObject({ state: "succeeded", attempts: 1 });
});

test("silence does not count against a vendor that does not find it: it is asked for as long as it says so", () => {
  const book = ordered();
  act(book, 1_000, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "silent" } }));
  for (const now of [80_000, 100_000]) act(book, now, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "not_found" } }));
  expect(book.jobs.get("a")).toMatchObject({ state: "running" });
});

test("a vendor that took it and is silent until its time is over leaves it failed and unpaid, and somebody hears of it", () => {
  const book = ordered();
  act(book, 1_000, (fx) => checked(book, fx, "job_a", { attempt: 1, sight: { state: "silent" } }));
  const { fx } = act(book, 120_000, (own) => tick(book, own));
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", problem: { code: "unresolved" } });
  expect(fx.findings).toMatchObject([{ id: "unresolved:job_a:1", detail: expect.stringContaining("what became of a submission") }]);
  expect(fx.ended).toMatchObject([{ outcome: "unresolved" }]);
  expect(fx.commands.filter(({ kind }) => kind === "capture")).toEqual([]);
});

test.each([["its answer was lost", true], ["whoever sent it is gone", false]])("a submission that nobody knows of when its time is over is failed and unpaid, and somebody hears of it: %s", (_words, isTold) => {
  const quoted = quotedStep("a", { credits: 5 });
  const book = newBook([{ ...quoted, terms: { ...quoted.terms, provider: "fal", label: "fal", resolveMs: 10_000_000 } }]);
  act(book, 0, () => null);
  act(book, 0, (fx) => begin(book, fx, "job_a", { attempt: 1 }));
  if (isTold) act(book, 500, (fx) => submitted(book, fx, "job_a", { attempt: 1, submission: { end: "unknown", because: "lost" } }));
  const { fx } = act(book, 120_000, (own) => tick(book, own));
  expect(book.jobs.get("a")).toMatchObject({ state: "failed", problem: { code: "unresolved" } });
  expect(fx.findings).toMatchObject([{ id: "unresolved:job_a:1", detail: expect.stringContaining("whether a submission arrived") }]);
  expect(fx.ended).toMatchObject([{ outcome: "unresolved" }]);
  expect(fx.commands.map(({ kind }) => kind)).toEqual(["lease", "release"]);
});
