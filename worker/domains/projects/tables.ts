import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { aspects, styles } from "#film/film.ts";
import { projectStatuses, publications, scriptFormats, versionReasons } from "./contract.ts";

export const projects = sqliteTable("projects", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  title: text("title").notNull(),
  style: text("style", { enum: styles }).notNull(),
  aspect: text("aspect", { enum: aspects }).notNull(),
  language: text("language").notNull(),
  targetSeconds: integer("target_seconds"),
  status: text("status", { enum: projectStatuses }).notNull(),
  publication: text("publication", { enum: publications }).notNull(),
  filmHash: text("film_hash").notNull(),
  filmVersion: integer("film_version").notNull(),
  scenes: integer("scenes").notNull(),
  shots: integer("shots").notNull(),
  lines: integer("lines").notNull(),
  characters: integer("characters").notNull(),
  seconds: real("seconds").notNull(),
  scriptHash: text("script_hash"),
  scriptFormat: text("script_format", { enum: scriptFormats }),
  scriptVersion: integer("script_version").notNull().default(0),
  scriptSavedAt: integer("script_saved_at"),
  versionedHash: text("versioned_hash"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
}, (table) => [
  index("projects_by_studio").on(table.studio, sql`${table.updatedAt} desc`, sql`${table.id} desc`),
  index("projects_by_unkept_draft").on(table.scriptSavedAt).where(sql`script_hash is not versioned_hash`),
]);
export type ProjectRow = typeof projects.$inferSelect;

export const filmVersions = sqliteTable("film_versions", {
  project: text("project").notNull(),
  version: integer("version").notNull(),
  hash: text("hash").notNull(),
  script: text("script"),
  what: text("what").notNull(),
  at: integer("at").notNull(),
}, (table) => [primaryKey({ columns: [table.project, table.version] })]);
export type FilmVersionRow = typeof filmVersions.$inferSelect;

export const scriptVersions = sqliteTable("script_versions", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  project: text("project").notNull(),
  label: text("label").notNull(),
  reason: text("reason", { enum: versionReasons }).notNull(),
  sha256: text("sha256").notNull(),
  format: text("format", { enum: scriptFormats }).notNull(),
  characters: integer("characters").notNull(),
  createdAt: integer("created_at").notNull(),
}, (table) => [index("script_versions_by_project").on(table.project, sql`${table.createdAt} desc`, sql`${table.id} desc`)]);
export type ScriptVersionRow = typeof scriptVersions.$inferSelect;
