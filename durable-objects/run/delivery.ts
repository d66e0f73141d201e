/** Rules about how a result comes in. */
import type { Json, TakeFacts } from "#film/film.ts";
import type { Order } from "./attempts.ts";
import { takesFor, termsOf, type Effects, type JobBook, type Problem, type RunBook } from "./book.ts";
import { delayOf, end, find, LOST_MAX, noteEnd, touch, type Stop, type Told } from "./ending.ts";

const FETCH_MS = 60_000;
const FETCHES_MAX = 4;
/** How soon a file that is being conformed is looked after again. */
const CONFORM_CHECK_MS = 700;

const fetchesOf = ({ fetches, unreported }: JobBook): number => fetches - Math.min(unreported, LOST_MAX);

/** Claims the fetch of an output, so that it is brought in by one worker at a time. */
export function claimFetch(book: RunBook, fx: Effects, id: string, attempt: number): (Order & { fetch: number; output: Json; ticket: Json; costMicros: number | null; priceCard: string }) | Stop {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "found") return { ok: false, code: "not_now" };
  if (fetchesOf(job) >= FETCHES_MAX) {
    end(fx, job, job.state === "cancelling" ? "cancelled" : "failed", { code: "fetch_failed", detail: "The result could not be brought in. Nothing was charged." });
    return { ok: false, code: "over" };
  }
  Object.assign(job, { phase: "fetching", fetches: job.fetches + 1, wakeAt: fx.now + FETCH_MS });
  touch(fx, job);
  const { studio, project, quote } = book;
  return { ok: true, studio, project, quote, quoted: job.quoted, terms: termsOf(job), takes: takesFor(book, job), submitBy: job.submitBy, fetch: job.fetches, output: job.output, ticket: job.ticket, costMicros: job.costMicros, priceCard: book.priceCard };
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

/** The output could not be used (`never`), not be brought in (`later`: again), or is being conformed (`wait`: nothing went wrong). */
export function notDelivered(book: RunBook, fx: Effects, id: string, { attempt, problem, again: retry }: { attempt: number; problem: Problem; again: "never" | "later" | "wait" }): Told {
  const found = find(book, id, attempt);
  if (!found.ok) return found;
  const { job } = found;
  if (job.phase !== "fetching") return { ok: false, code: "stale" };
  if (retry === "wait") {
    // It is the same fetch that goes on.
    Object.assign(job, { phase: "found", fetches: job.fetches - 1, wakeAt: fx.now + CONFORM_CHECK_MS, text: problem.detail });
    touch(fx, job);
  } else if (retry === "never" || fetchesOf(job) >= FETCHES_MAX) {
    noteEnd(fx, job, "bad_output", job.costMicros);
    end(fx, job, "failed", problem);
  } else {
    Object.assign(job, { phase: "found", wakeAt: fx.now + delayOf(fetchesOf(job)), text: problem.detail });
    touch(fx, job);
  }
  return { ok: true };
}
