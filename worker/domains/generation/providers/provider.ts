import type { Json } from "#film/film.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import type { Sight, Submission } from "#objects/run/attempts.ts";
import type { Problem } from "#objects/run/book.ts";
import type { Model } from "../tools/tool.ts";

/** Where a provider is and what lets us in: a deployment's settings. */
export interface Access {
  baseUrl: string;
  token: string;
  /** Empty where it sends no webhooks, or none that are signed by a shared secret. */
  webhookSecret: string;
  /** What else an adapter needs, as a project's id or the address of published keys. */
  more: Readonly<Record<string, string>>;
  /** Cloudflare's own models are reached by a binding, not by an address. */
  ai?: AiBinding;
}

/** What of the platform's AI binding is used: with `returnRawResponse` it answers whatever came, errors too. */
export interface AiBinding {
  run(model: string, inputs: Record<string, unknown>, options?: { returnRawResponse?: boolean; signal?: AbortSignal }): Promise<unknown>;
}

/** How an adapter reaches its provider: time and network come from the caller. */
export interface Call extends Access {
  now(): number;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

export type { Problem, Sight, Submission };

export interface Order {
  /** The provider's name of the model, and the version where one is pinned. */
  model: string;
  version: string | null;
  /** Of a house model its own input; of anybody else's what is asked for, in our words. */
  request: ModelRequest | { tool: "house"; input: Json };
  /** Our own id of the submission: where the provider takes it, creating twice is creating once. */
  id: string;
  /** Null: nobody waits for a webhook. */
  webhookUrl: string | null;
  /** Aborted at submit-by. */
  signal: AbortSignal;
  /** Keeps what a vendor answers at once. It is asked again for the same role after a crash: what is there is not asked for twice. */
  keep: Keep;
}

/** Files that came with the answer itself, by role, stored as they stream in. */
export interface Keep {
  /** Streams a file to storage; its address stands in the output. Throws where it is cut off or too large. */
  put(role: string, body: ReadableStream<Uint8Array>, contentType: string): Promise<`kept:${string}`>;
  /** The address of a file that this submission has kept, or null. */
  has(role: string): Promise<`kept:${string}` | null>;
}

/**
 * A verified webhook: it wakes a check, or supplies a ticket that was lost (null where it does not say which). `id` tells one message from the next, so
 * that a replay is known. Nothing else that it says is believed.
 */
export type Wake = { ok: true; id: string; ticket: Json } | { ok: false; reason: string };

/** A line of a provider's bill: its id of a submission, or ours where it takes ours. Costs are millionths of a dollar. */
export interface BilledSubmission {
  id: string;
  model: string;
  status: string;
  costMicros: number;
  createdAt: number;
}

/** One provider: the least that all of them can do. A new one is a file here and a line in all.ts. */
export interface Provider {
  id: string;
  /** Milliseconds: a submission is aborted after this; "not found" is believed after this; unknown outcomes are given up after this. */
  submitMs: number;
  lookupLagMs: number;
  resolveMs: number;
  limits: { concurrency: number; perMinute: number | null; perDay: number | null };
  /** Milliseconds between two checks of one submission, where it says so; absent: as is convenient. */
  checkApartMs?: number;
  /** For people. */
  name: string;
  /** What it runs. */
  models: readonly Model[];
  /** Names of the settings that configure it. */
  secrets: readonly string[];
  /** Whether its files are as ordered to the frame, or have to be conformed first. */
  delivers: "as-ordered" | "raw";
  /** Whether a refusal is billed: then its input is looked through before it is sent. */
  billsRefusals: boolean;
  /** How to reach it from this deployment, or null where it is not configured. */
  configured(env: Env): Access | null;
  /** Sends one order, once. Nothing is thrown: what cannot be known is `unknown`. `sight`: it is over already. */
  submit(call: Call, order: Order): Promise<Submission & { sight?: Sight }>;
  check(call: Call, ticket: Json): Promise<Sight>;
  /** Finds a submission whose answer was lost: by our own id, by what it kept, or not at all (`silent`). */
  lookup(call: Call, lost: { id: string; sentAt: number; keep: Keep }): Promise<Sight>;
  cancel(call: Call, ticket: Json): Promise<"requested" | "unsupported" | "too_late">;
  /** `url`: where it was sent to, for what an adapter wrote there itself. */
  verifyWebhook(call: Call, request: { headers: Headers; rawBody: string; url?: URL }): Promise<Wake>;
  /** Where webhooks can be registered with it once, for all that we submit: of these the ticket says what they are about, null where we wait for nothing of that kind. */
  verifyRegistered?(call: Call, request: { headers: Headers; rawBody: string }): Promise<Wake>;
  /** Whether a file of an output may be fetched from here: outputs are external input, and so is each place that one redirects to. */
  mayFetch(call: Call, url: URL): boolean;
  /** What a file is asked for with; never sent to another origin than the URL's own. */
  fileHeaders?(call: Call, url: URL): Record<string, string> | Promise<Record<string, string>>;
  /** Models that it will shut down, where it publishes that: its name of each, and when. */
  shutdowns?(call: Call): Promise<{ name: string; at: number }[]>;
  /** What it billed in a time, where it can be asked. */
  statement?(call: Call, span: { from: number; to: number }): Promise<BilledSubmission[]>;
}
