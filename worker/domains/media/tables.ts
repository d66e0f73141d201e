import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const assets = sqliteTable("assets", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project"),
  kind: text("kind").notNull(),
  node: text("node"),
  take: text("take"),
  role: text("role").notNull(),
  /** Where it is in R2. */
  key: text("key").notNull(),
  contentType: text("content_type").notNull(),
  bytes: integer("bytes").notNull(),
  sha256: text("sha256").notNull(),
  durationMs: integer("duration_ms"),
  width: integer("width"),
  height: integer("height"),
  createdAt: integer("created_at").notNull(),
});
export type AssetRow = typeof assets.$inferSelect;

export const uploads = sqliteTable("uploads", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project"),
  filename: text("filename").notNull(),
  contentType: text("content_type").notNull(),
  bytes: integer("bytes").notNull(),
  sha256: text("sha256"),
  key: text("key").notNull(),
  status: text("status", { enum: ["waiting", "ready", "failed"] }).notNull(),
  asset: text("asset"),
  problem: text("problem", { mode: "json" }).$type<{ code: "upload.mismatch" | "upload.unsupported"; detail: string }>(),
  createdAt: integer("created_at").notNull(),
});
export type UploadRow = typeof uploads.$inferSelect;
