import { isNotNull, ne } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { packageStates } from "./contract.ts";

/** See migrations/0018_packages.sql for what each of these is for. */
export const packages = sqliteTable("packages", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  video: text("video").notNull(),
  sourceKey: text("source_key").notNull(),
  sha256: text("sha256").notNull(),
  state: text("state", { enum: packageStates }).notNull(),
  uid: text("uid"),
  attempts: integer("attempts").notNull(),
  silences: integer("silences").notNull(),
  failure: text("failure"),
  sentAt: integer("sent_at"),
  dueAt: integer("due_at"),
  revision: integer("revision").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
}, (table) => [
  uniqueIndex("packages_of_video").on(table.video).where(ne(table.state, "removing")),
  index("packages_by_video").on(table.video),
  index("packages_due").on(table.dueAt).where(isNotNull(table.dueAt)),
]);
export type PackageRow = typeof packages.$inferSelect;
