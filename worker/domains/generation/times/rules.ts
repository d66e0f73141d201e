/** How long making takes, by what it took lately. Pure. */
import { FRAME_RATE } from "#film/film.ts";
import { isTerminal, type JobState } from "#film/next.ts";
import { lengthOf } from "#film/routing/stats.ts";

/** Seconds: half and nine tenths of the time. */
export interface Range {
  p50: number;
  p90: number;
}

/** What a job that succeeded took, from its beginning to its take. */
export interface Taken {
  model: string;
  frames: number | null;
  seconds: number;
}

/** Seconds that jobs took, shortest first, by model and length; and by model alone, for what has no length yet. */
export type History = ReadonlyMap<string, readonly number[]>;

/** From so many jobs on, a history says something. Fewer might be one studio's, and chance. */
export const HISTORY_LEAST = 5;
/** How many steps of one run are made at the same time, as a rule. */
const PARALLEL = 2;

/** What is expected to take as long: the same model, and lengths that are alike. */
const kindOf = (model: string, frames: number | null): string => (frames === null ? model : `${model} ${lengthOf(frames / FRAME_RATE)}`);

export function historyFrom(taken: readonly Taken[]): History {
  const byKind = new Map<string, number[]>();
  for (const { model, frames, seconds } of taken) {
    for (const kind of new Set([kindOf(model, frames), kindOf(model, null)])) byKind.set(kind, [...(byKind.get(kind) ?? []), seconds]);
  }
  return new Map([...byKind].filter(([, seconds]) => seconds.length >= HISTORY_LEAST).map(([kind, seconds]) => [kind, seconds.sort((a, b) => a - b)]));
}

/** What jobs of a model and a length took; null: too few have been made lately. */
export const takenBy = (history: History, { model, frames }: { model: string; frames: number | null }): readonly number[] | null => history.get(kindOf(model, frames)) ?? null;

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
export const rangeOf = (sorted: readonly number[]): Range => ({ p50: at(sorted, 0.5), p90: at(sorted, 0.9) });

/** What is left of what has been going on for so long: of those that took longer, the rest. Nothing where none did. */
export const leftOf = (sorted: readonly number[], elapsed: number): Range => rangeOf(sorted.filter((seconds) => seconds > elapsed).map((seconds) => seconds - elapsed));

/** A job as far as its time is concerned. */
export interface Timed {
  id: string;
  model: string;
  frames: number | null;
  status: JobState;
  attempts: number;
  startedAt: number | null;
}

/** What its history says of a job that is not over, and how many jobs that is. */
export interface Expected extends Range {
  jobs: number;
}

/** Seconds that its present attempt has been going on. A later attempt's beginning is not known: it counts from the start. */
const elapsedOf = ({ status, attempts, startedAt }: Timed, now: number): number =>
  status === "running" && attempts === 1 && startedAt !== null ? Math.max(0, (now - startedAt) / 1_000) : 0;

const whole = ({ p50, p90 }: Range): Range => ({ p50: Math.ceil(p50), p90: Math.ceil(p90) });

/** How long a job still takes once it is being made; null: it is over, or there is no history yet. */
export function expectedOf(job: Timed, history: History, now: number): Expected | null {
  const taken = isTerminal(job.status) ? null : takenBy(history, job);
  return taken && { ...whole(leftOf(taken, elapsedOf(job, now))), jobs: taken.length };
}

export interface Left {
  /** Null: it takes longer than such work ever did. */
  remaining: Range | null;
  /** Whether all of it has a history; else what models declare stands in. */
  from: "history" | "declared";
}

/** How long a run still takes: its longest chain, or all of its work side by side, whichever is more. */
export function leftOfRun(jobs: readonly (Timed & { after: readonly string[] })[], { history, now, declared }: { history: History; now: number; declared: (job: Timed) => number }): Left {
  const open = jobs.filter(({ status }) => !isTerminal(status));
  const expected = new Map<string, Range>(open.map((job) => {
    const taken = takenBy(history, job);
    const seconds = Math.max(0, declared(job) - elapsedOf(job, now));
    return [job.id, taken ? leftOf(taken, elapsedOf(job, now)) : { p50: seconds, p90: seconds * 2 }];
  }));
  const from = open.every((job) => takenBy(history, job) !== null) ? "history" : "declared";
  const total = { p50: totalOf(open, (job) => expected.get(job.id)?.p50 ?? 0), p90: totalOf(open, (job) => expected.get(job.id)?.p90 ?? 0) };
  return { remaining: total.p90 === 0 ? null : whole(total), from };
}

/** Seconds of steps, in an order in which each stands after those that it needs. */
export function totalOf<Step extends { id: string; after: readonly string[] }>(steps: readonly Step[], secondsOf: (step: Step) => number): number {
  const endsAt = new Map<string, number>();
  let work = 0;
  for (const step of steps) {
    const seconds = secondsOf(step);
    work += seconds;
    endsAt.set(step.id, seconds + Math.max(0, ...step.after.map((id) => endsAt.get(id) ?? 0)));
  }
  return Math.max(0, work / PARALLEL, ...endsAt.values());
}
