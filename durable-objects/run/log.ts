/** What a change of a run's book is logged as. */
import type { TakeFacts } from "#film/film.ts";
import { termsOf, type Effects, type RunBook } from "./book.ts";
import type { Told } from "./telling.ts";

/** The first thing that is told: what of it was made already. */
export interface Start {
  call: "start";
  takes: TakeFacts[];
}

/** A row before it has a number and a time. */
export interface Logged {
  type: "job" | "run" | "attempt" | "finding";
  subject: string;
  data: { [key: string]: unknown; told?: Told | Start };
}

/** The rows of one change; the first says what the run was told. None where nothing changed. */
export function rowsOf(book: RunBook, fx: Effects, told: Logged["data"]["told"]): Logged[] {
  const rows: Logged[] = [];
  for (const step of fx.dirty) {
    const job = book.jobs.get(step);
    if (!job) continue;
    const terms = termsOf(job);
    const begun = job.phase === "begun" ? { model: terms.id ?? terms.model, provider: terms.provider, why: job.why ?? job.quoted.why } : job.ticket === null ? {} : { ticket: job.ticket };
    rows.push({
      type: "job", subject: job.quoted.job,
      data: { status: job.state, attempts: job.attempts, phase: job.phase, progress: job.progress, captured: job.captured, take: job.take?.id ?? null, problem: job.problem?.code ?? null, ...begun },
    });
  }
  if (fx.runIsDirty) rows.push({ type: "run", subject: book.run, data: { status: book.state, captured: book.captured, returned: book.returned, settlement: book.settlement } });
  for (const { job, ...ended } of fx.ended) rows.push({ type: "attempt", subject: job, data: ended });
  for (const finding of fx.findings) rows.push({ type: "finding", subject: finding.id, data: { ...finding } });
  const [first] = rows;
  if (first && told) first.data = { ...first.data, told };
  return rows;
}
