/** A run and its jobs as others are shown them. Times in milliseconds. */
import type { Json } from "#film/film.ts";
import type { JobState, RunState } from "#film/next.ts";
import type { RefusalStage } from "#film/outcomes.ts";
import { isTerminal } from "#film/next.ts";
import type { Offer } from "./snapshot.ts";
import { termsOf, type JobBook, type Problem, type RunBook } from "./book.ts";

export interface JobView {
  id: string;
  run: string;
  studio: string;
  project: string;
  node: string;
  kind: string;
  label: string;
  tool: string;
  model: string;
  provider: string;
  status: JobState;
  attempts: number;
  priority: number;
  progress: number;
  step: string;
  remaining: { low: number; high: number } | null;
  quoted: number;
  captured: number;
  problem: Problem | null;
  /** Where it was refused, as far as the provider says. */
  refusalStage: RefusalStage | null;
  take: string | null;
  /** Of the take, or while it is still to be made, of what was quoted; null where it has no length, or none that is known yet. */
  frames: number | null;
  /** Other models that could make it, where it waits for one that does not answer, or none of its own made it. */
  offers: Offer[];
  /** The jobs of its run that come before it. */
  after: string[];
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface RunView {
  id: string;
  /** Its hold in the studio's wallet. */
  hold: string;
  studio: string;
  project: string;
  quote: string;
  target: Json;
  status: RunState;
  waitingFor: string | null;
  waitingUntil: number | null;
  quoted: number;
  held: number;
  captured: number;
  returned: number;
  progress: number;
  remaining: { p50: number; p90: number } | null;
  isFree: boolean;
  counts: Partial<Record<JobState, number>>;
  createdAt: number;
  deadlineAt: number;
  finishedAt: number | null;
}

/** Whether others than the quote's own models are worth asking about: nothing is wrong with what is asked for, and none of them makes it. */
const NOT_THE_ORDER: ReadonlySet<string> = new Set(["bad_input", "cancelled", "blocked"]);
const isStuck = ({ state, problem, isDown }: JobBook): boolean => (state === "failed" || state === "refused" ? !NOT_THE_ORDER.has(problem?.code ?? "") : (state === "queued" || state === "retrying") && isDown);

export function jobView(book: RunBook, job: JobBook): JobView {
  const { quoted } = job;
  return {
    id: quoted.job, run: book.run, studio: book.studio, project: book.project, node: quoted.step.node, kind: quoted.kind, label: quoted.label, tool: quoted.step.tool,
    model: termsOf(job).id ?? termsOf(job).model, provider: termsOf(job).provider, status: job.state, attempts: job.attempts, priority: book.priority, progress: job.progress,
    step: job.text, remaining: job.remaining, quoted: quoted.step.item.credits, captured: job.captured, problem: job.problem, refusalStage: job.refusalStage, take: job.take?.id ?? null,
    offers: isStuck(job) ? (quoted.offers ?? []) : [],
    frames: job.take ? job.take.frames : isTerminal(job.state) ? null : quoted.step.frames, after: quoted.step.after.flatMap((step) => book.jobs.get(step)?.quoted.job ?? []),
    createdAt: book.openedAt, startedAt: job.startedAt, finishedAt: job.finishedAt,
  };
}

export function runView(book: RunBook, now: number): RunView {
  const counts: RunView["counts"] = {};
  let progress = 0;
  for (const job of book.jobs.values()) {
    counts[job.state] = (counts[job.state] ?? 0) + 1;
    progress += isTerminal(job.state) ? 100 : job.progress;
  }
  const share = book.jobs.size === 0 ? 100 : Math.floor(progress / book.jobs.size);
  const isOver = book.finishedAt !== null;
  const left = (seconds: number) => Math.max(1, Math.round(Math.max(seconds * (1 - share / 100), seconds - (now - book.openedAt) / 1_000)));
  return {
    id: book.run, hold: book.hold, studio: book.studio, project: book.project, quote: book.quote, target: book.target, status: book.state, waitingFor: book.waitingFor, waitingUntil: book.waitingUntil,
    quoted: book.credits, held: isOver ? 0 : book.credits - book.captured, captured: book.captured, returned: book.returned,
    progress: isOver ? 100 : Math.min(99, share), remaining: isOver ? null : { p50: left(book.seconds.p50), p90: left(book.seconds.p90) },
    isFree: book.isFree, counts, createdAt: book.openedAt, deadlineAt: book.deadlineAt, finishedAt: book.finishedAt,
  };
}
