/**
 * Rules about moving a job to another model that its quote allows, and coming back. Nothing moves while it is unknown whether a submission arrived: then
 * it may have been made and billed already.
 */
import { leaseKey, termsOf, type Effects, type JobBook, type Problem, type RunBook } from "./book.ts";
import { message, RESEND_MS, touch } from "./ending.ts";
import type { Terms } from "./snapshot.ts";

/** For so long a model is not tried again where nobody says when it may be. */
export const DOWN_MS = 30_000;
/** Turned away so often by a model that has no room, a job goes to another. */
export const TURNED_AWAY_MAX = 3;

/** What a model is called where a job waits for it. */
export const nameOf = ({ provider, id, label, model }: Terms): string => (provider === "house" ? "the renderer" : (label ?? id ?? model));

const choices = ({ quoted }: JobBook): number => 1 + (quoted.alternatives?.length ?? 0);

/** The next model that is not known to be down, in the quote's order; null where there is none but the present one. */
function standIn(job: JobBook, now: number): number | null {
  for (let choice = 0; choice < choices(job); choice += 1) if (choice !== job.choice && (job.downUntil[choice] ?? 0) <= now) return choice;
  return null;
}

/** Notes that the present model is down, and moves to another if there is one. Returns whether it moved. */
export function moveOn(book: RunBook, fx: Effects, job: JobBook, { problem, until }: { problem: Problem; until: number | null }): boolean {
  job.downUntil = { ...job.downUntil, [job.choice]: until ?? fx.now + DOWN_MS };
  const choice = standIn(job, fx.now);
  if (choice === null) return false;
  turnTo(book, fx, job, { choice, why: `instead of ${nameOf(termsOf(job))}: ${problem.detail}` });
  return true;
}

/** All of its models are down: it waits for the one that may be tried first, and goes to it when its time comes. */
export function waitForFirst(fx: Effects, job: JobBook): number {
  const [first = job.choice, until = fx.now + DOWN_MS] = Object.entries(job.downUntil).map(([choice, at]) => [Number(choice), at] as const).sort((a, b) => a[1] - b[1])[0] ?? [];
  if (first !== job.choice) {
    giveBackPlace(fx, job);
    Object.assign(job, { choice: first, why: first === 0 ? null : job.why });
  }
  return until;
}

function turnTo(book: RunBook, fx: Effects, job: JobBook, { choice, why }: { choice: number; why: string }): void {
  giveBackPlace(fx, job);
  Object.assign(job, { state: "queued", phase: null, ticket: null, problem: null, timeoutAt: Infinity, choice, why: choice === 0 ? null : why, isDown: false, wakeAt: fx.now + RESEND_MS });
  job.text = `Going to ${nameOf(termsOf(job))} ${why}`;
  touch(fx, job);
  fx.messages.push(message(book, job, job.attempts + 1, "submit"));
}

/** Whoever moves away leaves no place behind, whether it was waiting for it or had it. */
function giveBackPlace(fx: Effects, job: JobBook): void {
  const { provider } = termsOf(job);
  for (const attempt of [job.attempts, job.attempts + 1]) if (attempt > 0) fx.commands.push({ kind: "lease", key: leaseKey(job, attempt), provider });
}
