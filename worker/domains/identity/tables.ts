import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { roles, type Scope } from "#core/context.ts";

const time = (name: string) => integer(name, { mode: "timestamp_ms" });

/** The four tables that better-auth reads and writes, by the property names that it expects. */
export const users = sqliteTable("users", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: integer("email_verified", { mode: "boolean" }).notNull().default(false),
  image: text("image"),
  admin: integer("admin", { mode: "boolean" }).notNull().default(false),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

export const sessions = sqliteTable("sessions", {
  id: text("id").primaryKey(),
  token: text("token").notNull().unique(),
  userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  ipAddress: text("ip_address"),
  userAgent: text("user_agent"),
  expiresAt: time("expires_at").notNull(),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
}, (table) => [index("sessions_by_user").on(table.userId, table.expiresAt)]);

export const accounts = sqliteTable("accounts", {
  id: text("id").primaryKey(),
  accountId: text("account_id").notNull(),
  providerId: text("provider_id").notNull(),
  userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  accessToken: text("access_token"),
  refreshToken: text("refresh_token"),
  idToken: text("id_token"),
  accessTokenExpiresAt: time("access_token_expires_at"),
  refreshTokenExpiresAt: time("refresh_token_expires_at"),
  scope: text("scope"),
  password: text("password"),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
}, (table) => [unique().on(table.providerId, table.accountId), index("accounts_by_user").on(table.userId)]);

export const verifications = sqliteTable("verifications", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: time("expires_at").notNull(),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
}, (table) => [index("verifications_by_identifier").on(table.identifier)]);

export const rateLimits = sqliteTable("rate_limits", {
  key: text("key").primaryKey(),
  count: integer("count").notNull(),
  windowAt: integer("window_at").notNull(),
  endsAt: integer("ends_at").notNull(),
}, (table) => [index("rate_limits_by_end").on(table.endsAt)]);

export const studios = sqliteTable("studios", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  handle: text("handle").notNull().unique(),
  bio: text("bio").notNull().default(""),
  personalOf: text("personal_of").unique(),
  createdAt: integer("created_at").notNull(),
});
export type StudioRow = typeof studios.$inferSelect;

export const members = sqliteTable("members", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull().references(() => studios.id, { onDelete: "cascade" }),
  userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  role: text("role", { enum: roles }).notNull(),
  createdAt: integer("created_at").notNull(),
}, (table) => [unique().on(table.studio, table.userId), index("members_by_user").on(table.userId, table.createdAt)]);
export type MemberRow = typeof members.$inferSelect;

export const invites = sqliteTable("invites", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull().references(() => studios.id, { onDelete: "cascade" }),
  email: text("email").notNull(),
  role: text("role", { enum: roles }).notNull(),
  status: text("status", { enum: ["pending", "accepted", "cancelled"] }).notNull(),
  invitedBy: text("invited_by"),
  expiresAt: integer("expires_at").notNull(),
  createdAt: integer("created_at").notNull(),
}, (table) => [index("invites_by_studio").on(table.studio, sql`${table.createdAt} desc`), index("invites_by_email").on(table.email)]);
export type InviteRow = typeof invites.$inferSelect;

export const apiKeys = sqliteTable("api_keys", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull().references(() => studios.id, { onDelete: "cascade" }),
  madeBy: text("made_by").notNull(),
  name: text("name").notNull(),
  prefix: text("prefix").notNull(),
  hash: text("hash").notNull().unique(),
  scopes: text("scopes", { mode: "json" }).$type<Scope[]>().notNull(),
  requestsPer10Seconds: integer("requests_per_10_seconds").notNull(),
  windowAt: integer("window_at").notNull().default(0),
  windowCount: integer("window_count").notNull().default(0),
  lastUsedAt: integer("last_used_at"),
  expiresAt: integer("expires_at"),
  revokedAt: integer("revoked_at"),
  createdAt: integer("created_at").notNull(),
}, (table) => [index("api_keys_by_studio").on(table.studio, sql`${table.createdAt} desc`)]);
export type ApiKeyRow = typeof apiKeys.$inferSelect;

export const administrators = sqliteTable("administrators", {
  user: text("user").primaryKey(),
  grantedBy: text("granted_by").notNull(),
  reason: text("reason").notNull(),
  grantedAt: integer("granted_at").notNull(),
});
