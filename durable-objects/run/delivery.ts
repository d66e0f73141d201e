/** Rules about how a result comes in. */
import type { Json, TakeFacts } from "#film/film.ts";
import type { Order } from "./attempts.ts";
import { takesFor, type Effects, type Problem, type RunBook } from "./book.ts";
import { delayOf, end, find, touch, type Stop, type Told } from "./ending.ts";

const FETCH_MS = 60_000;
const FETCHES_MAX = 4;

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
