import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { nodeKinds } from "#film/film.ts";
import { outcomes, refusalStages } from "#film/outcomes.ts";
import { priceUnits } from "#film/prices.ts";

export const runStatuses = ["opening", "running", "waiting", "cancelling", "succeeded", "incomplete", "failed", "cancelled"] as const;
export const jobStatuses = ["pending", "queued", "running", "retrying", "cancelling", "succeeded", "failed", "refused", "cancelled", "expired"] as const;

export const WishSchema = z.string().regex(/^(?:cheapest|fastest|best|model:[\w.:/-]{1,110})$/).meta({ description: "`cheapest`, `fastest`, `best`, or `model:` and the id of a model" });
export const Range = z.object({ p50: z.number(), p90: z.number() }).meta({ description: "Seconds, half and nine tenths of the time" });

/** `animatic`, `master`, or nodes by id. */
export const TargetSchema = z.union([z.enum(["animatic", "master"]), z.array(z.string().max(120)).min(1).max(500)]);
/** What a quote or run is for: of a film, or a single thing by its tool. */
const AnyTarget = z.union([z.enum(["animatic", "master"]), z.array(z.string()), z.object({ tool: z.string() })]);
const ProjectOrNone = z.string().nullable().meta({ description: "Null: it belongs to no film" });

export const CreateQuote = z.object({
  project: z.string().optional().meta({ description: "Of a film, always; of a single thing, where its result is to lie" }),
  target: TargetSchema.optional().meta({ description: "Of a film" }),
  scenes: z.array(z.string()).max(500).optional().meta({ description: "Only these scenes: a film of over 500 steps is quoted in parts" }),
  tool: z.string().max(40).optional().meta({ description: "In the place of `target`: what makes a single thing, as `GET /tools` names it" }),
  input: z.record(z.string(), z.unknown()).optional().meta({ description: "With `tool`: what it is asked for" }),
  wish: WishSchema.optional().meta({ description: "With `tool`: by which model; the best where nobody says" }),
  priority: z.int().min(1).max(3).default(2),
  stepCreditsMax: z.int().nonnegative().optional().meta({ description: "No single step may cost more than this" }),
}).meta({ id: "CreateQuote" });
export type CreateQuote = z.infer<typeof CreateQuote>;

export const QuoteItem = z.object({
  step: z.string(), node: z.string(), label: z.string().meta({ description: "For people: “Voice of Marta, line 3”" }), tool: z.string(), model: z.string(),
  credits: z.int().nonnegative(), quantity: z.number(), unit: z.enum(priceUnits),
  why: z.string().meta({ description: "Why this model" }), alternatives: z.array(z.string()).meta({ description: "Models that may stand in for it where it fails, at no more credits" }),
}).meta({ id: "QuoteItem" });

export const Quote = z.object({
  object: z.literal("quote"), id: z.string(), project: ProjectOrNone, target: AnyTarget,
  status: z.enum(["open", "used", "expired"]), run: z.string().nullable(),
  credits: z.int().nonnegative().meta({ description: "The most that will ever be captured for it" }),
  available: z.int().meta({ description: "Credits that the studio can spend now" }),
  items: z.array(QuoteItem), seconds: Range, createdAt: z.iso.datetime(), expiresAt: z.iso.datetime(),
}).meta({ id: "Quote" });
export type Quote = z.infer<typeof Quote>;

export const RerouteJob = z.object({ model: z.string().max(110).meta({ description: "One of the job's offers, or any other model that makes such things" }) }).meta({ id: "RerouteJob" });
export const CreateRun = z.object({ quote: z.string() }).meta({ id: "CreateRun" });

export const Job = z.object({
  object: z.literal("job"), id: z.string(), run: z.string(), project: ProjectOrNone, node: z.string(), kind: z.enum(nodeKinds), label: z.string(),
  tool: z.string(), model: z.string().nullable(), provider: z.string().nullable(), status: z.enum(jobStatuses), attempts: z.int(), priority: z.int(),
  progress: z.int().min(0).max(100), step: z.string().meta({ description: "What it is doing, in words" }),
  remaining: z.object({ low: z.number(), high: z.number() }).nullable().meta({ description: "Seconds, as its provider says" }),
  expected: z.object({ p50: z.number(), p90: z.number(), jobs: z.int().meta({ description: "So many jobs say so" }) }).nullable().meta({
    description: "Seconds that it still takes once it is being made, by what jobs of the same model and length took lately on this platform, half and nine tenths of them. Both 0: it takes longer than any of them did. Null: it is over, or there is no history yet",
  }),
  credits: z.object({ quoted: z.int(), captured: z.int() }),
  problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
  refusalStage: z.enum(refusalStages).nullable().meta({ description: "Where a model refused, as its provider says: what it was given, or what it had made" }),
  outcome: z.enum(outcomes).nullable().meta({ description: "Once it is over: its row of the table of outcomes, which says what of it is paid (`GET /prices`)" }),
  take: z.string().nullable(), createdAt: z.iso.datetime(), startedAt: z.iso.datetime().nullable(), finishedAt: z.iso.datetime().nullable(),
  offers: z.array(z.object({ model: z.string(), label: z.string(), credits: z.int() })).meta({ description: "Where none of its models answers, or made it: others that could, at their price when it was quoted. `POST /jobs/{id}/reroute` asks for a new quote" }),
  actions: z.array(z.enum(["cancel"])),
}).meta({ id: "Job" });
export type Job = z.infer<typeof Job>;

export const Run = z.object({
  object: z.literal("run"), id: z.string(), project: ProjectOrNone, quote: z.string(), target: AnyTarget, status: z.enum(runStatuses),
  waitingFor: z.string().nullable().meta({ description: "While waiting: what for, in words" }),
  waitingUntil: z.iso.datetime().nullable().meta({ description: "While waiting: when it is tried again" }),
  credits: z.object({ quoted: z.int(), held: z.int(), captured: z.int(), returned: z.int() }),
  progress: z.int().min(0).max(100), remaining: Range.nullable(),
  remainingFrom: z.enum(["history", "declared"]).nullable().meta({ description: "Whether all that is left has a history; `declared`: where there is none yet, what models declare stands in" }), jobs: z.array(Job),
  createdAt: z.iso.datetime(), deadlineAt: z.iso.datetime(), finishedAt: z.iso.datetime().nullable(), actions: z.array(z.enum(["cancel", "retry"])),
}).meta({ id: "Run" });
export type Run = z.infer<typeof Run>;
export const RunSummary = Run.omit({ jobs: true, remainingFrom: true }).extend({ jobCounts: z.record(z.string(), z.int()) }).meta({ id: "RunSummary" });

export const TakeAsset = z.object({ role: z.string(), asset: z.string(), contentType: z.string(), url: z.string() }).meta({ id: "TakeAsset" });
export const Take = z.object({
  object: z.literal("take"), id: z.string(), project: ProjectOrNone, node: z.string(), fingerprint: z.string(), variant: z.int(),
  tool: z.string(), model: z.string(), provider: z.string(), current: z.boolean(), frames: z.int().nullable(), credits: z.int(),
  assets: z.array(TakeAsset), values: z.record(z.string(), z.unknown()), createdAt: z.iso.datetime(),
}).meta({ id: "Take" });
export type Take = z.infer<typeof Take>;

export const NodeView = z.object({
  id: z.string(), kind: z.enum(nodeKinds), label: z.string(), shot: z.string().nullable(), line: z.string().nullable(),
  state: z.enum(["current", "stale", "missing"]), deps: z.array(z.string()), fingerprint: z.string(), chosen: z.boolean(), uploaded: z.boolean(),
  take: Take.nullable().meta({ description: "The current take; where stale, the newest one" }), takes: z.int(),
  wish: z.string().meta({ description: "By which model it is made: `cheapest`, `fastest`, `best`, or `model:` and an id" }),
  making: z.object({ run: z.string(), job: z.string(), status: z.enum(jobStatuses), progress: z.int() }).nullable(),
}).meta({ id: "Node" });
export const GraphView = z.object({ object: z.literal("graph"), project: z.string(), filmVersion: z.int(), wishes: z.record(z.string(), z.string()).meta({ description: "What the film as a whole wishes for, by kind" }), nodes: z.array(NodeView) }).meta({ id: "Graph" });

const base = z.int().nonnegative();
export const ChooseTake = z.object({ base }).meta({ id: "ChooseTake" });
export const UseUpload = z.object({ base, asset: z.string() }).meta({ id: "UseUpload" });

/** What an edit would make stale and cost, before it is made. */
export const AskWhatIf = z.object({ shot: z.string(), fields: z.record(z.string(), z.unknown()), target: TargetSchema.default("master") }).meta({ id: "AskWhatIf" });
export const WhatIf = z.object({ object: z.literal("what_if"), stale: z.array(z.string()), credits: z.int(), unchanged: z.int() }).meta({ id: "WhatIf" });

export const runOpened = defineEvent("run.opened", z.object({ run: z.string(), project: z.string(), isFilm: z.boolean(), credits: z.number() }));
export const runFinished = defineEvent("run.finished", z.object({ run: z.string(), project: z.string(), isFilm: z.boolean(), status: z.string(), captured: z.number() }));
export const takeRecorded = defineEvent("take.recorded", z.object({ take: z.string(), project: z.string(), node: z.string(), run: z.string().nullable() }), { heard: false });

/** The answer to an edit of what the film is made of. */
export const FilmOfTakes = z.object({ object: z.literal("film"), project: z.string(), filmVersion: z.int(), previousVersion: z.int() }).meta({ id: "FilmOfTakes" });
export const Manifest = z.object({
  object: z.literal("manifest"), take: z.string(), jws: z.string().meta({ description: "Compact JWS over the manifest's canonical JSON (RFC 8785)" }), manifest: z.record(z.string(), z.unknown()),
  proof: z.enum(["published_key", "server_secret", "none"]).meta({ description: "Who can tell that it was not altered. `published_key`: anybody, with `npm run verify-manifest`. `server_secret`: it verifies here, and only here. `none`: it does not verify; believe nothing in it." }),
  keys: z.url().meta({ description: "Where the public keys are" }),
}).meta({ id: "Manifest" });
export type Manifest = z.infer<typeof Manifest>;

export const TakeDifference = z.object({
  object: z.literal("take_difference"), from: z.string(), to: z.string(), isSameFile: z.boolean().meta({ description: "Whether every file is the same, byte for byte" }),
  differences: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
}).meta({ id: "TakeDifference" });
export type TakeDifference = z.infer<typeof TakeDifference>;
export const RunRecord = z.object({
  object: z.literal("run_record"), v: z.literal(1), run: z.string(), hold: z.string(), opening: z.record(z.string(), z.unknown()), snapshot: z.record(z.string(), z.unknown()),
  rows: z.array(z.object({ seq: z.int(), at: z.int(), type: z.string(), subject: z.string(), data: z.string() })).meta({ description: "What the run was told, and what followed from it" }),
  entries: z.array(z.object({ seq: z.int(), body: z.string() })).meta({ description: "What the wallet wrote for its hold" }),
}).meta({ id: "RunRecord" });
export type RunRecord = z.infer<typeof RunRecord>;

export const ToolView = z.object({
  object: z.literal("tool"), id: z.string(), name: z.string(), does: z.string(), input: z.record(z.string(), z.string()), output: z.record(z.string(), z.string()),
  available: z.boolean(), models: z.array(z.string()),
}).meta({ id: "Tool" });
export const Sunset = z.object({
  announced: z.iso.datetime(), retires: z.iso.datetime(), successor: z.string().nullable().meta({ description: "The model that takes its place" }),
}).meta({ id: "Sunset" });
export const ModelView = z.object({
  object: z.literal("model"), id: z.string(), tool: z.string(), provider: z.string(), lifecycle: z.enum(["active", "deprecated", "sunset", "retired"]), available: z.boolean(),
  price: z.object({ credits: z.int(), unit: z.enum(priceUnits), card: z.string() }).nullable(),
  label: z.string(), quality: z.int().meta({ description: "What it is thought to be, 0 to 100, until takes say more" }), sunset: Sunset.nullable(),
  accepts: z.object({
    seconds: z.object({ least: z.number(), most: z.number(), only: z.array(z.number()).nullable() }).nullable(), aspects: z.array(z.string()), resolutions: z.array(z.string()),
    firstFrame: z.enum(["never", "may", "must"]), promptMax: z.int(), languages: z.array(z.string()).nullable(),
  }).nullable().meta({ description: "What it can be asked for; null: whatever a film asks" }),
  speed: z.object({ seconds: z.number(), perSecond: z.number() }).meta({ description: "Seconds that it takes, plus seconds for each second of what it makes" }),
}).meta({ id: "Model" });
export const Prices = z.object({
  object: z.literal("prices"), card: z.string(),
  lines: z.array(z.object({ tool: z.string(), model: z.string(), unit: z.enum(priceUnits), credits: z.int() })),
  examples: z.array(z.object({ words: z.string(), credits: z.int() })),
  freeAnimatic: z.object({ openRuns: z.int(), shots: z.int(), seconds: z.int() }),
  outcomes: z.array(z.object({ outcome: z.string(), happened: z.string(), pays: z.string(), rule: z.enum(["item", "nothing", "item-if-delivered"]) })),
}).meta({ id: "Prices" });
