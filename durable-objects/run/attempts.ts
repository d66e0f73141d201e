/** Rules about an attempt at a provider, from the lease to what a check saw. */
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import { isTerminal } from "#film/next.ts";
import { attemptKey, jobOf, takesFor, type Effects, type JobBook, type Phase, type Problem, type RunBook } from "./book.ts";
import { again, delayOf, end, find, idOf, RESEND_MS, sendCheck, touch, type Stop, type Told } from "./ending.ts";
import type { QuotedStep } from "./snapshot.ts";

/** Whoever waits for a lease is called by the gate; this is for when the call was lost. */
const LEASE_RESEND_MS = 60_000;

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
  | { state: "succeeded"; ticket: Json; output: Json; madeMs: number | null }
  | { state: "refused" | "failed" | "canceled"; ticket: Json; problem: Problem; retry: "never" | "later" }
  | { state: "not_found" }
  | { state: "silent" };

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

/** What a worker must know to check, fetch or cancel an attempt. */
export type Look = { ok: true; quoted: QuotedStep; ticket: Json; lookup: "none" | "early" | "final"; isCancelling: boolean; phase: Phase; output: Json } | Stop;

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
      // What counts as its time is the making, not the waiting at the provider: estimates learn from it.
      if (sight.madeMs !== null) job.startedAt = Math.max(job.startedAt ?? 0, fx.now - sight.madeMs);
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
