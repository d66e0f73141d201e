/** Rules about how a result comes in. */
import type { Json, TakeFacts } from "#film/film.ts";
import type { Order } from "./attempts.ts";
import { takesFor, termsOf, type Effects, type JobBook, type Problem, type RunBook } from "./book.ts";
import { delayOf, DELIVERY_MS, end, find, idOf, LOST_MAX, noteEnd, touch, type Stop, type Told } from "./ending.ts";

/** Whoever fetches says so again within this, or is taken to be gone. */
const FETCH_MS = 60_000;
/** What kills whoever fetches it comes to an end as well. */
const UNREPORTED_MAX = LOST_MAX + 4;
/** When a provider is asked again where its files lie: their addresses expire, or are not good for a moment. */
const ASKS_AFTER_MS = [1_000, 5_000, 20_000] as const;
/** How soon a file that is being conformed is looked after again, and one that waits for that. */
const CONFORM_CHECK_MS = 700;
const HELD_CHECK_MS = 15_000;

/**
 * Whether what was not brought in may still be: `never` where it is of no use, `later` where it may come from where it lies, `ask` where its address is not good any
 * more, `wait` where it is being conformed and nothing went wrong, `held` where what conforms it is out.
 */
export type Again = "never" | "later" | "ask" | "wait" | "held";

/** Claims the fetch of an output, so that it is brought in by one worker at a time. */
export function claimFetch(book: RunBook, fx: Effects, id: string, attempt: number): (Order & { fetch: number; output: Json; ticket: Json; costMicros: number | null; priceCard: string }) | Stop {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "found") return { ok: false, code: "not_now" };
  if (job.unreported >= UNREPORTED_MAX) {
    unfetched(book, fx, job);
    return { ok: false, code: "over" };
  }
  Object.assign(job, { phase: "fetching", fetches: job.fetches + 1, wakeAt: fx.now + FETCH_MS });
  touch(fx, job);
  const { studio, project, quote } = book;
  return { ok: true, studio, project, quote, quoted: job.quoted, terms: termsOf(job), takes: takesFor(book, job), submitBy: job.submitBy, fetch: job.fetches, output: job.output, ticket: job.ticket, costMicros: job.costMicros, priceCard: book.priceCard };
}

/** A large file takes long: whoever fetches it is still there. */
export function stillFetching(book: RunBook, fx: Effects, id: string, { attempt, fetch }: { attempt: number; fetch: number }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching" || job.fetches !== fetch) return { ok: false, code: "stale" };
  job.wakeAt = fx.now + FETCH_MS;
  touch(fx, job);
  return { ok: true };
}

/** What was made could not be brought in by its time: nobody pays for it but us, so somebody has to hear of it. */
export function unfetched(book: RunBook, fx: Effects, job: JobBook): void {
  noteEnd(fx, job, "unfetched", job.costMicros);
  fx.findings.push({ id: `unfetched:${idOf(job)}:${job.attempts}`, subject: idOf(job), detail: "A result was made, and could not be brought in by its time.", data: { run: book.run, attempt: job.attempts, ticket: job.ticket } });
  end(fx, job, job.state === "cancelling" ? "cancelled" : "failed", { code: "fetch_failed", detail: "The result could not be brought in. Nothing was charged." });
}

/** The take is recorded: its item is captured, and the run goes on. Twice is once. */
export function delivered(book: RunBook, fx: Effects, id: string, { attempt, take }: { attempt: number; take: TakeFacts }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching" && job.phase !== "found") return { ok: false, code: "stale" };
  job.take = take;
  noteEnd(fx, job, "succeeded", job.costMicros);
  end(fx, job, "succeeded", null);
  const { credits } = job.quoted.step.item;
  if (credits > 0) fx.commands.push({ kind: "capture", key: `capture:${id}`, item: id, credits, reason: job.quoted.label });
  return { ok: true };
}

/** The output was not brought in. What may still be brought in is tried until its time is over: it is paid for at the provider. */
export function notDelivered(book: RunBook, fx: Effects, id: string, { attempt, problem, again: retry }: { attempt: number; problem: Problem; again: Again }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching") return { ok: false, code: "stale" };
  const askAfterMs = ASKS_AFTER_MS[job.asks];
  if (retry === "wait" || retry === "held") {
    // It is the same fetch that goes on.
    const wakeAt = fx.now + (retry === "wait" ? CONFORM_CHECK_MS : HELD_CHECK_MS);
    Object.assign(job, { phase: "found", fetches: job.fetches - 1, wakeAt, timeoutAt: Math.max(job.timeoutAt, fx.now + DELIVERY_MS), isDown: retry === "held", text: problem.detail });
    touch(fx, job);
  } else if (retry === "later") {
    Object.assign(job, { phase: "found", wakeAt: fx.now + delayOf(job.fetches), text: problem.detail });
    touch(fx, job);
  } else if (retry === "ask" && job.ticket !== null && askAfterMs !== undefined) {
    Object.assign(job, { phase: "submitted", asks: job.asks + 1, wakeAt: fx.now + askAfterMs, text: "Asking where it lies" });
    touch(fx, job);
  } else if (retry === "ask") unfetched(book, fx, job);
  else {
    noteEnd(fx, job, "bad_output", job.costMicros);
    end(fx, job, "failed", problem);
  }
  return { ok: true };
}
