import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { findingStates, grantBuckets, proposalKinds, proposalStates, runStates, severities } from "./contract.ts";

const isOpen = sql`state = 'open'`;

/** The one home of everything that is not as it should be; wallets and runs write here as well (migrations 0001 and 0010). */
export const findings = sqliteTable("findings", {
  id: text("id").primaryKey(),
  studio: text("studio"),
  source: text("source").notNull(),
  severity: text("severity", { enum: severities }).notNull(),
  subject: text("subject").notNull(),
  detail: text("detail").notNull(),
  data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  state: text("state", { enum: findingStates }).notNull().default("open"),
  at: integer("at").notNull(),
  unit: text("unit"),
  run: text("run"),
  project: text("project"),
  entry: integer("entry"),
  credits: integer("credits"),
  explanation: text("explanation"),
  seenAt: integer("seen_at"),
  repairedAt: integer("repaired_at"),
  resolvedAt: integer("resolved_at"),
  resolvedBy: text("resolved_by"),
  resolution: text("resolution"),
  mailedAt: integer("mailed_at"),
}, (table) => [
  index("findings_by_state").on(table.state, sql`${table.at} desc`),
  index("findings_by_time").on(sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_of_severity").on(table.severity, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_of_studio").on(table.studio, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_of_source").on(table.source, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_by_severity").on(table.severity, table.state, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_by_studio").on(table.studio, table.state, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_by_source").on(table.source, table.state, sql`${table.at} desc`, sql`${table.id} desc`),
  index("findings_by_unit").on(table.source, table.unit).where(isOpen),
  index("findings_by_project").on(table.project, sql`${table.at} desc`).where(isOpen),
  index("findings_unmailed").on(table.at).where(sql`severity = 'critical' and mailed_at is null`),
]);
export type FindingRow = typeof findings.$inferSelect;

export const findingNotes = sqliteTable("finding_notes", {
  id: text("id").primaryKey(),
  finding: text("finding").notNull(),
  kind: text("kind", { enum: ["note", "resolved", "reopened", "proposal"] }).notNull(),
  author: text("author").notNull(),
  text: text("text").notNull(),
  at: integer("at").notNull(),
}, (table) => [index("finding_notes_by_finding").on(table.finding, table.at, table.id)]);
export type NoteRow = typeof findingNotes.$inferSelect;

/** What a check has done in a run. */
export interface Count {
  examined: number;
  differences: number;
  repaired: number;
  state: "waiting" | "running" | "done" | "failed";
}

/** Where a run goes on: at which check, and where in it. */
export interface Position {
  check: number;
  at: unknown;
}

export const reconciliationRuns = sqliteTable("reconciliation_runs", {
  id: text("id").primaryKey(),
  scope: text("scope").notNull(),
  cause: text("cause", { enum: ["night", "asked"] }).notNull(),
  requestedBy: text("requested_by"),
  state: text("state", { enum: runStates }).notNull(),
  position: text("position", { mode: "json" }).$type<Position>().notNull(),
  turn: integer("turn").notNull().default(0),
  tries: integer("tries").notNull().default(0),
  counts: text("counts", { mode: "json" }).$type<Record<string, Count>>().notNull(),
  problem: text("problem"),
  startedAt: integer("started_at").notNull(),
  steppedAt: integer("stepped_at").notNull(),
  finishedAt: integer("finished_at"),
}, (table) => [
  uniqueIndex("reconciliation_runs_one_at_a_time").on(table.scope).where(sql`state = 'running'`),
  index("reconciliation_runs_by_time").on(sql`${table.startedAt} desc`, sql`${table.id} desc`),
  index("reconciliation_runs_by_scope").on(table.scope, sql`${table.startedAt} desc`, sql`${table.id} desc`),
]);
export type RunRow = typeof reconciliationRuns.$inferSelect;

export const proposals = sqliteTable("proposals", {
  id: text("id").primaryKey(),
  kind: text("kind", { enum: proposalKinds }).notNull(),
  studio: text("studio").notNull(),
  bucket: text("bucket", { enum: grantBuckets }),
  credits: integer("credits"),
  upto: integer("upto"),
  head: text("head"),
  reason: text("reason").notNull(),
  finding: text("finding"),
  state: text("state", { enum: proposalStates }).notNull(),
  proposedBy: text("proposed_by").notNull(),
  proposedAt: integer("proposed_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  decidedBy: text("decided_by"),
  decidedAt: integer("decided_at"),
  command: text("command"),
  executedAt: integer("executed_at"),
  entry: integer("entry"),
  failure: text("failure"),
}, (table) => [
  index("proposals_by_time").on(sql`${table.proposedAt} desc`, sql`${table.id} desc`),
  index("proposals_by_state").on(table.state, sql`${table.proposedAt} desc`, sql`${table.id} desc`),
  index("proposals_by_studio").on(table.studio, sql`${table.proposedAt} desc`, sql`${table.id} desc`),
]);
export type ProposalRow = typeof proposals.$inferSelect;

export const providerStatements = sqliteTable("provider_statements", {
  id: text("id").primaryKey(),
  provider: text("provider").notNull(),
  period: text("period").notNull(),
  source: text("source", { enum: ["csv", "api"] }).notNull(),
  sha256: text("sha256").notNull(),
  charges: integer("charges").notNull(),
  costMicros: integer("cost_micros").notNull(),
  importedBy: text("imported_by").notNull(),
  importedAt: integer("imported_at").notNull(),
}, (table) => [unique().on(table.provider, table.sha256), index("provider_statements_by_time").on(sql`${table.importedAt} desc`, sql`${table.id} desc`)]);
export type StatementRow = typeof providerStatements.$inferSelect;

export const providerCharges = sqliteTable("provider_charges", {
  statement: text("statement").notNull(),
  line: integer("line").notNull(),
  provider: text("provider").notNull(),
  charge: text("charge").notNull(),
  model: text("model").notNull(),
  status: text("status").notNull(),
  costMicros: integer("cost_micros").notNull(),
  createdAt: integer("created_at").notNull(),
}, (table) => [primaryKey({ columns: [table.statement, table.line] }), index("provider_charges_by_charge").on(table.provider, table.charge)]);
export type ChargeRow = typeof providerCharges.$inferSelect;
