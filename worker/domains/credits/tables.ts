import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { isNotNull, sql } from "drizzle-orm";

/** Projections of the wallets' objects, written by them alone: see migrations/0002_credits.sql. */
export const walletEntries = sqliteTable("wallet_entries", {
  wallet: text("wallet").notNull(),
  seq: integer("seq").notNull(),
  at: integer("at").notNull().generatedAlwaysAs(sql`body ->> 'at'`),
  kind: text("kind").notNull().generatedAlwaysAs(sql`body ->> 'kind'`),
  hold: text("hold").generatedAlwaysAs(sql`body ->> 'hold'`),
  item: text("item").generatedAlwaysAs(sql`body ->> 'item'`),
  reason: text("reason").generatedAlwaysAs(sql`body ->> 'reason'`),
  /** Of grants and claw-backs: the key of their command, which says what they were for. */
  cause: text("cause").generatedAlwaysAs(sql`iif(body ->> 'kind' in ('grant', 'claw_back'), body ->> 'key', null)`),
  available: integer("available").notNull(),
  held: integer("held").notNull(),
  spent: integer("spent").notNull(),
  body: text("body").notNull(),
  hash: text("hash").notNull(),
}, (table) => [
  primaryKey({ columns: [table.wallet, table.seq] }),
  index("wallet_entries_by_hold").on(table.wallet, table.hold, table.seq).where(isNotNull(table.hold)),
]);

export const wallets = sqliteTable("wallets", {
  wallet: text("wallet").primaryKey(),
  available: integer("available").notNull(),
  held: integer("held").notNull(),
  debt: integer("debt").notNull(),
  spent: integer("spent").notNull(),
  nextExpiry: integer("next_expiry"),
  frozen: text("frozen"),
  head: text("head").notNull(),
  seq: integer("seq").notNull(),
  at: integer("at").notNull(),
});

const holdStates = ["open", "settled", "failed", "cancelled", "compensated", "expired"] as const;

export const walletHolds = sqliteTable("wallet_holds", {
  wallet: text("wallet").notNull(),
  hold: text("hold").notNull(),
  run: text("run").notNull(),
  project: text("project"),
  member: text("member"),
  apiKey: text("api_key"),
  state: text("state", { enum: holdStates }).notNull(),
  credits: integer("credits").notNull(),
  captured: integer("captured").notNull(),
  remaining: integer("remaining").notNull(),
  openedAt: integer("opened_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  closedAt: integer("closed_at"),
  seq: integer("seq").notNull(),
}, (table) => [
  primaryKey({ columns: [table.wallet, table.hold] }),
  index("wallet_holds_by_open_expiry").on(table.expiresAt).where(sql`${table.state} = 'open'`),
  index("wallet_holds_by_project").on(table.wallet, table.project, sql`${table.openedAt} desc`),
]);
