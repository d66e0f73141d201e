/** The outcome table against the run's rules and the wallet's, without objects: every outcome in every order, and what the ledger says of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isTerminal } from "#film/next.ts";
import { capturedCredits, outcomeOf, outcomes, outcomeTable, type Outcome as Row } from "#film/outcomes.ts";
import type { TakeFacts } from "#film/film.ts";
import type { CaptureOutcome, Command as WalletCommand, Outcome, ReleaseOutcome } from "../wallet/commands.ts";
import type { Entry } from "../wallet/entry.ts";
import { MemoryWallet } from "../wallet/testing/memory-wallet.ts";
import { newJob, noEffects, type Command, type Effects, type RunBook } from "./book.ts";
import { advance, begin, cancelJob, cancelRun, checked, claimFetch, delivered, notDelivered, submitted, tick, wake } from "./rules.ts";
import { settleAnswer } from "./settling.ts";
import type { QuotedStep } from "./snapshot.ts";
import { jobView } from "./view.ts";

const GRANTED = 1_000;
const LONG_MS = 10_000_000;
const problem = { code: "x", detail: "It was not to be." };
const takeOf = (job: string): TakeFacts => ({ id: `take_${job}`, node: "clip:a", fingerprint: `f-${job}`, frames: 24, assets: {}, values: {}, createdAt: 0 });

function quotedStep(id: string, { credits, timeoutMs = LONG_MS, after = [] }: { credits: number; timeoutMs?: number | undefined; after?: string[] }): QuotedStep {
  const terms = { provider: "house", model: "dailies/clip", version: null, submitMs: 1_000, lookupLagMs: 500, resolveMs: LONG_MS, timeoutMs, limits: { concurrency: 16, perMinute: null, perDay: null } };
  const item = { credits, quantity: credits, unit: "second" as const, unitCredits: 1 };
  return { job: `job_${id}`, kind: "clip", label: id, terms, allowed: [], why: "", step: { id, node: `clip:${id}`, tool: "clip", recipe: { tool: "clip", params: {}, wish: "cheapest", variant: 0 }, fingerprint: `f-job_${id}`, deps: [], after, frames: 24, item } };
}

/** A run with its wallet: what its rules ask of the wallet is sent, and sent again where somebody says so. */
class Sim {
  readonly wallet = new MemoryWallet("studio_1");
  readonly book: RunBook;
  readonly outbox = new Map<string, Command>();
  now = 1_000;
  /** Commands wait for `flush`. */
  isHolding = false;

  constructor(steps: QuotedStep[]) {
    const credits = steps.reduce((sum, { step }) => sum + step.item.credits, 0);
    this.wallet.send([{ type: "grant", key: "g", bucket: "purchased", credits: GRANTED, expiresAt: null, reason: "test", ref: "test" }], this.now);
    const ref = { run: "run_1", project: "proj_1", member: null, apiKey: null };
    this.wallet.send([{ type: "hold", key: "h", hold: "hold_1", credits, expiresAt: 10 * LONG_MS, ref }], this.now);
    this.book = {
      run: "run_1", hold: "hold_1", studio: "studio_1", project: "proj_1", quote: "quote_1", target: "master", actor: { member: null, apiKey: null }, requestId: "req_1",
      state: "running", waitingFor: null, waitingUntil: null, priority: 2, credits, captured: 0, returned: 0, isFree: false, priceCard: "1", seconds: { p50: 1, p90: 2 }, openedAt: 0, deadlineAt: 5 * LONG_MS,
      finishedAt: null, settlement: null, jobs: new Map(steps.map((quoted) => [quoted.step.id, newJob(quoted)])), stepOf: new Map(steps.map(({ job, step: { id } }) => [job, id])),
    };
    this.act((fx) => { fx.runIsDirty = true; });
  }

  /** Changes the book as the run's object does. */
  act(decide: (fx: Effects) => unknown): void {
    const fx = noEffects(this.now, () => 0.5);
    decide(fx);
    if (fx.dirty.size > 0 || fx.runIsDirty) advance(this.book, fx);
    for (const command of fx.commands) this.outbox.set(`${command.kind}:${command.key}`, command);
    if (!this.isHolding) this.flush();
  }

  job(id: string) {
    const job = this.book.jobs.get(id);
    if (!job) throw new Error(`no job ${id}`);
    return job;
  }

  /** Sends what waits, the release last. Where answers get lost the wallet is told again, until one is heard. */
  flush(times = 1): void {
    const waiting = [...this.outbox.values()].sort((a, b) => Number(a.kind === "release") - Number(b.kind === "release"));
    this.outbox.clear();
    for (const command of waiting) {
      if (command.kind === "lease") continue;
      for (let told = 1; told < times; told += 1) this.#tell(command);
      const outcome = this.#tell(command);
      this.act((fx) => settleAnswer(this.book, fx, command.kind === "capture" ? { command, outcome: outcome as CaptureOutcome } : { command, outcome: outcome as ReleaseOutcome }));
    }
  }

  #tell(command: Exclude<Command, { kind: "lease" }>): Outcome | undefined {
    const { kind: type, ...rest } = command;
    return this.wallet.send([{ type, hold: "hold_1", ...rest } as WalletCommand], this.now)[0];
  }
}

const idOf = (id: string): string => `job_${id}`;
const attemptOf = (sim: Sim, id: string): number => sim.job(id).attempts;
const beginNext = (sim: Sim, id: string) => sim.act((fx) => begin(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id) + 1 }));
const accepted = (sim: Sim, id: string) => sim.act((fx) => submitted(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), submission: { end: "accepted", ticket: id } }));
const refusedAtOnce = (sim: Sim, id: string) => sim.act((fx) => submitted(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), submission: { end: "refused", problem } }));
const refusals: Record<string, "input" | "output" | null> = { "refused": "output", "refused at its input": "input", "refused somewhere": null };
const seen = (sim: Sim, id: string, state: "running" | "succeeded" | "failed" | "failed for now" | "refused" | "refused at its input" | "refused somewhere" | "canceled") => sim.act((fx) => {
  const ticket = id;
  const sight = state === "running" ? { state, ticket, progress: 40, text: null, remaining: null } as const
    : state === "succeeded" ? { state, ticket, output: {}, madeMs: null, costMicros: null } as const
      : state in refusals ? { state: "refused", ticket, problem, stage: refusals[state] ?? null, costMicros: null } as const
        : { state: state === "canceled" ? state : "failed", ticket, problem, retry: state === "failed for now" ? "later" : "never", costMicros: null } as const;
  return checked(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), sight });
});
const fetched = (sim: Sim, id: string) => sim.act((fx) => claimFetch(sim.book, fx, idOf(id), attemptOf(sim, id)));
const brought = (sim: Sim, id: string) => sim.act((fx) => delivered(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), take: takeOf(idOf(id)) }));
const damaged = (sim: Sim, id: string) => sim.act((fx) => notDelivered(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), problem, again: "never" }));
const cancelled = (sim: Sim, id: string) => sim.act((fx) => cancelJob(sim.book, fx, idOf(id)));
const woken = (sim: Sim, id: string) => sim.act((fx) => wake(sim.book, fx, idOf(id), { attempt: attemptOf(sim, id), ticket: id, message: `${id}-${sim.now}` }));
const untilDue = (sim: Sim, at: number) => { sim.now = Math.max(sim.now, at); sim.act((fx) => tick(sim.book, fx)); };

type Move = (sim: Sim, id: string) => void;
interface Story {
  outcome: Row;
  isDelivered: boolean;
  /** Ends by the clock. */
  isTimed?: true;
  start: Move[];
  end: Move[];
}

const dispatch: Move[] = [beginNext, accepted];
const comesIn: Move[] = [(sim, id) => seen(sim, id, "succeeded"), fetched, brought];

/** How each row of the table comes about; some in two ways. */
const stories: Record<string, Story> = {
  "succeeded": { outcome: "succeeded", isDelivered: true, start: dispatch, end: comesIn },
  "failed at the model": { outcome: "failed", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "failed")] },
  "failed three times": {
    outcome: "failed", isDelivered: false, start: dispatch,
    end: [1, 2, 3].flatMap((attempt): Move[] => [(sim, id) => seen(sim, id, "failed for now"), ...(attempt < 3 ? [((sim, id) => untilDue(sim, sim.job(id).wakeAt)) as Move, ...dispatch] : [])]),
  },
  "came back damaged": { outcome: "failed", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "succeeded"), fetched, damaged] },
  "refused before": { outcome: "refused-before", isDelivered: false, start: [beginNext], end: [refusedAtOnce] },
  "refused after": { outcome: "refused-after", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "running"), (sim, id) => seen(sim, id, "refused")] },
  "refused after, and never seen at work": { outcome: "refused-after", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "refused")] },
  "refused before, and seen at work": { outcome: "refused-before", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "running"), (sim, id) => seen(sim, id, "refused at its input")] },
  "refused before, as it seems": { outcome: "refused-before", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "refused somewhere")] },
  "refused after, as it seems": { outcome: "refused-after", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "running"), (sim, id) => seen(sim, id, "refused somewhere")] },
  "timed out, and came late": { outcome: "timed-out", isDelivered: false, isTimed: true, start: dispatch, end: [(sim, id) => untilDue(sim, sim.job(id).timeoutAt), ...comesIn] },
  "cancelled before, and somebody comes to send it": { outcome: "cancelled-before", isDelivered: false, start: [], end: [cancelled, ...dispatch] },
  "cancelled after, and delivered": { outcome: "cancelled-after", isDelivered: true, start: dispatch, end: [cancelled, ...comesIn] },
  "cancelled after, and stopped": { outcome: "cancelled-after", isDelivered: false, start: dispatch, end: [cancelled, (sim, id) => seen(sim, id, "canceled")] },
  "webhook lost, and made": { outcome: "webhook-lost", isDelivered: true, start: dispatch, end: [(sim, id) => untilDue(sim, sim.job(id).wakeAt), ...comesIn] },
  "webhook lost, and not made": { outcome: "webhook-lost", isDelivered: false, start: dispatch, end: [(sim, id) => untilDue(sim, sim.job(id).wakeAt), (sim, id) => seen(sim, id, "failed")] },
  "everything twice": {
    outcome: "duplicate", isDelivered: true, start: [beginNext, (sim, id) => sim.act((fx) => begin(sim.book, fx, idOf(id), { attempt: 1 })), accepted, accepted],
    end: [woken, woken, ...comesIn.flatMap((move) => [move, move]), ...comesIn, woken],
  },
};
test("every row of the table is told", () => {
  expect(new Set(Object.values(stories).map(({ outcome }) => outcome))).toEqual(new Set(outcomes.filter((outcome) => outcome !== "partial")));
});

const creditsAt = (place: number): number => 3 + place * 2;

/** What the table says is captured of an item. What is there twice is paid as the first, and the second by its own row. */
function due({ outcome, isDelivered }: Pick<Story, "outcome" | "isDelivered">, credits: number): number {
  const item = { credits, delivered: isDelivered ? "delivered" as const : "not-delivered" as const };
  return outcome === "duplicate" ? capturedCredits("succeeded", item) + capturedCredits("duplicate", item) : capturedCredits(outcome, item);
}

/** What the ledger must say when a run is over. */
function examine(sim: Sim, expected: Map<string, number>): void {
  const { book, wallet } = sim;
  const sum = [...expected.values()].reduce((total, credits) => total + credits, 0);
  const log = wallet.log.map(({ body }) => JSON.parse(body) as Entry);
  const spent = new Map(log.filter(({ kind }) => kind === "capture").map(({ item, postings }) => [item, postings.find(({ account }) => account === "spent")?.credits]));
  const facts = {
    jobs: [...book.jobs.values()].map(({ quoted, state, captured, take }) => [quoted.step.id, isTerminal(state), captured, take !== null]),
    run: [book.finishedAt !== null, book.captured, book.returned], wallet: [wallet.balance().available, wallet.balance().held, wallet.balance().spent],
    captures: [...spent].sort(), kinds: log.map(({ kind }) => kind).sort(),
  };
  const paid = [...expected].filter(([, credits]) => credits > 0);
  const right = {
    jobs: [...expected].map(([id, credits]) => [id, true, credits, credits > 0]), run: [true, sum, book.credits - sum], wallet: [GRANTED - sum, 0, sum],
    captures: paid.map(([id, credits]) => [idOf(id), credits]).sort(), kinds: ["grant", "hold", "release", ...paid.map(() => "capture")].sort(),
  };
  // Comparing texts is a hundred times as quick, and there are a hundred thousand runs.
  if (JSON.stringify(facts) !== JSON.stringify(right)) expect(facts).toEqual(right);
}

/** A run of these stories, and a step that needs the first: some of the run is made, and the rest is not. */
function newRun(order: readonly Story[]): { sim: Sim; expected: Map<string, number>; ids: string[] } {
  const ids = order.map((_, place) => `j${place}`);
  const steps = order.map(({ isTimed }, place) => quotedStep(ids[place] ?? "", { credits: creditsAt(place), timeoutMs: isTimed ? 100_000 * (place + 1) : undefined }));
  const expected = new Map(order.map((story, place) => [ids[place] ?? "", due(story, creditsAt(place))]));
  expected.set("last", due({ outcome: "partial", isDelivered: order[0]?.isDelivered === true }, 2));
  return { sim: new Sim([...steps, quotedStep("last", { credits: 2, after: ["j0"] })]), expected, ids };
}

/** What needs the first job is made where that was, and can not be made otherwise. */
const finish = (sim: Sim): void => [...dispatch, ...comesIn].forEach((move) => move(sim, "last"));

test("five jobs, of which each ends in another way, in every order: the ledger is what the table says", { timeout: 300_000 }, () => {
  const ways = outcomes.map((outcome) => Object.values(stories).filter((story) => story.outcome === outcome)).filter((told) => told.length > 0);
  let played = 0;
  const walk = (order: Story[], left: Story[][]): void => {
    if (order.length === 5) {
      const { sim, expected, ids } = newRun(order);
      order.forEach(({ start }, place) => start.forEach((move) => move(sim, ids[place] ?? "")));
      order.forEach(({ end }, place) => end.forEach((move) => move(sim, ids[place] ?? "")));
      finish(sim);
      examine(sim, expected);
      played += 1;
      return;
    }
    for (const told of left) {
      const story = told[played % told.length];
      if (story) walk([...order, story], left.filter((each) => each !== told));
    }
  };
  walk([], ways);
  expect(played).toBe(9 * 8 * 7 * 6 * 5);
});

test("whatever is done in between, and however late and often the wallet is told, it is what the table says", { timeout: 300_000 }, () => {
  const told = Object.values(stories).filter(({ isTimed }) => !isTimed);
  const jobs = fc.array(fc.constantFrom(...told), { minLength: 5, maxLength: 9 });
  fc.assert(fc.property(jobs, fc.array(fc.nat(), { minLength: 200, maxLength: 200 }), (order, choices) => {
    const { sim, expected, ids } = newRun(order);
    const moves = order.map(({ start, end }) => [...start, ...end]);
    for (const choice of choices) {
      const open = moves.flatMap((left, place) => (left.length > 0 ? [place] : []));
      const place = open[choice % Math.max(1, open.length)];
      if (place === undefined) break;
      sim.isHolding = choice % 5 !== 0;
      moves[place]?.shift()?.(sim, ids[place] ?? "");
      if (choice % 7 === 0) sim.flush(2);
    }
    sim.isHolding = false;
    finish(sim);
    sim.flush(2);
    examine(sim, expected);
  }), { numRuns: 1_500, endOnFailure: true });
});

/** Where a job is when its run is cancelled, and how it ends then. */
const whenCancelled: Record<string, Story> = {
  "not sent": { outcome: "cancelled-before", isDelivered: false, start: [], end: dispatch },
  "its answer is lost, and it is made": { outcome: "cancelled-after", isDelivered: true, start: [beginNext], end: [accepted, ...comesIn] },
  "refused as it is sent": { outcome: "cancelled-after", isDelivered: false, start: [beginNext], end: [refusedAtOnce] },
  "at work, and stopped": { outcome: "cancelled-after", isDelivered: false, start: dispatch, end: [(sim, id) => seen(sim, id, "canceled")] },
  "at work, and made": { outcome: "cancelled-after", isDelivered: true, start: dispatch, end: comesIn },
  "being brought in": { outcome: "cancelled-after", isDelivered: true, start: [...dispatch, ...comesIn.slice(0, 2)], end: comesIn.slice(2) },
  "waiting to be tried again": { outcome: "cancelled-before", isDelivered: false, start: [...dispatch, (sim, id) => seen(sim, id, "failed for now")], end: dispatch },
  "made before": { outcome: "succeeded", isDelivered: true, start: [...dispatch, ...comesIn], end: [] },
  "failed before": { outcome: "failed", isDelivered: false, start: [...dispatch, (sim, id) => seen(sim, id, "failed")], end: comesIn },
};

test("a run that is cancelled, with its jobs in every state and ending in every order", { timeout: 300_000 }, () => {
  const walk = (order: Story[]): void => {
    if (order.length < 4) return Object.values(whenCancelled).forEach((story) => walk([...order, story]));
    const { sim, expected, ids } = newRun(order);
    order.forEach(({ start }, place) => start.forEach((move) => move(sim, ids[place] ?? "")));
    sim.act((fx) => cancelRun(sim.book, fx));
    order.forEach(({ end }, place) => end.forEach((move) => move(sim, ids[place] ?? "")));
    finish(sim);
    examine(sim, expected.set("last", 0));
  };
  walk([]);
});

test("the row that a job's receipt names costs what the ledger says", () => {
  for (const [name, story] of [...Object.entries(stories), ...Object.entries(whenCancelled)]) {
    const { sim } = newRun([story]);
    story.start.forEach((move) => move(sim, "j0"));
    if (name in whenCancelled) sim.act((fx) => cancelRun(sim.book, fx));
    story.end.forEach((move) => move(sim, "j0"));
    const view = jobView(sim.book, sim.job("j0"));
    const row = outcomeTable.find(({ outcome }) => outcome === outcomeOf(view));
    expect([name, row ? capturedCredits(row.outcome, { credits: creditsAt(0), delivered: view.take === null ? "not-delivered" : "delivered" }) : null]).toEqual([name, view.captured]);
    if (story.outcome.startsWith("refused")) expect([name, row?.outcome]).toEqual([name, story.outcome]);
  }
});
