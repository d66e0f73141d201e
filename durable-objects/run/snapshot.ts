/**
 * What a quote froze: everything that its run needs, so that edits made meanwhile change nothing. Stored in R2 as canonical JSON under
 * `snapshotKey`, never changed.
 */
import type { Film, NodeKind } from "#film/film.ts";
import type { Step, Target } from "#film/plan.ts";

/** How one provider is to be treated, as it was when the quote was made. Times in milliseconds. */
export interface Terms {
  provider: string;
  /** The provider's own name of the model, and the version if it is pinned. */
  model: string;
  version: string | null;
  /** A submission is aborted after this. */
  submitMs: number;
  /** After this "not found" means that it never arrived. */
  lookupLagMs: number;
  /** A submission whose outcome is unknown after this has failed. */
  resolveMs: number;
  /** An attempt takes no longer than this. */
  timeoutMs: number;
  limits: { concurrency: number; perMinute: number | null; perDay: number | null };
}

export interface QuotedStep {
  step: Step;
  job: string;
  kind: NodeKind;
  /** For people. */
  label: string;
  terms: Terms;
  /** Models that may serve it, best first, and why the first was picked. */
  allowed: string[];
  why: string;
}

export interface Snapshot {
  v: 1;
  quote: string;
  run: string;
  studio: string;
  project: string;
  target: Target;
  film: Film;
  priceCard: string;
  priority: number;
  credits: number;
  seconds: { p50: number; p90: number };
  /** Milliseconds from the opening of the run until what is not made by then expires. */
  deadlineMs: number;
  /** Null for a run that costs something; else how many free runs may be open at once. */
  freeRunsMax: number | null;
  createdAt: number;
  expiresAt: number;
  steps: QuotedStep[];
}

export const snapshotKey = (studio: string, quote: string): string => `quotes/${studio}/${quote}.json`;
