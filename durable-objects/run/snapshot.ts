/**
 * What a quote froze: everything that its run needs, so that edits made meanwhile change nothing. Stored in R2 as canonical JSON under
 * `snapshotKey`, never changed.
 */
import type { Film, NodeId, NodeKind, Wish } from "#film/film.ts";
import type { Step, Target } from "#film/plan.ts";
import type { Asking } from "#film/routing/request.ts";

/** How one provider is to be treated, as it was when the quote was made. Times in milliseconds. */
export interface Terms {
  provider: string;
  /** Our id of the model, as a wish names it; absent in snapshots of before there was a choice: then it is a house model. */
  id?: string;
  /** What people call the model; absent in older snapshots. */
  label?: string;
  /** How the model is asked; null or absent: it is the house's own, and takes the tool's input as it is. */
  asking?: Asking | null;
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
  /** What is to be made, in words, for a model of somebody else's (`requestOf`); null where the tool has no request of that kind. Absent in older snapshots. */
  words?: string | null;
  /** Models that the quote allows beside the first, best first, at most three: the price of each is at most the item's. Absent in older snapshots: none. */
  alternatives?: Terms[];
  /** Models that the quote does not allow and that could make it, with what they would cost: people are asked about them where none of the others answers. Absent in older snapshots: none. */
  offers?: Offer[];
}

/** Another model for a step, and its price when the quote was made. */
export interface Offer {
  model: string;
  label: string;
  credits: number;
}

/** A wish that a film does not have yet: it has it from when the quote is run. */
export interface Wished {
  node: NodeId;
  wish: Wish;
}

/** An order of a single thing: by its tool. */
export type TaskTarget = { tool: string };

export interface Snapshot {
  v: 1;
  quote: string;
  run: string;
  studio: string;
  /** A film's project; what belongs to no film lies under its studio's own id. */
  project: string;
  target: Target | TaskTarget;
  /** Null where it is an order of a single thing. */
  film: Film | null;
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
  /** Absent in most: nothing is wished for but what the film says. */
  wished?: Wished;
  /** What was asked for, in the API's own words: a fresh quote of it is asked for so. Absent where it was not asked for so, and in older snapshots. */
  asked?: { [key: string]: unknown };
}

/** The project that something belongs to, or null: what belongs to no film lies under its studio's own id. */
export const projectOf = ({ studio, project }: { studio: string; project: string }): string | null => (project === studio ? null : project);

export const snapshotKey = (studio: string, quote: string): string => `quotes/${studio}/${quote}.json`;
