/** Rules about an attempt at a provider, from the lease to what a check saw. */
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import { isTerminal } from "#film/next.ts";
import type { RefusalStage } from "#film/outcomes.ts";
import { jobOf, leaseKey, takesFor, termsOf, type Effects, type JobBook, type Phase, type Problem, type RunBook } from "./book.ts";
import { again, ATTEMPTS_MAX, delayOf, DELIVERY_MS, end, find, idOf, LOST_MAX, noteEnd, RESEND_MS, sendCheck, touch, type Stop, type Told } from "./ending.ts";
import { moveOn, nameOf, TURNED_AWAY_MAX, waitForFirst } from "./failover.ts";
import type { QuotedStep, Terms } from "./snapshot.ts";

/** Whoever waits for a lease is called by the gate; this is for when the call was lost. */
const LEASE_RESEND_MS = 60_000;
/** A provider that takes no work is asked again after this, then after twice as long, up to the other. */
const OUT_MS = 3_000;
const OUT_MS_MAX = 60_000;
/** A file of ours that cannot be read is tried so often. */
const UNREAD_MAX = 10;
/** So many messages of a provider are remembered, to know replays. */
const HEARD_MAX = 16;

/** What a worker must know to submit an attempt. */
export interface Order {
  ok: true;
  studio: string;
  project: string;
  quote: string;
  quoted: QuotedStep;
  /** Of the model that this attempt is made with. */
  terms: Terms;
  takes: [NodeId, TakeFacts][];
  submitBy: number;
}

/**
 * What became of a submission. `rejected`: the provider answered that it did not take it. `unknown`: the answer was lost (`lost`), or says nothing
 * (`answered`); it may have been taken, so it is looked up and never simply sent again.
 */
export type Submission =
  | { end: "accepted"; ticket: Json }
  | { end: "refused"; problem: Problem }
  | { end: "rejected"; problem: Problem; retry: "never" | "later"; retryAfterMs: number | null }
  | { end: "unknown"; because: "lost" | "answered" };

/** What a check saw. `silent`: the provider could not be asked, so nothing is known. */
export type Sight =
  | { state: "running"; ticket: Json; progress: number | null; text: string | null; remaining: { low: number; high: number } | null }
  /**
   * `output`: files by role (`kept:` addresses or URLs) and values. `madeMs`: how long making it took, without the waiting; `costMicros`: what it cost
   * us, in millionths of a dollar; null where the provider does not say.
   */
  | { state: "succeeded"; ticket: Json; output: Json; madeMs: number | null; costMicros: number | null }
  /** `stage`: where it was refused, before or after it was made; null where the provider does not say. `costMicros` as above: some bill refusals. */
  | { state: "refused"; ticket: Json; problem: Problem; stage: RefusalStage | null; costMicros: number | null }
  | { state: "failed" | "canceled"; ticket: Json; problem: Problem; retry: "never" | "later"; costMicros: number | null }
  | { state: "not_found" }
  | { state: "silent" };

/**
 * Whether an attempt may be submitted now, and on which terms: asked before a lease is. Changes nothing. `isFirst`: it has neither waited for a provider
 * that was down nor failed before, so that the run need not hear that it waits for its turn.
 */
export function ready(book: RunBook, fx: Effects, id: string, attempt: number): { ok: true; terms: Terms; lease: string; priority: number; isFirst: boolean } | Stop {
  const found = jobOf(book, id);
  if (!found) return { ok: false, code: "unknown" };
  const { state, attempts, wakeAt } = found.job;
  if (isTerminal(state) || state === "cancelling") return { ok: false, code: "over" };
  if ((state !== "queued" && state !== "retrying") || attempt !== attempts + 1) return { ok: false, code: "stale" };
  if (state === "retrying" && fx.now < wakeAt) return { ok: false, code: "not_now" };
  return { ok: true, terms: termsOf(found.job), lease: leaseKey(found.job, attempt), priority: book.priority, isFirst: state === "queued" && !found.job.isDown };
}

/** Records claim and intent of the next attempt, so that nobody else submits it. `lease`: the place that it comes with; the job may have moved on to another model since. */
export function begin(book: RunBook, fx: Effects, id: string, { attempt, lease }: { attempt: number; lease?: string }): Order | Stop {
  const job = jobOf(book, id)?.job;
  if (job && lease !== undefined && lease !== leaseKey(job, attempt)) return { ok: false, code: "moved" };
  const may = ready(book, fx, id, attempt);
  if (!may.ok || !job) return may.ok ? { ok: false, code: "unknown" } : may;
  const terms = termsOf(job);
  const { submitMs, timeoutMs } = terms;
  Object.assign(job, {
    state: "running", attempts: attempt, phase: "begun", ticket: null, submitBy: fx.now + submitMs, wakeAt: fx.now + submitMs, timeoutAt: fx.now + timeoutMs,
    unknownSince: null, checks: 0, fetches: 0, unreported: 0, asks: 0, output: null, costMicros: null, progress: 0, text: "Sending it", problem: null, refusalStage: null, startedAt: job.startedAt ?? fx.now, isDown: false,
  });
  touch(fx, job);
  return { ok: true, studio: book.studio, project: book.project, quote: book.quote, quoted: job.quoted, terms, takes: takesFor(book, job), submitBy: job.submitBy };
}

/** There was no place at the provider; the gate will call. Of one that is down, the job goes to another that its quote allows, or waits for the first that may be tried. */
export function noLease(book: RunBook, fx: Effects, id: string, { attempt, isDown, retryAt }: { attempt: number; isDown: boolean; retryAt: number | null }): Told {
  const found = jobOf(book, id);
  if (!found || attempt !== found.job.attempts + 1 || (found.job.state !== "queued" && found.job.state !== "retrying")) return { ok: false, code: "stale" };
  const { job } = found;
  if (!isDown && !job.isDown && job.state === "queued") return { ok: true };
  if (isDown && moveOn(book, fx, job, { problem: { code: "provider_down", detail: "it does not answer" }, until: retryAt })) return { ok: true };
  // Where it is known when it may be tried, nobody asks before.
  job.wakeAt = isDown ? Math.min(retryAt === null ? fx.now + LEASE_RESEND_MS : Infinity, Math.max(waitForFirst(fx, job), fx.now + RESEND_MS)) : fx.now + LEASE_RESEND_MS;
  job.isDown = isDown;
  job.text = isDown ? `Waiting for ${nameOf(termsOf(job))} to answer` : "Waiting for its turn";
  touch(fx, job);
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
  } else if (submission.end === "refused") {
    noteEnd(fx, job, "refused", null);
    if (job.state !== "cancelling") job.refusalStage = "input";
    end(fx, job, job.state === "cancelling" ? "cancelled" : "refused", submission.problem);
  } else rejected(book, fx, job, submission);
  return { ok: true };
}

/**
 * The provider did not take it, so nothing was paid, and it counts as no attempt. One that has no room is waited for; one that is out, or that does not know us or
 * the model, is left at once for another that the quote allows. Where there is none, the run waits, with its credits whole; for a model that is gone it would
 * wait in vain, so the job has failed, and others are offered.
 */
function rejected(book: RunBook, fx: Effects, job: JobBook, submission: Submission & { end: "rejected" }): void {
  noteEnd(fx, job, "rejected", null);
  const { problem, retry, retryAfterMs } = submission;
  if (problem.code === "input_unread") {
    // It is our own file: the provider was not asked, and another would not get it either.
    job.turnedAway += 1;
    return again(fx, job, { ...submission, retry: job.turnedAway > UNREAD_MAX ? "never" : retry });
  }
  const isGone = problem.code === "model_gone";
  const isOut = isGone || problem.code === "provider_config" || (retry === "later" && retryAfterMs === null);
  if (job.state === "cancelling" || (retry === "never" && !isOut)) return again(fx, job, submission);
  job.turnedAway += 1;
  const waitMs = retryAfterMs ?? Math.min(OUT_MS_MAX, OUT_MS * 2 ** (job.turnedAway - 1));
  const words = { ...problem, detail: isGone ? "it is not there any more" : isOut ? "it does not take work now" : "it has no room now" };
  if ((isOut || job.turnedAway % TURNED_AWAY_MAX === 0) && moveOn(book, fx, job, { problem: words, until: fx.now + waitMs })) return;
  if (isGone) return again(fx, job, submission);
  again(fx, job, { problem, retry: "later", retryAfterMs: waitMs });
  if (!isOut) return;
  job.isDown = true;
  job.text = `Waiting for ${nameOf(termsOf(job))} to take work`;
}

/** What a worker must know to check, fetch or cancel an attempt. */
export type Look = { ok: true; studio: string; quoted: QuotedStep; terms: Terms; ticket: Json; sentAt: number; lookup: "none" | "early" | "final"; isCancelling: boolean; phase: Phase; output: Json } | Stop;

export function look(book: RunBook, fx: Effects, id: string, attempt: number): Look {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase === null) return { ok: false, code: "stale" };
  const terms = termsOf(job);
  if (job.ticket === null && job.phase === "begun" && fx.now < job.submitBy) return { ok: false, code: "not_now" };
  const lookup = job.ticket !== null ? "none" : fx.now >= job.submitBy + terms.lookupLagMs ? "final" : "early";
  return { ok: true, studio: book.studio, quoted: job.quoted, terms, ticket: job.ticket, sentAt: job.submitBy - terms.submitMs, lookup, isCancelling: job.state === "cancelling", phase: job.phase, output: job.output };
}

/** The ticket of an attempt whatever became of its job, so that what nobody waits for can be stopped. */
export function ticketOf(book: RunBook, id: string, attempt: number): { ok: true; terms: Terms; ticket: Json } | Stop {
  const found = jobOf(book, id);
  if (!found || found.job.attempts !== attempt || found.job.ticket === null) return { ok: false, code: "stale" };
  return { ok: true, terms: termsOf(found.job), ticket: found.job.ticket };
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
      Object.assign(job, { phase: "found", output: sight.output, costMicros: sight.costMicros, text: "Bringing it in", wakeAt: fx.now + RESEND_MS, timeoutAt: Math.max(job.timeoutAt, fx.now + DELIVERY_MS), remaining: null });
      fx.commands.push({ kind: "lease", key: leaseKey(job, job.attempts), provider: termsOf(job).provider });
      touch(fx, job);
      return { ok: true, then: "fetch" };
    } else if (job.state === "cancelling" || sight.state === "canceled") {
      noteEnd(fx, job, "cancelled", sight.costMicros);
      end(fx, job, "cancelled", { code: "cancelled", detail: "It was cancelled." });
    } else if (sight.state === "refused") {
      noteEnd(fx, job, "refused", sight.costMicros);
      job.refusalStage = sight.stage;
      end(fx, job, "refused", sight.problem);
    } else failedThere(book, fx, job, sight);
  }
  return { ok: true, then: "wait" };
}

/** It failed at the provider: the same model has another try, then another model has the last. */
function failedThere(book: RunBook, fx: Effects, job: JobBook, sight: Sight & { state: "failed" | "canceled" }): void {
  noteEnd(fx, job, "failed", sight.costMicros);
  const counted = job.attempts - job.unsent - job.turnedAway;
  if (sight.retry === "later" && counted >= 2 && counted < ATTEMPTS_MAX && moveOn(book, fx, job, { problem: { ...sight.problem, detail: "it failed twice" }, until: null })) return;
  again(fx, job, sight);
}

function seenRunning(fx: Effects, job: JobBook, sight: Sight & { state: "running" }): void {
  job.phase = "submitted";
  job.checks += 1;
  job.wakeAt = fx.now + delayOf(job.checks);
  const progress = Math.max(job.progress, Math.min(99, Math.round(sight.progress ?? job.progress)));
  Object.assign(job, { progress, text: job.state === "cancelling" ? "Cancelling" : (sight.text ?? "Being made"), remaining: sight.remaining });
  touch(fx, job);
}

/**
 * Vendors' lists lag: only after the adapter's delay does "not found" mean that the submission never arrived. A vendor that gave us its id has it, whatever it
 * says now, and may bill it; only the house makes nothing twice of one id.
 */
function notFound(book: RunBook, fx: Effects, job: JobBook): void {
  const { lookupLagMs, provider } = termsOf(job);
  const mayBeThere = fx.now < Math.max(job.submitBy, job.unknownSince ?? job.submitBy) + lookupLagMs;
  if (job.ticket !== null && job.state === "cancelling" && !mayBeThere) {
    // Some vendors delete what they stop.
    noteEnd(fx, job, "cancelled", null);
    return end(fx, job, "cancelled", { code: "cancelled", detail: "It was cancelled." });
  }
  if (job.ticket !== null && provider !== "house") {
    job.text = `${nameOf(termsOf(job))} does not find it; it is asked again`;
    return unresolved(book, fx, job);
  }
  if (mayBeThere) return unresolved(book, fx, job);
  if (job.ticket === null) job.unsent = Math.min(job.unsent + 1, LOST_MAX);
  noteEnd(fx, job, "unsent", null);
  again(fx, job, { problem: { code: "not_submitted", detail: "The provider never got it." }, retry: "later" });
}

/**
 * The provider could not be asked: nothing is known, so nothing is decided. Whether a submission arrived is asked until the adapter's deadline; of what was
 * taken, until the attempt's time is over: it is made and billed, however long its vendor does not answer.
 */
function silent(book: RunBook, fx: Effects, job: JobBook): void {
  if (!job.isDown) {
    job.isDown = true;
    const name = nameOf(termsOf(job));
    job.text = job.phase === "unknown" ? `Finding out whether ${name} got it` : `Waiting for ${name} to answer`;
  }
  if (job.ticket === null) return unresolved(book, fx, job);
  askLater(fx, job);
}

/** It said something else than what was asked, and is asked again until the adapter's deadline. */
function unresolved(book: RunBook, fx: Effects, job: JobBook): void {
  job.unknownSince ??= fx.now;
  askLater(fx, job);
  if (fx.now >= job.unknownSince + termsOf(job).resolveMs) endUnresolved(book, fx, job);
}

function askLater(fx: Effects, job: JobBook): void {
  job.checks += 1;
  job.wakeAt = fx.now + delayOf(job.checks);
  touch(fx, job);
}

/** Whether nobody knows what became of an attempt: whether it arrived, or since its vendor fell silent. */
export const isUnresolved = ({ phase, ticket, isDown, unknownSince }: JobBook): boolean =>
  phase === "begun" || phase === "unknown" || (phase === "submitted" && ticket !== null && (isDown || unknownSince !== null));

/** What may have been made and billed is given up, unpaid: somebody has to look. */
export function endUnresolved(book: RunBook, fx: Effects, job: JobBook): void {
  const isKnown = job.ticket !== null;
  fx.findings.push({ id: `unresolved:${idOf(job)}:${job.attempts}`, subject: idOf(job), detail: `It could not be found out ${isKnown ? "what became of a submission" : "whether a submission arrived"}; it may have been made and billed.`, data: { run: book.run, attempt: job.attempts, ticket: job.ticket } });
  noteEnd(fx, job, "unresolved", null);
  end(fx, job, "failed", { code: "unresolved", detail: `It could not be found out ${isKnown ? "what became of it at the provider" : "whether the provider got it"}. Nothing was charged.` });
}

/** A verified webhook: it wakes a check, or supplies a ticket that was lost. A message that was heard before does nothing. */
export function wake(book: RunBook, fx: Effects, id: string, { attempt, ticket, message }: { attempt: number; ticket: Json; message: string }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase === null || job.phase === "found" || job.phase === "fetching") return { ok: false, code: "stale" };
  if (job.heard.includes(message)) return { ok: false, code: "stale" };
  job.heard = [...job.heard, message].slice(-HEARD_MAX);
  if (job.ticket === null && ticket !== null) {
    Object.assign(job, { ticket, phase: "submitted", unknownSince: null });
    touch(fx, job);
  }
  if (job.ticket === null) return { ok: false, code: "not_now" };
  sendCheck(book, fx, job);
  return { ok: true };
}
