import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import type { severities } from "../contract.ts";
import type { CheckEntry } from "./catalogue.ts";

/** Something that is not as it must be. */
export interface Difference {
  /** What is wrong, within its unit: the same key on the next night is the same finding. */
  key: string;
  /** What was examined as a whole, such as one wallet. */
  unit: string;
  studio: string | null;
  project: string | null;
  /** The wallet, run, job, hold or file that it is about. */
  subject: string;
  /** The number of the wallet's entry, where it is about one. */
  entry: number | null;
  /** By how many credits it is wrong. */
  credits: number | null;
  severity: (typeof severities)[number];
  /** For whoever looks into it. */
  detail: string;
  /** For people: what it means, and what happens next. */
  explanation: string;
  data: Record<string, unknown>;
  /** A projection that this step's writes put right. */
  repaired: "now" | "not";
}

/** The units after one and up to another, in the order of their names. */
export interface Span {
  from: string;
  to: string;
}

/** Just this unit. */
export const only = (unit: string): Span => ({ from: unit, to: unit });

/** Comes after every name. */
export const END = "\u{10ffff}";

export interface StepInput {
  /** Only this studio, or null for all of them. */
  studio: string | null;
  /** Where the step before stopped; null at the beginning. It was stored as JSON. */
  at: unknown;
}

export interface StepResult {
  /** How many things were compared. */
  examined: number;
  differences: Difference[];
  /** What puts projections right; committed together with the findings about it. */
  repairs: Write[];
  /** Units that are now examined wholly, those among them that are gone included: what was found in them before and is not seen any more closes. */
  finished: Span[];
  /** Where the next step begins; null when all is compared. */
  next: unknown;
}

/**
 * One comparison. It works in steps that are small enough for one request, and may be asked for the same step twice. A new one is a file here,
 * a line in all.ts and one in catalogue.ts.
 */
export interface Check extends CheckEntry {
  step(ctx: Ctx, input: StepInput): Promise<StepResult>;
}

export const nothing: Pick<Difference, "project" | "entry" | "credits" | "data" | "repaired"> = { project: null, entry: null, credits: null, data: {}, repaired: "not" };
