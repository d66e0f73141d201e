import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { nodeKinds } from "#film/film.ts";

export const runStatuses = ["opening", "running", "waiting", "cancelling", "succeeded", "incomplete", "failed", "cancelled"] as const;
export const jobStatuses = ["pending", "queued", "running", "retrying", "cancelling", "succeeded", "failed", "refused", "cancelled", "expired"] as const;

const Range = z.object({ p50: z.number(), p90: z.number() }).meta({ description: "Seconds, half and nine tenths of the time" });

/** `animatic`, `master`, or nodes by id. */
export const TargetSchema = z.union([z.enum(["animatic", "master"]), z.array(z.string().max(120)).min(1).max(500)]);

export const CreateQuote = z.object({
  project: z.string(),
  target: TargetSchema,
  scenes: z.array(z.string()).max(500).optional().meta({ description: "Only these scenes: a film of over 500 steps is quoted in parts" }),
  priority: z.int().min(1).max(3).default(2),
}).meta({ id: "CreateQuote" });
export type CreateQuote = z.infer<typeof CreateQuote>;

export const QuoteItem = z.object({
  step: z.string(), node: z.string(), label: z.string().meta({ description: "For people: “Voice of Marta, line 3”" }), tool: z.string(), model: z.string(),
  credits: z.int().nonnegative(), quantity: z.number(), unit: z.enum(["second", "minute", "message", "each"]),
}).meta({ id: "QuoteItem" });

export const Quote = z.object({
  object: z.literal("quote"), id: z.string(), project: z.string(), target: TargetSchema,
  status: z.enum(["open", "used", "expired"]), run: z.string().nullable(),
  credits: z.int().nonnegative().meta({ description: "The most that will ever be captured for it" }),
  available: z.int().meta({ description: "Credits that the studio can spend now" }),
  items: z.array(QuoteItem), seconds: Range, createdAt: z.iso.datetime(), expiresAt: z.iso.datetime(),
}).meta({ id: "Quote" });
export type Quote = z.infer<typeof Quote>;

export const CreateRun = z.object({ quote: z.string() }).meta({ id: "CreateRun" });

export const Job = z.object({
  object: z.literal("job"), id: z.string(), run: z.string(), project: z.string(), node: z.string(), kind: z.enum(nodeKinds), label: z.string(),
  tool: z.string(), model: z.string().nullable(), provider: z.string().nullable(), status: z.enum(jobStatuses), attempts: z.int(), priority: z.int(),
  progress: z.int().min(0).max(100), step: z.string().meta({ description: "What it is doing, in words" }),
  remaining: z.object({ low: z.number(), high: z.number() }).nullable().meta({ description: "Seconds" }),
  credits: z.object({ quoted: z.int(), captured: z.int() }),
  problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
  take: z.string().nullable(), createdAt: z.iso.datetime(), startedAt: z.iso.datetime().nullable(), finishedAt: z.iso.datetime().nullable(),
  actions: z.array(z.enum(["cancel"])),
}).meta({ id: "Job" });
export type Job = z.infer<typeof Job>;

export const Run = z.object({
  object: z.literal("run"), id: z.string(), project: z.string(), quote: z.string(), target: TargetSchema, status: z.enum(runStatuses),
  waitingFor: z.string().nullable().meta({ description: "While waiting: what for, in words" }),
  credits: z.object({ quoted: z.int(), held: z.int(), captured: z.int(), returned: z.int() }),
  progress: z.int().min(0).max(100), remaining: Range.nullable(), jobs: z.array(Job),
  createdAt: z.iso.datetime(), deadlineAt: z.iso.datetime(), finishedAt: z.iso.datetime().nullable(), actions: z.array(z.enum(["cancel", "retry"])),
}).meta({ id: "Run" });
export type Run = z.infer<typeof Run>;
export const RunSummary = Run.omit({ jobs: true }).extend({ jobCounts: z.record(z.string(), z.int()) }).meta({ id: "RunSummary" });

export const TakeAsset = z.object({ role: z.string(), asset: z.string(), contentType: z.string(), url: z.string() }).meta({ id: "TakeAsset" });
export const Take = z.object({
  object: z.literal("take"), id: z.string(), project: z.string(), node: z.string(), fingerprint: z.string(), variant: z.int(),
  tool: z.string(), model: z.string(), provider: z.string(), current: z.boolean(), frames: z.int().nullable(), credits: z.int(),
  assets: z.array(TakeAsset), values: z.record(z.string(), z.unknown()), createdAt: z.iso.datetime(),
}).meta({ id: "Take" });
export type Take = z.infer<typeof Take>;

export const NodeView = z.object({
  id: z.string(), kind: z.enum(nodeKinds), label: z.string(), shot: z.string().nullable(), line: z.string().nullable(),
  state: z.enum(["current", "stale", "missing"]), deps: z.array(z.string()), fingerprint: z.string(), chosen: z.boolean(), uploaded: z.boolean(),
  take: Take.nullable().meta({ description: "The current take; where stale, the newest one" }), takes: z.int(),
  making: z.object({ run: z.string(), job: z.string(), status: z.enum(jobStatuses), progress: z.int() }).nullable(),
}).meta({ id: "Node" });
export const GraphView = z.object({ object: z.literal("graph"), project: z.string(), filmVersion: z.int(), nodes: z.array(NodeView) }).meta({ id: "Graph" });

const base = z.int().nonnegative();
export const ChooseTake = z.object({ base }).meta({ id: "ChooseTake" });
export const UseUpload = z.object({ base, asset: z.string() }).meta({ id: "UseUpload" });

/** What an edit would make stale and cost, before it is made. */
export const AskWhatIf = z.object({ shot: z.string(), fields: z.record(z.string(), z.unknown()), target: TargetSchema.default("master") }).meta({ id: "AskWhatIf" });
export const WhatIf = z.object({ object: z.literal("what_if"), stale: z.array(z.string()), credits: z.int(), unchanged: z.int() }).meta({ id: "WhatIf" });

export const runOpened = defineEvent("run.opened", z.object({ run: z.string(), project: z.string(), credits: z.number() }));
export const runFinished = defineEvent("run.finished", z.object({ run: z.string(), project: z.string(), status: z.string(), captured: z.number() }));
export const takeRecorded = defineEvent("take.recorded", z.object({ take: z.string(), project: z.string(), node: z.string(), run: z.string().nullable() }));

/** The answer to an edit of what the film is made of. */
export const FilmOfTakes = z.object({ object: z.literal("film"), project: z.string(), filmVersion: z.int(), previousVersion: z.int() }).meta({ id: "FilmOfTakes" });
export const Manifest = z.object({
  object: z.literal("manifest"), take: z.string(), jws: z.string().meta({ description: "Compact JWS over the manifest's canonical JSON (RFC 8785)" }), manifest: z.record(z.string(), z.unknown()),
}).meta({ id: "Manifest" });

export const ToolView = z.object({
  object: z.literal("tool"), id: z.string(), name: z.string(), does: z.string(), input: z.record(z.string(), z.string()), output: z.record(z.string(), z.string()),
  available: z.boolean(), models: z.array(z.string()),
}).meta({ id: "Tool" });
export const ModelView = z.object({
  object: z.literal("model"), id: z.string(), tool: z.string(), provider: z.string(), lifecycle: z.enum(["active", "deprecated", "sunset", "retired"]), available: z.boolean(),
  price: z.object({ credits: z.int(), unit: z.enum(["second", "minute", "message", "each"]), card: z.string() }).nullable(),
  speed: z.object({ seconds: z.number(), perSecond: z.number() }).meta({ description: "Seconds that it takes, plus seconds for each second of what it makes" }),
}).meta({ id: "Model" });
export const Prices = z.object({
  object: z.literal("prices"), card: z.string(),
  lines: z.array(z.object({ tool: z.string(), model: z.string(), unit: z.enum(["second", "minute", "message", "each"]), credits: z.int() })),
  examples: z.array(z.object({ words: z.string(), credits: z.int() })),
  freeAnimatic: z.object({ openRuns: z.int(), shots: z.int(), seconds: z.int() }),
  outcomes: z.array(z.object({ outcome: z.string(), happened: z.string(), pays: z.string(), rule: z.enum(["item", "nothing", "item-if-delivered"]) })),
}).meta({ id: "Prices" });
