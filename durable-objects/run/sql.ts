/** The tables of one run, how its book is read from them, and how a change is written to them. */
import type { Command, Effects, JobBook, RunBook } from "./book.ts";
import { rowsOf, type Logged } from "./log.ts";
import type { Opening } from "./opening.ts";
import type { QuotedStep } from "./snapshot.ts";

/** Nothing is created before a run opens: asking for one that does not exist leaves no storage behind. */
const schema = `
  CREATE TABLE run (
    one INTEGER PRIMARY KEY CHECK (one = 1), opening TEXT NOT NULL, state TEXT,
    seq INTEGER NOT NULL DEFAULT 0, acked INTEGER NOT NULL DEFAULT 0, shown INTEGER NOT NULL DEFAULT 0, frozen TEXT
  ) STRICT;
  CREATE TABLE jobs (step TEXT PRIMARY KEY, ord INTEGER NOT NULL, quoted TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE log (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (key TEXT PRIMARY KEY, command TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

export interface LogRow {
  seq: number;
  at: number;
  type: string;
  subject: string;
  data: string;
}

/** What of the run's row is not in its book: how it opened, and how far its log was taken. */
export interface Head {
  opening: Opening;
  seq: number;
  acked: number;
  shown: number;
  frozen: string | null;
}

type RunState = Omit<RunBook, "jobs" | "stepOf">;
type JobRowState = Omit<JobBook, "quoted">;

/** What rows that were written before it do not have. */
const ADDED = { unsent: 0, unreported: 0, asks: 0, turnedAway: 0, choice: 0, downUntil: {}, why: null, costMicros: null, refusalStage: null, heard: [] as string[] };

/** JSON has no Infinity: it is stored as null, and comes back as Infinity where a time is meant. */
const toTimes = <T extends { wakeAt: number | null; timeoutAt: number | null }>(state: T) => ({ ...state, wakeAt: state.wakeAt ?? Infinity, timeoutAt: state.timeoutAt ?? Infinity });

export function readHead(sql: SqlStorage): Head | null {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'run'").toArray().length === 0) return null;
  const row = sql.exec<{ opening: string; seq: number; acked: number; shown: number; frozen: string | null }>("SELECT opening, seq, acked, shown, frozen FROM run").toArray()[0];
  return row ? { ...row, opening: JSON.parse(row.opening) as Opening } : null;
}

/** Reads the book, or null while the run has not opened. */
export function readBook(sql: SqlStorage): RunBook | null {
  const row = sql.exec<{ state: string | null }>("SELECT state FROM run").toArray()[0];
  if (!row?.state) return null;
  const book: RunBook = { waitingUntil: null, priceCard: "", ...(JSON.parse(row.state) as Omit<RunState, "waitingUntil" | "priceCard"> & Partial<RunState>), jobs: new Map(), stepOf: new Map() };
  for (const { step, quoted, state } of sql.exec<{ step: string; quoted: string; state: string }>("SELECT step, quoted, state FROM jobs ORDER BY ord")) {
    const job: JobBook = { quoted: JSON.parse(quoted) as QuotedStep, ...ADDED, ...toTimes(JSON.parse(state) as JobRowState) };
    book.jobs.set(step, job);
    book.stepOf.set(job.quoted.job, step);
  }
  return book;
}

export function writeOpening(sql: SqlStorage, opening: Opening, isNew: "new" | "known"): void {
  if (isNew === "new") sql.exec(schema);
  sql.exec("INSERT INTO run (one, opening) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET opening = excluded.opening", JSON.stringify(opening));
}

/** Writes a book that has just come to be. */
export function writeBook(sql: SqlStorage, book: RunBook): void {
  writeRun(sql, book);
  let ord = 0;
  for (const [step, { quoted, ...state }] of book.jobs) sql.exec("INSERT OR REPLACE INTO jobs (step, ord, quoted, state) VALUES (?, ?, ?, ?)", step, ord++, JSON.stringify(quoted), JSON.stringify(state));
}

function writeRun(sql: SqlStorage, { jobs: _jobs, stepOf: _stepOf, ...state }: RunBook): void {
  sql.exec("UPDATE run SET state = ?", JSON.stringify(state));
}

/** Writes what a change touched, logs it with what the run was told, and stores its commands. Returns whether anything was logged. */
export function writeChange(sql: SqlStorage, { book, head, fx, told }: { book: RunBook; head: Head; fx: Effects; told: Logged["data"]["told"] }): boolean {
  const before = head.seq;
  for (const step of fx.dirty) {
    const job = book.jobs.get(step);
    if (!job) continue;
    const { quoted: _quoted, ...state } = job;
    sql.exec("UPDATE jobs SET state = ? WHERE step = ?", JSON.stringify(state), step);
  }
  if (fx.runIsDirty) writeRun(sql, book);
  for (const { type, subject, data } of rowsOf(book, fx, told)) sql.exec("INSERT INTO log (seq, at, type, subject, data) VALUES (?, ?, ?, ?, ?)", ++head.seq, fx.now, type, subject, JSON.stringify(data));
  for (const command of fx.commands) sql.exec("INSERT OR IGNORE INTO outbox (key, command) VALUES (?, ?)", rowKey(command), JSON.stringify(command));
  if (head.seq > before) sql.exec("UPDATE run SET seq = ?", head.seq);
  return head.seq > before;
}

export const readOutbox = (sql: SqlStorage): Command[] =>
  sql.exec<{ command: string }>("SELECT command FROM outbox ORDER BY key").toArray().map(({ command }) => JSON.parse(command) as Command);

export const forget = (sql: SqlStorage, commands: readonly Command[]): void =>
  void sql.exec("DELETE FROM outbox WHERE key IN (SELECT value FROM json_each(?))", JSON.stringify(commands.flatMap((command) => [rowKey(command), `${command.kind}:${command.key}`])));

/** An attempt may have had a place at more than one gate. */
const rowKey = (command: Command): string => (command.kind === "lease" ? `lease:${command.provider}:${command.key}` : `${command.kind}:${command.key}`);

export const logAfter = (sql: SqlStorage, seq: number, limit: number): LogRow[] =>
  sql.exec<{ seq: number; at: number; type: string; subject: string; data: string }>("SELECT seq, at, type, subject, data FROM log WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit).toArray();
