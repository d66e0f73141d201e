/** What the rules about jobs share: how a job is found, woken, tried again and ended. No I/O, and nothing is thrown. */
import { isTerminal } from "#film/next.ts";
import { jobOf, leaseKey, termsOf, type Effects, type Ended, type JobBook, type JobMessage, type Problem, type RunBook } from "./book.ts";

export const ATTEMPTS_MAX = 3;
/** Of attempts and fetches that died with whoever made them so many do not count: what kills us every time comes to an end as well. */
export const LOST_MAX = 10;
/** A wake-up that nobody answered is sent again after this. */
export const RESEND_MS = 15_000;
const RETRY_BASE_MS = 2_000;
/**
 * What is made may take so long to bring in, however long making it took: what keeps a file from us for a while must not cost what was paid for. While it is being
 * conformed, or waits for that, it is ours already, and has so long from each look at it, within the run's deadline.
 */
export const DELIVERY_MS = 20 * 60_000;
/** A check that was sent is not sent again within this. */
const CHECK_APART_MS = 500;
const CHECK_DELAYS_MS = [1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 15_000] as const;

/** Why a message is not acted upon. `moved`: the job goes to another model than the lease is for. */
export type Stop = { ok: false; code: "unknown" | "stale" | "over" | "not_now" | "moved" | "failed" };
export type Told = { ok: true } | Stop;

export const delayOf = (checks: number): number => CHECK_DELAYS_MS[Math.min(checks, CHECK_DELAYS_MS.length - 1)] ?? 15_000;

export const idOf = ({ quoted }: JobBook): string => quoted.job;

export function message(book: RunBook, job: JobBook, attempt: number, action: JobMessage["action"]): JobMessage {
  return { run: book.run, job: idOf(job), attempt, action };
}

export const touch = (fx: Effects, job: JobBook): void => void fx.dirty.add(job.quoted.step.id);

/** Finds a job in the attempt that is spoken of. */
export function find(book: RunBook, id: string, attempt: number): { ok: true; job: JobBook } | Stop {
  const found = jobOf(book, id);
  if (!found) return { ok: false, code: "unknown" };
  if (isTerminal(found.job.state)) return { ok: false, code: "over" };
  return attempt === found.job.attempts ? { ok: true, job: found.job } : { ok: false, code: "stale" };
}

export function sendCheck(book: RunBook, fx: Effects, job: JobBook): void {
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

/** Notes how the present attempt ended. */
export const noteEnd = (fx: Effects, job: JobBook, outcome: Ended["outcome"], costMicros: number | null): void => void fx.ended.push({ job: idOf(job), attempt: job.attempts, outcome, costMicros });

/** Problems that are no fault of what was ordered. */
const NOT_THE_ORDER: ReadonlySet<string> = new Set([
  "bad_output", "capacity", "empty_output", "expired", "fetch_failed", "input_unread", "not_submitted", "output_in_answer", "provider_config", "provider_down", "provider_failed", "throttled", "unresolved",
]);

/** What is read of a job that was not made: what happened, what to do next where the problem does not say it, and that it cost nothing. */
function finalWords({ quoted }: JobBook, { code, detail }: Problem): Problem {
  const hasOthers = [...(quoted.alternatives ?? []), ...(quoted.offers ?? [])].length > 0;
  const next = NOT_THE_ORDER.has(code) ? (hasOthers ? " Try it again, or choose another model." : " Try it again.") : "";
  const what = detail.replace(/ Nothing was charged\.|; nothing was charged(?=\.)/, "").trimEnd();
  const told = `${what}${/[.!?…]["”’)]?$/.test(what) ? "" : "."}${next}`;
  return { code, detail: /nothing was charged/i.test(told) ? told : `${told} Nothing was charged.` };
}

export function end(fx: Effects, job: JobBook, state: "succeeded" | "failed" | "refused" | "cancelled" | "expired", because: Problem | null): void {
  const problem = because === null || state === "cancelled" ? because : finalWords(job, because);
  const attempt = job.state === "queued" || job.state === "retrying" ? job.attempts + 1 : job.attempts;
  const wasFetching = job.phase === "found" || job.phase === "fetching";
  if (attempt > 0 && !wasFetching) fx.commands.push({ kind: "lease", key: leaseKey(job, attempt), provider: termsOf(job).provider });
  Object.assign(job, { state, problem, phase: null, wakeAt: Infinity, finishedAt: fx.now, remaining: null, isDown: false, output: null });
  job.text = problem?.detail ?? "Made";
  if (state === "succeeded") job.progress = 100;
  touch(fx, job);
}

/** Another attempt, later, where the provider's answer is known and there are attempts left; else this is how it ends. */
export function again(fx: Effects, job: JobBook, { problem, retry, retryAfterMs = null }: { problem: Problem; retry: "never" | "later"; retryAfterMs?: number | null }): void {
  if (job.state === "cancelling") return end(fx, job, "cancelled", { code: "cancelled", detail: "It was cancelled." });
  const counted = job.attempts - job.unsent - job.turnedAway;
  if (retry === "never" || counted >= ATTEMPTS_MAX) return end(fx, job, "failed", problem);
  fx.commands.push({ kind: "lease", key: leaseKey(job, job.attempts), provider: termsOf(job).provider });
  const backoffMs = RETRY_BASE_MS * 2 ** Math.max(0, counted - 1) * (0.5 + fx.random());
  Object.assign(job, { state: "retrying", phase: null, ticket: null, problem, text: `Trying again: ${problem.detail}`, wakeAt: fx.now + Math.max(backoffMs, retryAfterMs ?? 0), timeoutAt: Infinity, isDown: false });
  touch(fx, job);
}
