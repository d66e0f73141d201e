/** Runs and jobs in the form of the API: ISO times, and what may be done to them now. */
import { isTerminal } from "#film/next.ts";
import { outcomeOf } from "#film/outcomes.ts";
import type { RunBook } from "./book.ts";
import { projectOf } from "./snapshot.ts";
import type { LogRow } from "./sql.ts";
import { jobView, runView, type JobView, type RunView } from "./view.ts";

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export function jobWire(view: JobView) {
  const { studio, project, quoted, captured, createdAt, startedAt, finishedAt, frames: _frames, after: _after, ...rest } = view;
  const isOver = isTerminal(view.status);
  return {
    object: "job" as const, ...rest, project: projectOf({ studio, project }), outcome: outcomeOf(view), credits: { quoted, captured }, createdAt: iso(createdAt), startedAt: isoOrNull(startedAt), finishedAt: isoOrNull(finishedAt),
    actions: isOver || view.status === "cancelling" ? [] : ["cancel" as const],
  };
}

export function runWire(view: Omit<RunView, "hold"> & Partial<RunView>) {
  const { hold: _hold, studio, project, isFree: _isFree, counts, quoted, held, captured, returned, createdAt, deadlineAt, finishedAt, waitingUntil, ...rest } = view;
  const canCancel = view.status === "running" || view.status === "waiting";
  const canRetry = view.status === "incomplete" || view.status === "failed" || view.status === "cancelled";
  return {
    object: "run" as const, ...rest, project: projectOf({ studio, project }), credits: { quoted, held, captured, returned }, jobCounts: Object.fromEntries(Object.entries(counts)),
    waitingUntil: isoOrNull(waitingUntil), createdAt: iso(createdAt), deadlineAt: iso(deadlineAt), finishedAt: isoOrNull(finishedAt),
    actions: canCancel ? ["cancel" as const] : canRetry ? ["retry" as const] : [],
  };
}

export interface LiveMessage {
  type: "run" | "job" | "wallet";
  subject: string;
  data: object;
}

/** What those who watch are shown of a piece of the log: of each job its newest state, and the run's. */
export function messagesFor(book: RunBook, rows: LogRow[], now: number): LiveMessage[] {
  const subjects = new Set(rows.flatMap(({ type, subject }) => (type === "job" ? [subject] : [])));
  const jobs = [...book.jobs.values()].filter(({ quoted }) => subjects.has(quoted.job));
  return [
    ...jobs.map((job): LiveMessage => ({ type: "job", subject: job.quoted.job, data: jobWire(jobView(book, job)) })),
    { type: "run", subject: book.run, data: runWire(runView(book, now)) },
  ];
}
