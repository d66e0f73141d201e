import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { aspects } from "#film/film.ts";
import type { ContentType } from "#domains/media/index.ts";
import { visibilities } from "./contract.ts";

export const fileRoles = ["video", "captions", "preview", "sprite", "spriteMap", "avif480", "avif960", "webp480", "webp960", "jpeg1280"] as const;
export type FileRole = (typeof fileRoles)[number];

/** A file of a published film: where the studio keeps it, and what names its public copy. */
export interface VideoFile {
  key: string;
  sha256: string;
  contentType: ContentType;
}
export interface VideoFiles {
  files: Partial<Record<FileRole, VideoFile>>;
  /** The poster's dominant colour, `#rrggbb`: the box before the picture is there. */
  color: string | null;
}

export const videos = sqliteTable("videos", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  asset: text("asset").notNull(),
  title: text("title").notNull(),
  description: text("description").notNull(),
  tags: text("tags", { mode: "json" }).$type<string[]>().notNull(),
  visibility: text("visibility", { enum: visibilities }).notNull(),
  state: text("state", { enum: ["live", "taken_down"] }).notNull(),
  aspect: text("aspect", { enum: aspects }).notNull(),
  durationMs: integer("duration_ms").notNull(),
  width: integer("width").notNull(),
  height: integer("height").notNull(),
  language: text("language").notNull(),
  showsScript: integer("shows_script", { mode: "boolean" }).notNull(),
  showsProduction: integer("shows_production", { mode: "boolean" }).notNull(),
  files: text("files", { mode: "json" }).$type<VideoFiles>().notNull(),
  /** Where the frozen details are: R2, JSON. */
  detailsKey: text("details_key").notNull(),
  makerHandle: text("maker_handle").notNull(),
  makerName: text("maker_name").notNull(),
  publishedAt: integer("published_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});
export type VideoRow = typeof videos.$inferSelect;
