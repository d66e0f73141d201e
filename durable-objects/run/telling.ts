/** What a run was told, as a value: it is logged with what followed from it, so that any run can be gone through again from its log alone. */
import type { Json, TakeFacts } from "#film/film.ts";
import type { Effects, Problem, RunBook } from "./book.ts";
import {
  attendSoon, begin, cancelJob, cancelRun, checked, claimFetch, delivered, look, noLease, notDelivered, ready, stillFetching, submitted, ticketOf, tick, wake, type Again, type Sight, type Submission,
} from "./rules.ts";
import { settleAnswer, type Answered } from "./settling.ts";

export type Telling =
  | { call: "ready" | "look" | "ticketOf" | "claimFetch"; job: string; attempt: number }
  | { call: "begin"; job: string; attempt: number; lease?: string }
  | { call: "stillFetching"; job: string; attempt: number; fetch: number }
  | { call: "noLease"; job: string; attempt: number; isDown: boolean; retryAt: number | null }
  | { call: "submitted"; job: string; attempt: number; submission: Submission }
  | { call: "checked"; job: string; attempt: number; sight: Sight }
  | { call: "wake"; job: string; attempt: number; ticket: Json; message: string }
  | { call: "delivered"; job: string; attempt: number; take: TakeFacts }
  | { call: "notDelivered"; job: string; attempt: number; problem: Problem; again: Again }
  | { call: "cancelJob"; job: string }
  | { call: "cancel" | "tick" }
  | { call: "settle"; answer: Answered }
  | { call: "differs"; rows: number[] };

/** A telling as it is logged. */
export type Told = Telling & {
  /** When whatever restarted last looked after everything; null: nobody did since the row before. */
  attended: number | null;
  /** The number that chance gave, where it was asked. */
  random: number | null;
};

/** Decides about one telling. What it answers depends on the book, the telling, the time and chance alone. */
export function tell(book: RunBook, fx: Effects, telling: Telling) {
  switch (telling.call) {
    case "ready":
      return ready(book, fx, telling.job, telling.attempt);
    case "begin":
      return begin(book, fx, telling.job, telling);
    case "look":
      return look(book, fx, telling.job, telling.attempt);
    case "ticketOf":
      return ticketOf(book, telling.job, telling.attempt);
    case "claimFetch":
      return claimFetch(book, fx, telling.job, telling.attempt);
    case "noLease":
      return noLease(book, fx, telling.job, telling);
    case "submitted":
      return submitted(book, fx, telling.job, telling);
    case "checked":
      return checked(book, fx, telling.job, telling);
    case "wake":
      return wake(book, fx, telling.job, telling);
    case "stillFetching":
      return stillFetching(book, fx, telling.job, telling);
    case "delivered":
      return delivered(book, fx, telling.job, telling);
    case "notDelivered":
      return notDelivered(book, fx, telling.job, telling);
    case "cancelJob":
      return cancelJob(book, fx, telling.job);
    case "cancel":
      return cancelRun(book, fx);
    case "tick":
      tick(book, fx);
      return { ok: true as const };
    case "settle":
      return { ok: true as const, standing: settleAnswer(book, fx, telling.answer) };
    case "differs":
      fx.findings.push({ id: `differs:${book.run}:${telling.rows[0]}`, subject: book.run, detail: "Rows of this run's log differ in D1.", data: { rows: telling.rows } });
      return { ok: true as const };
  }
}

/** The book as whoever restarted made it, before it was told anything. */
export const attend = (book: RunBook, { attended }: Pick<Told, "attended">): void => {
  if (attended !== null) attendSoon(book, attended);
};
