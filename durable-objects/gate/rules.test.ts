import fc from "fast-check";
import { expect, test } from "vitest";
import { AGING_MS, ask, AWAY_MS, call, CLOSED, emptyBook, FAILURES_TO_OPEN, giveBack, learn, nextDue, openUntil, placesOf, type Ask, type Book, type Way } from "./rules.ts";

const asking = (key: string, priority = 2): Ask => ({ key, run: "run_1", job: key, attempt: 1, circuit: "model", priority, expiresAt: 1_000_000 });
const limits = { concurrency: 2, perMinute: null, perDay: null };

test("no more attempts run at once than the provider allows, and the next is called when one ends", () => {
  const book = emptyBook(limits);
  expect(["a", "b", "c"].map((key) => ask(book, asking(key), 0).granted)).toEqual([true, true, false]);
  expect(call(book, 1)).toEqual([]);
  giveBack(book, ["a"]);
  expect(call(book, 2).map(({ key }) => key)).toEqual(["c"]);
  expect(ask(book, asking("c"), 3)).toMatchObject({ ok: true, granted: true });
});

test("asking twice for one attempt takes one place", () => {
  const book = emptyBook({ ...limits, concurrency: 1 });
  for (let count = 0; count < 5; count += 1) expect(ask(book, asking("a"), count).granted).toBe(true);
  expect(book.leases.size).toBe(1);
});

test("high priority goes first, but whoever waits long enough goes before it", () => {
  const book = emptyBook({ ...limits, concurrency: 1 });
  ask(book, asking("running"), 0);
  ask(book, asking("low", 1), 0);
  ask(book, asking("high", 3), AGING_MS);
  giveBack(book, ["running"]);
  expect(call(book, AGING_MS).map(({ key }) => key)).toEqual(["high"]);
  ask(book, asking("later", 3), AGING_MS * 2.5);
  giveBack(book, ["high"]);
  expect(call(book, AGING_MS * 2.5).map(({ key }) => key)).toEqual(["low"]);
});

test("whoever waits can be told where it stands: the places are those in which they are called", () => {
  const book = emptyBook({ ...limits, concurrency: 1 });
  for (const [key, priority] of [["running", 2], ["low", 1], ["normal", 2], ["high", 3]] as const) ask(book, asking(key, priority), 10);
  expect(placesOf(book, ["running", "low", "high", "nobody"], 20)).toEqual({ low: { place: 3, of: 3, since: 10 }, high: { place: 1, of: 3, since: 10 } });
  giveBack(book, ["running"]);
  expect(call(book, 20).map(({ key }) => key)).toEqual(["high"]);
  expect(placesOf(book, ["low", "normal"], 20)).toEqual({ low: { place: 2, of: 2, since: 10 }, normal: { place: 1, of: 2, since: 10 } });
  // Who has given up by then is not in the line.
  expect(placesOf(book, ["low"], 2_000_000)).toEqual({});
});

test("an attempt whose holder died gives its place back at its deadline", () => {
  const book = emptyBook({ ...limits, concurrency: 1 });
  ask(book, { ...asking("dead"), expiresAt: 50 }, 0);
  ask(book, asking("alive"), 1);
  expect(nextDue(book, 1)).toBe(50);
  expect(call(book, 50).map(({ key }) => key)).toEqual(["alive"]);
});

test("no more are started in a minute than the provider allows, and the rest follow when the minute is over", () => {
  const book = emptyBook({ concurrency: 100, perMinute: 2, perDay: null });
  expect(["a", "b", "c"].map((key, at) => ask(book, asking(key), at * 1_000).granted)).toEqual([true, true, false]);
  expect(nextDue(book, 2_000)).toBe(60_000);
  expect(call(book, 59_999)).toEqual([]);
  expect(call(book, 60_000).map(({ key }) => key)).toEqual(["c"]);
});

test("a provider that is down gets no work but one probe at a time, and all of it once it answers", () => {
  const book = emptyBook({ ...limits, concurrency: 10 });
  for (let count = 0; count < FAILURES_TO_OPEN; count += 1) learn(book, { circuit: "model", way: "submit", report: "fails" }, 0);
  expect(ask(book, asking("a"), 1)).toMatchObject({ granted: false, because: "down" });
  expect(ask(book, asking("b"), 1)).toMatchObject({ granted: false, because: "down" });
  const probeAt = nextDue(book, 1);
  expect(call(book, probeAt).map(({ key }) => key)).toEqual(["a"]);
  expect(call(book, probeAt + 1)).toEqual([]);
  learn(book, { circuit: "model", way: "submit", report: "fails" }, probeAt + 2);
  giveBack(book, ["a"]);
  expect(nextDue(book, probeAt + 2) - (probeAt + 2)).toBeGreaterThan(probeAt);
  const again = nextDue(book, probeAt + 2);
  expect(call(book, again)).toMatchObject([{ key: "b", isProbe: true }]);
  ask(book, asking("c"), again);
  learn(book, { circuit: "model", way: "submit", report: "works" }, again + 1);
  expect(call(book, again + 1)).toMatchObject([{ key: "c", isProbe: false }]);
});

test("a provider that says when to come back is left alone until then", () => {
  const book = emptyBook(limits);
  learn(book, { circuit: "model", way: "submit", report: { throttledUntil: 10_000 } }, 0);
  expect(ask(book, asking("a"), 1).granted).toBe(false);
  expect(nextDue(book, 1)).toBe(10_000);
  expect(call(book, 10_000).map(({ key }) => key)).toEqual(["a"]);
});

test("a provider that asks for an hour is left alone for an hour by the model that it said so of, and whoever waits is told until when", () => {
  const HOUR = 3_600_000;
  const book = emptyBook(limits);
  learn(book, { circuit: "model", way: "submit", report: { throttledUntil: HOUR } }, 0);
  expect(ask(book, { ...asking("a"), expiresAt: 2 * HOUR }, 1)).toEqual({ ok: true, granted: false, because: "down", retryAt: HOUR });
  expect(call(book, HOUR - 1)).toEqual([]);
  // What it is asked for otherwise, it may have meant too: but not for as long.
  expect(ask(book, { ...asking("b"), circuit: "other", expiresAt: 2 * HOUR }, 2)).toMatchObject({ granted: false, because: "down", retryAt: 300_000 });
  expect(call(book, 300_000).map(({ key }) => key)).toEqual(["b"]);
  learn(book, { circuit: "model", way: "submit", report: { throttledUntil: 400_000 } }, 300_001);
  expect(nextDue(book, HOUR - 1)).toBe(HOUR);
  expect(call(book, HOUR).map(({ key }) => key)).toEqual(["a"]);
  expect(book.throttles.size).toBe(0);
});

test("a provider that asks for some seconds is busy, and not down", () => {
  const book = emptyBook(limits);
  learn(book, { circuit: "model", way: "submit", report: { throttledUntil: AWAY_MS } }, 0);
  expect(ask(book, asking("a"), 1)).toMatchObject({ granted: false, because: "busy", retryAt: null });
});

test("a model that is down takes no work from its provider's others", () => {
  const book = emptyBook({ ...limits, concurrency: 10 });
  for (let count = 0; count < FAILURES_TO_OPEN; count += 1) learn(book, { circuit: "model", way: "submit", report: "fails" }, 0);
  expect(ask(book, asking("a"), 1)).toMatchObject({ granted: false, because: "down" });
  expect(ask(book, { ...asking("b"), circuit: "other" }, 1)).toMatchObject({ granted: true, isProbe: false });
  const probeAt = nextDue(book, 1);
  expect(call(book, probeAt).map(({ key }) => key)).toEqual(["a"]);
  learn(book, { circuit: "other", way: "submit", report: "works" }, probeAt + 1);
  ask(book, asking("c"), probeAt + 1);
  expect(call(book, probeAt + 1)).toEqual([]);
});

test("polls that work neither close nor hold off what failing submissions open, and submissions that work do not close what failing polls open", () => {
  const book = emptyBook({ ...limits, concurrency: 10 });
  const tell = (way: Way, report: "works" | "fails", at: number) => learn(book, { circuit: "model", way, report }, at);
  for (let count = 0; count < FAILURES_TO_OPEN; count += 1) {
    tell("submit", "fails", count);
    tell("check", "works", count);
  }
  expect(ask(book, asking("a"), 10)).toMatchObject({ granted: false, because: "down" });
  tell("check", "works", 11);
  expect(ask(book, asking("b"), 12)).toMatchObject({ granted: false, because: "down" });
  const probeAt = nextDue(book, 12);
  expect(call(book, probeAt)).toMatchObject([{ key: "a", isProbe: true }]);
  tell("check", "works", probeAt + 1);
  expect(call(book, probeAt + 1)).toEqual([]);
  tell("submit", "works", probeAt + 2);
  expect(call(book, probeAt + 2).map(({ key }) => key)).toEqual(["b"]);
  expect(book.breakers.size).toBe(0);

  for (let count = 0; count < FAILURES_TO_OPEN; count += 1) {
    tell("check", "fails", 20_000 + count);
    tell("submit", "works", 20_000 + count);
  }
  expect(ask(book, asking("c"), 20_010)).toMatchObject({ granted: false, because: "down" });
  ask(book, asking("d"), 20_011);
  const next = nextDue(book, 20_011);
  // One goes, and how far it is can be asked then: that says whether others may.
  expect(call(book, next)).toMatchObject([{ key: "c", isProbe: true }]);
  tell("submit", "works", next + 1);
  expect(call(book, next + 1)).toEqual([]);
  tell("check", "works", next + 2);
  expect(call(book, next + 2).map(({ key }) => key)).toEqual(["d"]);
});

test("an older job that still answers hinders no breaker, in whatever order things are told", () => {
  fc.assert(fc.property(fc.array(fc.record({ way: fc.constantFrom<Way>("submit", "check"), works: fc.boolean(), after: fc.integer({ min: 1, max: 4_000 }) }), { maxLength: 60 }), (told) => {
    // What the two say together is what each says alone.
    const all = emptyBook(limits);
    const alone = { submit: emptyBook(limits), check: emptyBook(limits) };
    let now = 0;
    for (const { way, works, after } of told) {
      now += after;
      for (const book of [all, alone[way]]) learn(book, { circuit: "model", way, report: works ? "works" : "fails" }, now);
      const until = (book: Book) => openUntil(book.breakers.get("model") ?? CLOSED);
      expect(until(all)).toBe(until(alone.submit) === null ? until(alone.check) : Math.max(until(alone.submit) ?? 0, until(alone.check) ?? 0));
    }
  }));
});
