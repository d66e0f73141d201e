/**
 * The run's log on its way to D1. Log rows conflict on (run, seq) alone, and one that is there already must be equal; the rows of runs and
 * jobs are replaced only by newer ones. Everything may be sent twice.
 */
import { derivedId } from "#core/id.ts";
import type { Finding, RunBook } from "./book.ts";
import type { LogRow } from "./sql.ts";
import { jobView, runView } from "./view.ts";

export interface Projected {
  /** The last row that D1 has of this log. */
  lastSeq: number;
  /** Rows that are there with another content. */
  different: number[];
  /** Events that were recorded. */
  events: string[];
}

const orderOf = (book: RunBook): Map<string, number> => new Map([...book.jobs.values()].map(({ quoted }, ord) => [quoted.job, ord]));

/** Sends a piece of the log as one transaction. Throws what D1 throws. */
export async function project(db: D1Database, { book, seq, rows, now }: { book: RunBook; seq: number; rows: LogRow[]; now: number }): Promise<Projected> {
  const events = await eventsOf(book, rows);
  const text = JSON.stringify(rows);
  const results = await db.batch<{ seq: number | null }>([
    db.prepare(
      `INSERT INTO run_log (run, seq, at, type, subject, data)
       SELECT ?1, value ->> 'seq', value ->> 'at', value ->> 'type', value ->> 'subject', value ->> 'data' FROM json_each(?2) WHERE true
       ON CONFLICT (run, seq) DO NOTHING`).bind(book.run, text),
    db.prepare(
      `SELECT l.seq FROM json_each(?2) AS sent CROSS JOIN run_log AS l ON l.run = ?1 AND l.seq = sent.value ->> 'seq'
       WHERE l.data <> sent.value ->> 'data' OR l.subject <> sent.value ->> 'subject' LIMIT 20`).bind(book.run, text),
    db.prepare("SELECT max(seq) AS seq FROM run_log WHERE run = ?1").bind(book.run),
    runRow(db, { book, seq, now }),
    jobRows(db, { book, seq, rows }),
    ...whereAny(decisionsIn(rows), (sent) => db.prepare(
      `INSERT INTO decisions (job, attempt, run, model, provider, why, at)
       SELECT value ->> 'subject', value ->> '$.data.attempts', ?1, value ->> '$.data.model', value ->> '$.data.provider', value ->> '$.data.why', value ->> 'at'
       FROM json_each(?2) WHERE true ON CONFLICT (job, attempt) DO NOTHING`).bind(book.run, sent)),
    ...whereAny(ticketsIn(rows), (sent) => db.prepare(
      `UPDATE decisions SET ticket = sent.value ->> 'ticket' FROM json_each(?1) AS sent
       WHERE decisions.job = sent.value ->> 'subject' AND decisions.attempt = sent.value ->> 'attempt' AND decisions.ticket IS NULL`).bind(sent)),
    ...whereAny(endedIn(rows), (sent) => db.prepare(
      `UPDATE decisions SET outcome = sent.value ->> '$.data.outcome', ended_at = sent.value ->> 'at', cost_micros = sent.value ->> '$.data.costMicros' FROM json_each(?1) AS sent
       WHERE decisions.job = sent.value ->> 'subject' AND decisions.attempt = sent.value ->> '$.data.attempt'`).bind(sent)),
    ...whereAny(findingsIn(rows), (sent) => db.prepare(
      `INSERT INTO findings (id, studio, source, severity, subject, detail, data, at)
       SELECT 'run:' || (value ->> 'id'), ?1, 'run', 'warning', value ->> 'subject', value ->> 'detail', value -> 'data', value ->> 'at' FROM json_each(?2) WHERE true
       ON CONFLICT (id) DO NOTHING`).bind(book.studio, sent)),
    ...whereAny(events, (sent) => db.prepare(
      `INSERT INTO events (id, studio, type, subject, actor, data, request_id, at)
       SELECT value ->> 'id', ?1, value ->> 'type', ?2, '{"kind":"system","name":"run"}', value -> 'data', ?3, value ->> 'at' FROM json_each(?4) WHERE true
       ON CONFLICT (id) DO NOTHING`).bind(book.studio, book.run, book.requestId, sent)),
  ]);
  return {
    lastSeq: results[2]?.results[0]?.seq ?? 0,
    different: (results[1]?.results ?? []).flatMap((row) => row.seq ?? []),
    events: events.map(({ id }) => id),
  };
}

/** A statement for what there is of a kind; none where there is nothing. */
const whereAny = (sent: readonly unknown[], statement: (json: string) => D1PreparedStatement): D1PreparedStatement[] => (sent.length === 0 ? [] : [statement(JSON.stringify(sent))]);

const decisionsIn = (rows: LogRow[]): unknown[] =>
  rows.flatMap((row) => {
    const data = JSON.parse(row.data) as { model?: string };
    return row.type === "job" && data.model !== undefined ? [{ subject: row.subject, at: row.at, data }] : [];
  });

/** By which id the provider knows an attempt: its statements name it so. */
const ticketsIn = (rows: LogRow[]): unknown[] =>
  rows.flatMap((row) => {
    const { ticket, attempts } = JSON.parse(row.data) as { ticket?: unknown; attempts?: number };
    return row.type === "job" && ticket !== undefined ? [{ subject: row.subject, attempt: attempts, ticket: typeof ticket === "string" ? ticket : JSON.stringify(ticket) }] : [];
  });

const endedIn = (rows: LogRow[]): unknown[] => rows.flatMap(({ type, subject, at, data }) => (type === "attempt" ? [{ subject, at, data: JSON.parse(data) as unknown }] : []));

const findingsIn = (rows: LogRow[]): unknown[] => rows.flatMap(({ type, at, data }) => (type === "finding" ? [{ at, ...(JSON.parse(data) as Finding) }] : []));

function runRow(db: D1Database, { book, seq, now }: { book: RunBook; seq: number; now: number }): D1PreparedStatement {
  const view = runView(book, now);
  const row = { ...view, target: JSON.stringify(view.target), counts: JSON.stringify(view.counts), isFree: view.isFree ? 1 : 0, remainingP50: view.remaining?.p50 ?? null, remainingP90: view.remaining?.p90 ?? null };
  return db.prepare(
    `INSERT INTO runs (id, studio, project, quote, target, status, waiting_for, waiting_until, credits_quoted, credits_held, credits_captured, credits_returned, progress,
       remaining_p50, remaining_p90, free, job_counts, created_at, deadline_at, finished_at, seq)
     SELECT value ->> 'id', value ->> 'studio', value ->> 'project', value ->> 'quote', value ->> 'target', value ->> 'status', value ->> 'waitingFor', value ->> 'waitingUntil', value ->> 'quoted',
       value ->> 'held', value ->> 'captured', value ->> 'returned', value ->> 'progress', value ->> 'remainingP50', value ->> 'remainingP90', value ->> 'isFree',
       value ->> 'counts', value ->> 'createdAt', value ->> 'deadlineAt', value ->> 'finishedAt', ?2 FROM json_each(?1) WHERE true
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, waiting_for = excluded.waiting_for, waiting_until = excluded.waiting_until, credits_held = excluded.credits_held,
       credits_captured = excluded.credits_captured, credits_returned = excluded.credits_returned, progress = excluded.progress, remaining_p50 = excluded.remaining_p50,
       remaining_p90 = excluded.remaining_p90, job_counts = excluded.job_counts, finished_at = excluded.finished_at, seq = excluded.seq
     WHERE excluded.seq > runs.seq`).bind(JSON.stringify([row]), seq);
}

function jobRows(db: D1Database, { book, seq, rows }: { book: RunBook; seq: number; rows: LogRow[] }): D1PreparedStatement {
  const subjects = new Set(rows.flatMap(({ type, subject }) => (type === "job" ? [subject] : [])));
  const order = orderOf(book);
  const views = [...book.jobs.values()].filter(({ quoted }) => subjects.has(quoted.job)).map((job) => {
    const view = jobView(book, job);
    return { ...view, low: view.remaining?.low ?? null, high: view.remaining?.high ?? null, code: view.problem?.code ?? null, detail: view.problem?.detail ?? null, ord: order.get(view.id) ?? 0 };
  });
  return db.prepare(
    `INSERT INTO jobs (id, run, studio, project, node, kind, label, tool, model, provider, status, attempts, priority, progress, step, remaining_low, remaining_high,
       credits_quoted, credits_captured, problem_code, problem_detail, refusal_stage, take, frames, ord, created_at, started_at, finished_at, seq)
     SELECT value ->> 'id', value ->> 'run', ?3, value ->> 'project', value ->> 'node', value ->> 'kind', value ->> 'label', value ->> 'tool', value ->> 'model', value ->> 'provider',
       value ->> 'status', value ->> 'attempts', value ->> 'priority', value ->> 'progress', value ->> 'step', value ->> 'low', value ->> 'high', value ->> 'quoted', value ->> 'captured',
       value ->> 'code', value ->> 'detail', value ->> 'refusalStage', value ->> 'take', value ->> 'frames', value ->> 'ord', value ->> 'createdAt', value ->> 'startedAt', value ->> 'finishedAt', ?2 FROM json_each(?1) WHERE true
     ON CONFLICT (id) DO UPDATE SET model = excluded.model, provider = excluded.provider, status = excluded.status, attempts = excluded.attempts, progress = excluded.progress, step = excluded.step,
       remaining_low = excluded.remaining_low, remaining_high = excluded.remaining_high, credits_captured = excluded.credits_captured, problem_code = excluded.problem_code,
       problem_detail = excluded.problem_detail, refusal_stage = excluded.refusal_stage, take = excluded.take, frames = excluded.frames, started_at = excluded.started_at, finished_at = excluded.finished_at, seq = excluded.seq
     WHERE excluded.seq > jobs.seq`).bind(JSON.stringify(views), seq, book.studio);
}

interface EventRow {
  id: string;
  type: "run.opened" | "run.finished";
  at: number;
  data: Record<string, string | number | boolean>;
}

/** Whether a film is made, or a single thing by its tool. */
const isFilm = ({ target }: RunBook): boolean => typeof target === "string" || Array.isArray(target);

/** The run opened with the first row of its log, and finished where its status says so. */
async function eventsOf(book: RunBook, rows: LogRow[]): Promise<EventRow[]> {
  const events: EventRow[] = [];
  if (rows.some(({ seq }) => seq === 1)) {
    events.push({ id: await derivedId("event", book.run, "opened"), type: "run.opened", at: book.openedAt, data: { run: book.run, project: book.project, isFilm: isFilm(book), credits: book.credits } });
  }
  if (book.finishedAt !== null) {
    events.push({ id: await derivedId("event", book.run, "finished"), type: "run.finished", at: book.finishedAt, data: { run: book.run, project: book.project, isFilm: isFilm(book), status: book.state, captured: book.captured } });
  }
  return events;
}
