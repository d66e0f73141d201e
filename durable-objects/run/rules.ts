/**
 * Every decision about a run's jobs, as functions of its book, what was reported, and the time. Each looks at state and attempt first, so
 * that reports may come twice, late and in any order. No I/O, and nothing is thrown. Attempts and deliveries are next door.
 */
import { isTerminal, next } from "#film/next.ts";
import { endUnresolved, isUnresolved } from "./attempts.ts";
import { jobOf, termsOf, type Effects, type JobBook, type Problem, type RunBook } from "./book.ts";
import { unfetched } from "./delivery.ts";
import { end, message, noteEnd, RESEND_MS, sendCheck, touch, type Told } from "./ending.ts";
import { nameOf } from "./failover.ts";

export { begin, checked, look, noLease, ready, submitted, ticketOf, wake, type Look, type Order, type Sight, type Submission } from "./attempts.ts";
export { claimFetch, delivered, notDelivered, stillFetching, type Again } from "./delivery.ts";
export { ATTEMPTS_MAX, type Stop, type Told } from "./ending.ts";

/** Raised with every change by which the same tellings come to something else: whoever replays a run of before is told so. */
export const RULES = 3;

/** Does what `next` says until it says nothing new. Called after every change. */
export function advance(book: RunBook, fx: Effects): void {
  if (book.settlement !== null) return;
  if (!changesWhatIsNext(book, fx)) return attendWaiting(book, fx);
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

/** Something is next only where a job has come to its end, or the run is another: a job on its way frees nobody. Asking is dear, with many jobs and several changes each. */
const changesWhatIsNext = (book: RunBook, fx: Effects): boolean =>
  fx.runIsDirty || fx.dirty.size === 0 || book.state === "cancelling" || [...fx.dirty].some((step) => isTerminal(book.jobs.get(step)?.state ?? "pending"));

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

/** Times of the next try that are closer than this are the same to those who wait. */
const SAID_APART_MS = 1_000;

/** The name of a model is written as it is, where it begins a sentence too. */
const sentence = (words: string): string => words.replace(/^the /, "The ");

/** A run waits while all that it could do waits for a provider that is down. */
function attendWaiting(book: RunBook, fx: Effects): void {
  if (book.state !== "running" && book.state !== "waiting") return;
  const live = [...book.jobs.values()].filter(({ state }) => state !== "pending" && !isTerminal(state));
  const state = live.length > 0 && live.every(({ isDown }) => isDown) ? "waiting" : "running";
  const until = state === "waiting" ? Math.min(...live.map(({ wakeAt }) => wakeAt)) : null;
  if (state === book.state) {
    // It was tried again, and in vain: then it is said when the next try is.
    if (until !== null && Math.abs(until - (book.waitingUntil ?? 0)) >= SAID_APART_MS) {
      book.waitingUntil = until;
      fx.runIsDirty = true;
    }
    return;
  }
  book.state = state;
  const names = [...new Set(live.map((job) => nameOf(termsOf(job))))];
  book.waitingFor = state === "waiting" ? reasonOf(names, live.every(({ phase }) => phase === "unknown")) : null;
  book.waitingUntil = until;
  fx.runIsDirty = true;
}

/** Why a run waits: for somebody to answer, or (which looks alike from here) because an answer was lost, and what may have been made is not ordered twice. */
function reasonOf(names: readonly string[], isLost: boolean): string {
  const who = names.join(" and ");
  if (isLost) return `${sentence(who)} ${names.length > 1 ? "are" : "is"} not answering, or an answer was lost: it is not known whether the order arrived, so it is not sent twice. The run goes on by itself when something is heard of it; nothing is charged meanwhile.`;
  return `${sentence(who)} ${names.length > 1 ? "are" : "is"} not answering. The run goes on by itself when ${names.length > 1 ? "one of them does" : "it does"}; nothing is charged meanwhile.`;
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
  book.waitingUntil = null;
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
      if (job.phase === "fetching") Object.assign(job, { phase: "found", unreported: job.unreported + 1 });
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
  if (job.phase === "found" || job.phase === "fetching") unfetched(book, fx, job);
  else if (isUnresolved(job)) endUnresolved(book, fx, job);
  else {
    if (job.phase !== null) noteEnd(fx, job, "expired", job.costMicros);
    end(fx, job, "expired", { code: "expired", detail: "It was not there by its deadline. Nothing was charged." });
  }
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
