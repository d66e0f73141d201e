import { desc } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ChoiceRecord } from "#film/routing/choose.ts";

export const routings = sqliteTable("routings", {
  job: text("job").primaryKey(),
  quote: text("quote").notNull(),
  studio: text("studio").notNull(),
  /** Of the task: what is learned in one says nothing about another. */
  class: text("class").notNull(),
  model: text("model").notNull(),
  credits: integer("credits").notNull(),
  explored: integer("explored", { mode: "boolean" }).notNull(),
  record: text("record", { mode: "json" }).$type<ChoiceRecord>().notNull(),
  at: integer("at").notNull(),
}, (table) => [index("routings_by_class").on(table.class, desc(table.at)), index("routings_by_age").on(table.at)]);
export type RoutingRow = typeof routings.$inferSelect;

export const modelOutcomes = sqliteTable("model_outcomes", {
  job: text("job").notNull(),
  attempt: integer("attempt").notNull(),
  class: text("class").notNull(),
  model: text("model").notNull(),
  delivered: integer("delivered", { mode: "boolean" }).notNull(),
  seconds: real("seconds"),
  /** Its model's price of the task. */
  credits: integer("credits").notNull(),
  costMicros: integer("cost_micros"),
  take: text("take"),
  accepted: integer("accepted", { mode: "boolean" }),
  judgedAt: integer("judged_at"),
  at: integer("at").notNull(),
}, (table) => [primaryKey({ columns: [table.job, table.attempt] }), index("model_outcomes_by_class").on(table.class, desc(table.at)), index("model_outcomes_by_take").on(table.take)]);

export const studioProviders = sqliteTable("studio_providers", {
  studio: text("studio").primaryKey(),
  allowed: text("allowed", { mode: "json" }).$type<string[]>().notNull(),
  changedAt: integer("changed_at").notNull(),
});

export const modelShutdowns = sqliteTable("model_shutdowns", {
  /** Our id of the model. */
  model: text("model").primaryKey(),
  retires: integer("retires").notNull(),
  seenAt: integer("seen_at").notNull(),
});
