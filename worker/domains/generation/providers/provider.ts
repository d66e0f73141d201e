import type { Json } from "#film/film.ts";

/** How an adapter reaches its provider: base URL and secrets are the deployment's, time and network come from the caller. */
export interface Call {
  baseUrl: string;
  token: string;
  webhookSecret: string;
  now(): number;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** A problem as its customer reads it. */
export interface Problem {
  code: string;
  detail: string;
}

export interface Order {
  /** The provider's name of the model, and the version where one is pinned. */
  model: string;
  version: string | null;
  input: Json;
  /** Our own id of the submission: where the provider takes it, creating twice is creating once. */
  id: string;
  /** Null: nobody waits for a webhook. */
  webhookUrl: string | null;
  /** Aborted at submit-by. */
  signal: AbortSignal;
}

/**
 * What became of a submission. `rejected`: the provider answered that it did not take it. `unknown`: the answer was lost (`lost`), or says nothing
 * (`answered`); it may have been taken, so it is looked up and never simply sent again.
 */
export type Submission =
  | { end: "accepted"; ticket: Json }
  | { end: "refused"; problem: Problem }
  | { end: "rejected"; problem: Problem; retry: "never" | "later"; retryAfterMs: number | null }
  | { end: "unknown"; because: "lost" | "answered" };

/** What a check saw. `silent`: the provider could not be asked, so nothing is known. */
export type Sight =
  | { state: "running"; ticket: Json; progress: number | null; text: string | null; remaining: { low: number; high: number } | null }
  /** `madeMs`: how long making it took, without the waiting, where the provider says so. */
  | { state: "succeeded"; ticket: Json; output: Json; madeMs: number | null }
  | { state: "refused" | "failed" | "canceled"; ticket: Json; problem: Problem; retry: "never" | "later" }
  | { state: "not_found" }
  | { state: "silent" };

/** A verified webhook: it wakes a check, or supplies a ticket that was lost. Nothing that it says is believed. */
export type Wake = { ok: true; id: string; ticket: Json } | { ok: false; reason: string };

/** One provider: the least that all of them can do. A new one is a file here and a line in all.ts. */
export interface Provider {
  id: string;
  /** Milliseconds: a submission is aborted after this; "not found" is believed after this; unknown outcomes are given up after this. */
  submitMs: number;
  lookupLagMs: number;
  resolveMs: number;
  limits: { concurrency: number; perMinute: number | null; perDay: number | null };
  /** Base URL and secrets of this deployment, or null where it is not configured. */
  configured(env: Env): { baseUrl: string; token: string; webhookSecret: string } | null;
  submit(call: Call, order: Order): Promise<Submission & { sight?: Sight }>;
  check(call: Call, ticket: Json): Promise<Sight>;
  /** Finds a submission whose answer was lost, by our own id. */
  lookup(call: Call, id: string): Promise<Sight>;
  cancel(call: Call, ticket: Json): Promise<"requested" | "unsupported" | "too_late">;
  verifyWebhook(call: Call, request: { headers: Headers; rawBody: string }): Promise<Wake>;
  /** Whether a file of an output may be fetched from here: outputs are external input. */
  mayFetch(call: Call, url: URL): boolean;
}
