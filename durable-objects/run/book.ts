/** The book of one run in memory: the run, its jobs, and what a change of them asks to be done. */
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import type { JobState, RunState, Settlement } from "#film/next.ts";
import type { RefusalStage } from "#film/outcomes.ts";
import type { QuotedStep, Terms } from "./snapshot.ts";

/** What a worker is asked to do; a wake-up, never the store. */
export interface JobMessage {
  run: string;
  job: string;
  attempt: number;
  action: "submit" | "check" | "fetch" | "cancel";
}

export interface Problem {
  code: string;
  detail: string;
}

/** Where a running job's attempt is: intent recorded, ticket known, outcome of the submission unknown, output ready, output being fetched. */
export type Phase = "begun" | "submitted" | "unknown" | "found" | "fetching";

export interface JobBook {
  quoted: QuotedStep;
  state: JobState;
  attempts: number;
  /** Attempts that never reached the provider, as where the worker died: the loss is ours, and they do not count. */
  unsent: number;
  /** Attempts that the provider did not take, as where it had no room: they do not count either. */
  turnedAway: number;
  /** The model of the present attempt: 0 is the one that was picked, others stand in for it in the quote's order. */
  choice: number;
  /** Until when each of these models is thought to be down. */
  downUntil: Record<number, number>;
  phase: Phase | null;
  /** Why the present attempt's model was taken, where it is not the one that was picked. */
  why: string | null;
  ticket: Json;
  submitBy: number;
  /** When this run does something about the job by itself; Infinity: never. */
  wakeAt: number;
  /** The attempt has expired then. */
  timeoutAt: number;
  /** Since when the outcome of the submission is unknown. */
  unknownSince: number | null;
  /** Webhooks that woke it, newest last. */
  heard: string[];
  checks: number;
  checkSentAt: number;
  fetches: number;
  /** Fetches that nobody reported the end of. */
  unreported: number;
  /** How often the provider was asked again where the files of its answer lie. */
  asks: number;
  output: Json;
  /** What the provider said that making it cost, in millionths of a dollar. */
  costMicros: number | null;
  progress: number;
  text: string;
  remaining: { low: number; high: number } | null;
  problem: Problem | null;
  /** Where the provider says that it refused. */
  refusalStage: RefusalStage | null;
  take: TakeFacts | null;
  captured: number;
  startedAt: number | null;
  finishedAt: number | null;
  isDown: boolean;
}

export interface RunBook {
  run: string;
  hold: string;
  studio: string;
  project: string;
  quote: string;
  target: Json;
  actor: { member: string | null; apiKey: string | null };
  requestId: string;
  state: RunState;
  waitingFor: string | null;
  /** When what it waits for is tried again. */
  waitingUntil: number | null;
  priority: number;
  credits: number;
  captured: number;
  returned: number;
  isFree: boolean;
  /** The version of the card that its quote was priced by. */
  priceCard: string;
  seconds: { p50: number; p90: number };
  openedAt: number;
  deadlineAt: number;
  finishedAt: number | null;
  /** How it ends once its hold is released. */
  settlement: Settlement | null;
  /** Steps by id, in the order of the plan. */
  jobs: Map<string, JobBook>;
  /** Step by job id. */
  stepOf: Map<string, string>;
}

/** A command to another object, stored before it is sent and repeated until it is acknowledged. */
export type Command =
  | { kind: "capture"; key: string; item: string; credits: number; reason: string }
  | { kind: "release"; key: string; cause: "settled" | "failed" | "cancelled" }
  | { kind: "lease"; key: string; provider: string };

export interface Finding {
  id: string;
  subject: string;
  detail: string;
  data: Json;
}

/** What a change of the book asks for. */
export interface Effects {
  now: number;
  /** In [0, 1). */
  random: () => number;
  dirty: Set<string>;
  runIsDirty: boolean;
  messages: JobMessage[];
  commands: Command[];
  findings: Finding[];
  /** Attempts that came to their end. */
  ended: Ended[];
}

/** How an attempt ended: what the router and whoever watches the providers learn from. */
export interface Ended {
  job: string;
  attempt: number;
  outcome: "succeeded" | "failed" | "refused" | "cancelled" | "expired" | "rejected" | "unsent" | "unresolved" | "unfetched" | "bad_output";
  costMicros: number | null;
}

export const noEffects = (now: number, random: () => number): Effects =>
  ({ now, random, dirty: new Set(), runIsDirty: false, messages: [], commands: [], findings: [], ended: [] });

export const newJob = (quoted: QuotedStep): JobBook => ({
  quoted, state: "pending", attempts: 0, unsent: 0, turnedAway: 0, choice: 0, downUntil: {}, phase: null, why: null, ticket: null, submitBy: 0, wakeAt: Infinity, timeoutAt: Infinity, unknownSince: null, heard: [],
  checks: 0, checkSentAt: 0, fetches: 0, unreported: 0, asks: 0, output: null, costMicros: null, progress: 0, text: "Waiting for what it is made from", remaining: null, problem: null, refusalStage: null, take: null,
  captured: 0, startedAt: null, finishedAt: null, isDown: false,
});

/** The job of an id, with the id of its step. */
export function jobOf(book: RunBook, id: string): { step: string; job: JobBook } | null {
  const step = book.stepOf.get(id);
  const job = step === undefined ? undefined : book.jobs.get(step);
  return step !== undefined && job ? { step, job } : null;
}

/** The terms of a job's present attempt: of the model that was picked, or of one that stands in for it. */
export const termsOf = ({ quoted, choice }: Pick<JobBook, "quoted" | "choice">): Terms => (choice > 0 ? quoted.alternatives?.[choice - 1] : undefined) ?? quoted.terms;

/** The place of a job's attempt at its provider's gate: by another of the models that may make it, it has another place. */
export const leaseKey = ({ quoted, choice }: Pick<JobBook, "quoted" | "choice">, attempt: number): string => `${quoted.job}:${attempt}${choice > 0 ? `:${choice}` : ""}`;

/** The takes that a step is made from, as far as they are there. */
export function takesFor(book: RunBook, { quoted }: JobBook): [NodeId, TakeFacts][] {
  const made = new Map([...book.jobs.values()].flatMap(({ quoted: { step }, take }) => (take ? [[step.fingerprint, take] as const] : [])));
  return quoted.step.deps.flatMap(({ node, fingerprint, take }) => {
    const facts = take ?? made.get(fingerprint);
    return facts ? [[node, facts] as [NodeId, TakeFacts]] : [];
  });
}
