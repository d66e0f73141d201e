/**
 * Every decision about a run's jobs, as functions of its book, what was reported, and the time. Each looks at state and attempt first, so
 * that reports may come twice, late and in any order. No I/O, and nothing is thrown.
 */
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import { isTerminal, next } from "#film/next.ts";
import { attemptKey, jobOf, takesFor, type Effects, type JobBook, type JobMessage, type Problem, type RunBook } from "./book.ts";
import type { QuotedStep } from "./snapshot.ts";

export const ATTEMPTS_MAX = 3;
/** A wake-up that nobody answered is sent again after this. */
export const RESEND_MS = 15_000;
/** Whoever waits for a lease is called by the gate; this is for when the call was lost. */
const LEASE_RESEND_MS = 60_000;
const FETCH_MS = 60_000;
const FETCHES_MAX = 4;
const RETRY_BASE_MS = 2_000;
/** A check that was sent is not sent again within this. */
const CHECK_APART_MS = 500;
const CHECK_DELAYS_MS = [1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 15_000] as const;

/** Why a message is not acted upon. */
export type Stop = { ok: false; code: "unknown" | "stale" | "over" | "not_now" | "failed" };
export type Told = { ok: true } | Stop;

/** What a worker must know to submit an attempt. */
export interface Order {
  ok: true;
  studio: string;
  project: string;
  quote: string;
  quoted: QuotedStep;
  takes: [NodeId, TakeFacts][];
  submitBy: number;
}

/** What became of a submission. `unknown`: its answer was lost. `answered`: there was one, but it says nothing. */
export type Submission =
  | { end: "accepted"; ticket: Json }
  | { end: "refused"; problem: Problem }
  | { end: "rejected"; problem: Problem; retry: "never" | "later"; retryAfterMs: number | null }
  | { end: "unknown"; because: "lost" | "answered" };

/** What a check saw. `not_found`: the provider has no such submission. `silent`: the provider could not be asked. */
export type Sight =
  | { state: "running"; ticket: Json; progress: number | null; text: string | null; remaining: { low: number; high: number } | null }
  | { state: "succeeded"; ticket: Json; output: Json }
  | { state: "refused" | "failed" | "canceled"; ticket: Json; problem: Problem; retry: "never" | "later" }
  | { state: "not_found" }
  | { state: "silent" };

const delayOf = (checks: number): number => CHECK_DELAYS_MS[Math.min(checks, CHECK_DELAYS_MS.length - 1)] ?? 15_000;

const idOf = ({ quoted }: JobBook): string => quoted.job;

function message(book: RunBook, job: JobBook, attempt: number, action: JobMessage["action"]): JobMessage {
  return { run: book.run, job: idOf(job), attempt, action };
}

/** Does what `next` says until it says nothing new. Called after every change. */
export function advance(book: RunBook, fx: Effects): void {
  if (book.settlement !== null) return;
  const steps = [...book.jobs].map(([id, { quoted }]) => ({ id, after: quoted.step.after }));
  for (;;) {
    const states = Object.fromEntries([...book.jobs].map(([id, { state }]) => [id, state]));
    const actions = next(steps, states, book.state);
    for (const action of actions) {
      if (action.do === "settle") return settle(book, fx, action.status);
      const job = book.jobs.get(action.step);
      if (!job) continue;
      if (action.do === "queue") queue(book, fx, job);
      else cancelOne(book, fx, job, blockedBy(book, action.because));
    }
    if (actions.length === 0) return attendWaiting(book, fx);
  }
}

function blockedBy(book: RunBook, because: string): Problem {
  const cause = book.jobs.get(because);
  return cause
    ? { code: "blocked", detail: `It needs “${cause.quoted.label}”, which was not made.` }
    : { code: "cancelled", detail: "The run was cancelled." };
}

function settle(book: RunBook, fx: Effects, status: NonNullable<RunBook["settlement"]>): void {
  book.settlement = status;
  fx.runIsDirty = true;
  const cause = status === "cancelled" ? "cancelled" : status === "succeeded" ? "settled" : "failed";
  fx.commands.push({ kind: "release", key: `release:${book.hold}`, cause });
}

function queue(book: RunBook, fx: Effects, job: JobBook): void {
  job.state = "queued";
  job.text = "Waiting for its turn";
  job.wakeAt = fx.now + RESEND_MS;
  touch(fx, job);
  fx.messages.push(message(book, job, job.attempts + 1, "submit"));
}

const touch = (fx: Effects, job: JobBook): void => void fx.dirty.add(job.quoted.step.id);

/** A run waits while all that it could do waits for a provider that is down. */
function attendWaiting(book: RunBook, fx: Effects): void {
  if (book.state !== "running" && book.state !== "waiting") return;
  const live = [...book.jobs.values()].filter(({ state }) => state !== "pending" && !isTerminal(state));
  const state = live.length > 0 && live.every(({ isDown }) => isDown) ? "waiting" : "running";
  if (state === book.state) return;
  book.state = state;
  book.waitingFor = state === "waiting" ? "The renderer is not answering. The run goes on by itself when it does." : null;
  fx.runIsDirty = true;
}

function end(fx: Effects, job: JobBook, state: "succeeded" | "failed" | "refused" | "cancelled" | "expired", problem: Problem | null): void {
  const attempt = job.state === "queued" || job.state === "retrying" ? job.attempts + 1 : job.attempts;
  const wasFetching = job.phase === "found" || job.phase === "fetching";
  if (attempt > 0 && !wasFetching) fx.commands.push({ kind: "lease", key: attemptKey(idOf(job), attempt), provider: job.quoted.terms.provider });
  Object.assign(job, { state, problem, phase: null, wakeAt: Infinity, finishedAt: fx.now, remaining: null, isDown: false, output: null });
  job.text = problem?.detail ?? "Made";
  if (state === "succeeded") job.progress = 100;
  touch(fx, job);
}

/** Finds a job in the attempt that is spoken of. */
function find(book: RunBook, id: string, attempt: number): { ok: true; job: JobBook } | Stop {
  const found = jobOf(book, id);
  if (!found) return { ok: false, code: "unknown" };
  if (isTerminal(found.job.state)) return { ok: false, code: "over" };
  return attempt === found.job.attempts ? { ok: true, job: found.job } : { ok: false, code: "stale" };
}

/** Whether an attempt may be submitted now, and on which terms: asked before a lease is. Changes nothing. */
export function ready(book: RunBook, fx: Effects, id: string, attempt: number): { ok: true; terms: QuotedStep["terms"]; priority: number } | Stop {
  const found = jobOf(book, id);
  if (!found) return { ok: false, code: "unknown" };
  const { state, attempts, wakeAt, quoted } = found.job;
  if (isTerminal(state) || state === "cancelling") return { ok: false, code: "over" };
  if ((state !== "queued" && state !== "retrying") || attempt !== attempts + 1) return { ok: false, code: "stale" };
  if (state === "retrying" && fx.now < wakeAt) return { ok: false, code: "not_now" };
  return { ok: true, terms: quoted.terms, priority: book.priority };
}

/** Records claim and intent of the next attempt, so that nobody else submits it. */
export function begin(book: RunBook, fx: Effects, id: string, attempt: number): Order | Stop {
  const may = ready(book, fx, id, attempt);
  const job = jobOf(book, id)?.job;
  if (!may.ok || !job) return may.ok ? { ok: false, code: "unknown" } : may;
  const { submitMs, timeoutMs } = job.quoted.terms;
  Object.assign(job, {
    state: "running", attempts: attempt, phase: "begun", ticket: null, submitBy: fx.now + submitMs, wakeAt: fx.now + submitMs, timeoutAt: fx.now + timeoutMs,
    unknownSince: null, checks: 0, fetches: 0, output: null, progress: 0, text: "Sending it", problem: null, startedAt: job.startedAt ?? fx.now, isDown: false,
  });
  touch(fx, job);
  return { ok: true, studio: book.studio, project: book.project, quote: book.quote, quoted: job.quoted, takes: takesFor(book, job), submitBy: job.submitBy };
}

/** There was no place at the provider; the gate will call. */
export function noLease(book: RunBook, fx: Effects, id: string, { attempt, isDown }: { attempt: number; isDown: boolean }): Told {
  const found = jobOf(book, id);
  if (!found || attempt !== found.job.attempts + 1 || (found.job.state !== "queued" && found.job.state !== "retrying")) return { ok: false, code: "stale" };
  const { job } = found;
  job.wakeAt = fx.now + LEASE_RESEND_MS;
  if (job.isDown !== isDown) {
    job.isDown = isDown;
    job.text = isDown ? "Waiting for the renderer to answer" : "Waiting for its turn";
    touch(fx, job);
  }
  return { ok: true };
}

/** Takes in what became of a submission. */
export function submitted(book: RunBook, fx: Effects, id: string, { attempt, submission }: { attempt: number; submission: Submission }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "begun" && job.phase !== "unknown") return { ok: false, code: "stale" };
  if (submission.end === "accepted") {
    Object.assign(job, { phase: "submitted", ticket: submission.ticket, text: "Being made", unknownSince: null, isDown: false });
    job.wakeAt = job.state === "cancelling" ? fx.now : fx.now + delayOf(0);
    touch(fx, job);
  } else if (submission.end === "unknown") {
    job.phase = "unknown";
    job.unknownSince ??= fx.now;
    job.text = "Finding out whether it arrived";
    job.wakeAt = submission.because === "lost" ? Math.max(job.submitBy, fx.now) : fx.now + delayOf(0);
    touch(fx, job);
  } else if (submission.end === "refused") end(fx, job, job.state === "cancelling" ? "cancelled" : "refused", submission.problem);
  else again(fx, job, submission);
  return { ok: true };
}

/** Another attempt, later, where the provider's answer is known and there are attempts left; else this is how it ends. */
function again(fx: Effects, job: JobBook, { problem, retry, retryAfterMs = null }: { problem: Problem; retry: "never" | "later"; retryAfterMs?: number | null }): void {
  if (job.state === "cancelling") return end(fx, job, "cancelled", { code: "cancelled", detail: "It was cancelled." });
  if (retry === "never" || job.attempts >= ATTEMPTS_MAX) return end(fx, job, "failed", problem);
  fx.commands.push({ kind: "lease", key: attemptKey(idOf(job), job.attempts), provider: job.quoted.terms.provider });
  const backoffMs = RETRY_BASE_MS * 2 ** (job.attempts - 1) * (0.5 + fx.random());
  Object.assign(job, { state: "retrying", phase: null, ticket: null, problem, text: `Trying again: ${problem.detail}`, wakeAt: fx.now + Math.max(backoffMs, retryAfterMs ?? 0), isDown: false });
  touch(fx, job);
}

/** What a worker must know to check, fetch or cancel an attempt. */
export type Look = { ok: true; quoted: QuotedStep; ticket: Json; lookup: "none" | "early" | "final"; isCancelling: boolean; phase: Phase; output: Json } | Stop;
type Phase = NonNullable<JobBook["phase"]>;

export function look(book: RunBook, fx: Effects, id: string, attempt: number): Look {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase === null) return { ok: false, code: "stale" };
  const { terms } = job.quoted;
  if (job.ticket === null && job.phase === "begun" && fx.now < job.submitBy) return { ok: false, code: "not_now" };
  const lookup = job.ticket !== null ? "none" : fx.now >= job.submitBy + terms.lookupLagMs ? "final" : "early";
  return { ok: true, quoted: job.quoted, ticket: job.ticket, lookup, isCancelling: job.state === "cancelling", phase: job.phase, output: job.output };
}

/** The ticket of an attempt whatever became of its job, so that what nobody waits for can be stopped. */
export function ticketOf(book: RunBook, id: string, attempt: number): { ok: true; quoted: QuotedStep; ticket: Json } | Stop {
  const found = jobOf(book, id);
  if (!found || found.job.attempts !== attempt || found.job.ticket === null) return { ok: false, code: "stale" };
  return { ok: true, quoted: found.job.quoted, ticket: found.job.ticket };
}

/** Takes in what a check saw. `ok` with `fetch` where the output is there to be fetched. */
export function checked(book: RunBook, fx: Effects, id: string, { attempt, sight }: { attempt: number; sight: Sight }): { ok: true; then: "wait" | "fetch" } | Stop {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase === null || job.phase === "found" || job.phase === "fetching") return { ok: false, code: "stale" };
  if (sight.state === "not_found") notFound(book, fx, job);
  else if (sight.state === "silent") silent(book, fx, job);
  else {
    job.ticket = sight.ticket;
    job.unknownSince = null;
    job.isDown = false;
    if (sight.state === "running") seenRunning(fx, job, sight);
    else if (sight.state === "succeeded") {
      Object.assign(job, { phase: "found", output: sight.output, text: "Bringing it in", wakeAt: fx.now + RESEND_MS, remaining: null });
      fx.commands.push({ kind: "lease", key: attemptKey(id, job.attempts), provider: job.quoted.terms.provider });
      touch(fx, job);
      return { ok: true, then: "fetch" };
    } else if (job.state === "cancelling" || sight.state === "canceled") end(fx, job, "cancelled", { code: "cancelled", detail: "It was cancelled." });
    else if (sight.state === "refused") end(fx, job, "refused", sight.problem);
    else again(fx, job, sight);
  }
  return { ok: true, then: "wait" };
}

function seenRunning(fx: Effects, job: JobBook, sight: Sight & { state: "running" }): void {
  job.phase = "submitted";
  job.checks += 1;
  job.wakeAt = fx.now + delayOf(job.checks);
  const progress = Math.max(job.progress, Math.min(99, Math.round(sight.progress ?? job.progress)));
  Object.assign(job, { progress, text: job.state === "cancelling" ? "Cancelling" : (sight.text ?? "Being made"), remaining: sight.remaining });
  touch(fx, job);
}

/** Vendors' lists lag: only after the adapter's delay does "not found" mean that the submission never arrived. */
function notFound(book: RunBook, fx: Effects, job: JobBook): void {
  const { lookupLagMs } = job.quoted.terms;
  const since = job.unknownSince ?? job.submitBy;
  if (fx.now < Math.max(job.submitBy, since) + lookupLagMs) return unresolved(book, fx, job);
  again(fx, job, { problem: { code: "not_submitted", detail: "The provider never got it." }, retry: "later" });
}

/** The provider could not be asked: nothing is known, so nothing is decided until the adapter's deadline. */
function silent(book: RunBook, fx: Effects, job: JobBook): void {
  if (!job.isDown) {
    job.isDown = true;
    job.text = "Waiting for the renderer to answer";
    touch(fx, job);
  }
  unresolved(book, fx, job);
}

function unresolved(book: RunBook, fx: Effects, job: JobBook): void {
  job.unknownSince ??= fx.now;
  job.checks += 1;
  job.wakeAt = fx.now + delayOf(job.checks);
  touch(fx, job);
  if (fx.now < job.unknownSince + job.quoted.terms.resolveMs) return;
  fx.findings.push({ id: `unresolved:${idOf(job)}:${job.attempts}`, subject: idOf(job), detail: "It could not be found out whether a submission arrived; it may have been made and billed.", data: { run: book.run, attempt: job.attempts, ticket: job.ticket } });
  end(fx, job, "failed", { code: "unresolved", detail: "It could not be found out whether the provider got it. Nothing was charged." });
}

/** A verified webhook: it wakes a check, or supplies a ticket that was lost. */
export function wake(book: RunBook, fx: Effects, id: string, { attempt, ticket }: { attempt: number; ticket: Json }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase === null || job.phase === "found" || job.phase === "fetching") return { ok: false, code: "stale" };
  if (job.ticket === null && ticket !== null) {
    Object.assign(job, { ticket, phase: "submitted", unknownSince: null });
    touch(fx, job);
  }
  if (job.ticket === null) return { ok: false, code: "not_now" };
  sendCheck(book, fx, job);
  return { ok: true };
}

function sendCheck(book: RunBook, fx: Effects, job: JobBook): void {
  if (fx.now < job.checkSentAt + CHECK_APART_MS) {
    job.wakeAt = Math.min(job.wakeAt, job.checkSentAt + CHECK_APART_MS);
    touch(fx, job);
    return;
  }
  job.checkSentAt = fx.now;
  job.wakeAt = fx.now + RESEND_MS;
  touch(fx, job);
  fx.messages.push(message(book, job, job.attempts, job.phase === "found" ? "fetch" : "check"));
}

/** Claims the fetch of an output, so that it is brought in by one worker at a time. */
export function claimFetch(book: RunBook, fx: Effects, id: string, attempt: number): (Order & { fetch: number; output: Json; ticket: Json }) | Stop {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "found") return { ok: false, code: "not_now" };
  if (job.fetches >= FETCHES_MAX) {
    end(fx, job, job.state === "cancelling" ? "cancelled" : "failed", { code: "fetch_failed", detail: "The result could not be brought in. Nothing was charged." });
    return { ok: false, code: "over" };
  }
  Object.assign(job, { phase: "fetching", fetches: job.fetches + 1, wakeAt: fx.now + FETCH_MS });
  touch(fx, job);
  const { studio, project, quote } = book;
  return { ok: true, studio, project, quote, quoted: job.quoted, takes: takesFor(book, job), submitBy: job.submitBy, fetch: job.fetches, output: job.output, ticket: job.ticket };
}

/** The take is recorded: its item is captured, and the run goes on. Twice is once. */
export function delivered(book: RunBook, fx: Effects, id: string, { attempt, take }: { attempt: number; take: TakeFacts }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching" && job.phase !== "found") return { ok: false, code: "stale" };
  job.take = take;
  end(fx, job, "succeeded", null);
  const { credits } = job.quoted.step.item;
  if (credits > 0) fx.commands.push({ kind: "capture", key: `capture:${id}`, item: id, credits, reason: job.quoted.label });
  return { ok: true };
}

/** The output could not be used (`bad`: for good) or not be brought in (`later`: again). */
export function notDelivered(book: RunBook, fx: Effects, id: string, { attempt, problem, again: retry }: { attempt: number; problem: Problem; again: "never" | "later" }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching") return { ok: false, code: "stale" };
  if (retry === "never" || job.fetches >= FETCHES_MAX) end(fx, job, "failed", problem);
  else {
    Object.assign(job, { phase: "found", wakeAt: fx.now + delayOf(job.fetches), text: problem.detail });
    touch(fx, job);
  }
  return { ok: true };
}

/** Ends a job, or has its provider end it: what was dispatched stays `cancelling` until a check decides. */
function cancelOne(book: RunBook, fx: Effects, job: JobBook, problem: Problem): void {
  if (isTerminal(job.state) || job.state === "cancelling") return;
  if (job.state !== "running") return end(fx, job, "cancelled", problem);
  job.state = "cancelling";
  job.text = "Cancelling";
  touch(fx, job);
  if (job.ticket !== null) sendCheck(book, fx, job);
}

export function cancelRun(book: RunBook, fx: Effects): Told {
  if (book.state === "cancelling") return { ok: true };
  if (book.settlement !== null || (book.state !== "running" && book.state !== "waiting")) return { ok: false, code: "over" };
  book.state = "cancelling";
  book.waitingFor = null;
  fx.runIsDirty = true;
  return { ok: true };
}

export function cancelJob(book: RunBook, fx: Effects, id: string): Told {
  const found = jobOf(book, id);
  if (!found) return { ok: false, code: "unknown" };
  if (isTerminal(found.job.state)) return { ok: false, code: "over" };
  cancelOne(book, fx, found.job, { code: "cancelled", detail: "You cancelled it." });
  return { ok: true };
}

/** What is due by the clock: wake-ups again, retries, checks, deadlines. */
export function tick(book: RunBook, fx: Effects): void {
  if (book.settlement !== null) return;
  for (const job of book.jobs.values()) {
    if (isTerminal(job.state) || expireOne(book, fx, job) || fx.now < job.wakeAt) continue;
    if (job.state === "queued" || job.state === "retrying") {
      fx.messages.push(message(book, job, job.attempts + 1, "submit"));
      if (job.state === "retrying") job.state = "queued";
      job.wakeAt = fx.now + RESEND_MS;
      touch(fx, job);
    } else if (job.state === "running" || job.state === "cancelling") {
      if (job.phase === "begun") {
        job.phase = "unknown";
        job.unknownSince = job.submitBy;
      }
      // Whoever was fetching is late, or gone.
      if (job.phase === "fetching") job.phase = "found";
      job.checkSentAt = 0;
      sendCheck(book, fx, job);
    }
  }
}

/** A job whose time is over ends, unless its output is being brought in right now. */
function expireOne(book: RunBook, fx: Effects, job: JobBook): boolean {
  const isOver = fx.now >= book.deadlineAt || (job.state !== "pending" && job.state !== "queued" && fx.now >= job.timeoutAt);
  if (!isOver || (job.phase === "fetching" && fx.now < job.wakeAt)) return false;
  if (job.ticket !== null && job.phase === "submitted") fx.messages.push(message(book, job, job.attempts, "cancel"));
  end(fx, job, "expired", { code: "expired", detail: "It was not there by its deadline. Nothing was charged." });
  return true;
}

/** After a restart, whoever acted for this run may be gone: look after everything soon. Doing so twice is harmless. */
export function attendSoon(book: RunBook, now: number): void {
  for (const job of book.jobs.values()) {
    if (isTerminal(job.state) || job.state === "pending") continue;
    const soonest = job.state === "retrying" ? job.wakeAt : job.phase === "begun" ? job.submitBy : now + 1_000;
    job.wakeAt = Math.min(job.wakeAt, soonest);
  }
}

/** When this run next does something by itself. */
export function nextDue(book: RunBook): number {
  if (book.settlement !== null) return Infinity;
  let dueAt = Infinity;
  for (const job of book.jobs.values()) {
    if (isTerminal(job.state)) continue;
    const isBroughtIn = job.phase === "fetching";
    const hasNoTimeout = isBroughtIn || job.state === "queued" || job.state === "pending";
    dueAt = Math.min(dueAt, job.wakeAt, hasNoTimeout ? Infinity : job.timeoutAt, isBroughtIn ? Infinity : book.deadlineAt);
  }
  return dueAt;
}
