import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { NodeId, NodeKind, TakeFacts } from "#film/film.ts";
import type { JobState, RunState } from "#film/next.ts";
import type { RefusalStage } from "#film/outcomes.ts";
import type { Target } from "#film/plan.ts";
import type { TaskTarget } from "#objects/run/snapshot.ts";

export const quotes = sqliteTable("quotes", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  target: text("target", { mode: "json" }).$type<Target | TaskTarget>().notNull(),
  status: text("status", { enum: ["open", "used"] }).notNull(),
  run: text("run"),
  credits: integer("credits").notNull(),
  steps: integer("steps").notNull(),
  filmVersion: integer("film_version").notNull(),
  priceCard: text("price_card").notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  /** How long its run was expected to take. */
  secondsP50: real("seconds_p50"),
  secondsP90: real("seconds_p90"),
});
export type QuoteRow = typeof quotes.$inferSelect;

export const runs = sqliteTable("runs", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  quote: text("quote").notNull(),
  target: text("target", { mode: "json" }).$type<Target | TaskTarget>().notNull(),
  status: text("status").$type<RunState>().notNull(),
  waitingFor: text("waiting_for"),
  waitingUntil: integer("waiting_until"),
  creditsQuoted: integer("credits_quoted").notNull(),
  creditsHeld: integer("credits_held").notNull(),
  creditsCaptured: integer("credits_captured").notNull(),
  creditsReturned: integer("credits_returned").notNull(),
  progress: integer("progress").notNull(),
  remainingP50: real("remaining_p50"),
  remainingP90: real("remaining_p90"),
  free: integer("free", { mode: "boolean" }).notNull(),
  jobCounts: text("job_counts", { mode: "json" }).$type<Partial<Record<JobState, number>>>().notNull(),
  createdAt: integer("created_at").notNull(),
  deadlineAt: integer("deadline_at").notNull(),
  finishedAt: integer("finished_at"),
  seq: integer("seq").notNull(),
});
export type RunRow = typeof runs.$inferSelect;

export const jobs = sqliteTable("jobs", {
  id: text("id").primaryKey(),
  run: text("run").notNull(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  node: text("node").notNull(),
  kind: text("kind").$type<NodeKind>().notNull(),
  label: text("label").notNull(),
  tool: text("tool").notNull(),
  model: text("model").notNull(),
  provider: text("provider").notNull(),
  status: text("status").$type<JobState>().notNull(),
  attempts: integer("attempts").notNull(),
  priority: integer("priority").notNull(),
  progress: integer("progress").notNull(),
  step: text("step").notNull(),
  remainingLow: real("remaining_low"),
  remainingHigh: real("remaining_high"),
  creditsQuoted: integer("credits_quoted").notNull(),
  creditsCaptured: integer("credits_captured").notNull(),
  problemCode: text("problem_code"),
  problemDetail: text("problem_detail"),
  refusalStage: text("refusal_stage").$type<RefusalStage>(),
  take: text("take"),
  /** Of the take, or while it is still to be made, of what was quoted; null where it has no length, or none that is known yet. */
  frames: integer("frames"),
  ord: integer("ord").notNull(),
  createdAt: integer("created_at").notNull(),
  startedAt: integer("started_at"),
  finishedAt: integer("finished_at"),
  seq: integer("seq").notNull(),
});
export type JobRow = typeof jobs.$inferSelect;

export const runLog = sqliteTable("run_log", {
  run: text("run").notNull(), seq: integer("seq").notNull(), at: integer("at").notNull(), type: text("type").notNull(), subject: text("subject").notNull(), data: text("data").notNull(),
});

export const decisions = sqliteTable("decisions", {
  job: text("job").notNull(), attempt: integer("attempt").notNull(), run: text("run").notNull(), model: text("model").notNull(), provider: text("provider").notNull(), why: text("why").notNull(), at: integer("at").notNull(),
  /** The provider's id of the submission, once it is known. */
  ticket: text("ticket"),
  /** How it ended, and when; what it cost us, in millionths of a dollar, where the provider says so. */
  outcome: text("outcome"),
  endedAt: integer("ended_at"),
  costMicros: integer("cost_micros"),
}, (table) => [index("decisions_at").on(table.at, table.provider, table.model, table.outcome, table.endedAt, table.costMicros)]);

export const claims = sqliteTable("claims", { project: text("project").notNull(), fingerprint: text("fingerprint").notNull(), run: text("run").notNull() });

export const openRuns = sqliteTable("open_runs", {
  run: text("run").primaryKey(), studio: text("studio").notNull(), project: text("project").notNull(), free: integer("free", { mode: "boolean" }).notNull(), openedAt: integer("opened_at").notNull(),
});

export const takes = sqliteTable("takes", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  node: text("node").$type<NodeId>().notNull(),
  kind: text("kind").$type<NodeKind>().notNull(),
  fingerprint: text("fingerprint").notNull(),
  variant: integer("variant").notNull(),
  tool: text("tool").notNull(),
  model: text("model").notNull(),
  modelVersion: text("model_version"),
  provider: text("provider").notNull(),
  frames: integer("frames"),
  credits: integer("credits").notNull(),
  assets: text("assets", { mode: "json" }).$type<TakeFacts["assets"]>().notNull(),
  facts: text("facts", { mode: "json" }).$type<TakeFacts["values"]>().notNull(),
  quote: text("quote").notNull(),
  run: text("run").notNull(),
  job: text("job").notNull(),
  /** JWS of the manifest's canonical JSON. */
  manifest: text("manifest").notNull(),
  createdAt: integer("created_at").notNull(),
});
export type TakeRow = typeof takes.$inferSelect;
