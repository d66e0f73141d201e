import { isNotNull, isNull, sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { transactionKinds, type TransactionKind } from "./contract.ts";

export const partners = sqliteTable("partners", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  studio: text("studio"),
  kinds: text("kinds", { mode: "json" }).$type<TransactionKind[]>().notNull(),
  version: integer("version").notNull(),
  earlier: text("earlier", { mode: "json" }).$type<{ version: number; until: number }[]>().notNull(),
  madeBy: text("made_by").notNull(),
  createdAt: integer("created_at").notNull(),
  rotatedAt: integer("rotated_at"),
  revokedAt: integer("revoked_at"),
}, (table) => [
  uniqueIndex("partners_by_name").on(table.name).where(isNull(table.revokedAt)),
  index("partners_newest").on(sql`${table.createdAt} desc`, sql`${table.id} desc`),
]);
export type PartnerRow = typeof partners.$inferSelect;

export const transactions = sqliteTable("transactions", {
  id: text("id").primaryKey(),
  partner: text("partner").notNull(),
  studio: text("studio").notNull(),
  kind: text("kind", { enum: transactionKinds }).notNull(),
  reference: text("reference").notNull(),
  idempotencyKey: text("idempotency_key").notNull(),
  inputHash: text("input_hash").notNull(),
  amountCents: integer("amount_cents"),
  currency: text("currency"),
  description: text("description"),
  project: text("project"),
  run: text("run"),
  job: text("job"),
  provider: text("provider"),
  model: text("model"),
  estimatedTokens: integer("estimated_tokens"),
  actualTokens: integer("actual_tokens"),
  occurredAt: integer("occurred_at").notNull(),
  recordedAt: integer("recorded_at").notNull(),
}, (table) => [
  unique().on(table.partner, table.reference),
  unique().on(table.partner, table.idempotencyKey),
  index("transactions_by_studio").on(table.studio, sql`${table.recordedAt} desc`, sql`${table.id} desc`),
  index("transactions_by_studio_kind").on(table.studio, table.kind, sql`${table.recordedAt} desc`, sql`${table.id} desc`),
  index("transactions_by_project").on(table.project, sql`${table.recordedAt} desc`, sql`${table.id} desc`).where(isNotNull(table.project)),
  index("transactions_by_partner").on(table.partner, sql`${table.recordedAt} desc`, sql`${table.id} desc`),
]);
export type TransactionRow = typeof transactions.$inferSelect;

export const tokenTotals = sqliteTable("token_totals", {
  project: text("project").notNull(),
  provider: text("provider").notNull(),
  model: text("model").notNull(),
  studio: text("studio").notNull(),
  uses: integer("uses").notNull(),
  estimated: integer("estimated").notNull(),
  actual: integer("actual").notNull(),
  differs: integer("differs", { mode: "boolean" }).notNull().default(false),
}, (table) => [primaryKey({ columns: [table.project, table.provider, table.model] })]);
export type TokenTotalRow = typeof tokenTotals.$inferSelect;
