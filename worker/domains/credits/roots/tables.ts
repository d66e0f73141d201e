import { sql } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const roots = sqliteTable("roots", {
  number: integer("number").primaryKey(),
  occasion: text("occasion").notNull().unique(),
  state: text("state", { enum: ["collecting", "signed"] }).notNull(),
  begunAt: integer("begun_at").notNull(),
  cursor: text("cursor").notNull(),
  wallets: integer("wallets").notNull(),
  record: text("record"),
  hash: text("hash"),
  jws: text("jws"),
  root: text("root"),
  signedAt: integer("signed_at"),
}, (table) => [uniqueIndex("roots_by_collecting").on(table.state).where(sql`${table.state} = 'collecting'`)]);
export type RootRow = typeof roots.$inferSelect;

export const rootLeaves = sqliteTable("root_leaves", {
  root: integer("root").notNull(),
  wallet: text("wallet").notNull(),
  seq: integer("seq").notNull(),
  head: text("head").notNull(),
  ord: integer("ord").notNull(),
}, (table) => [primaryKey({ columns: [table.root, table.wallet] }), uniqueIndex("root_leaves_by_ord").on(table.root, table.ord)]);

export const rootNodes = sqliteTable("root_nodes", {
  root: integer("root").notNull(),
  ord: integer("ord").notNull(),
  hash: text("hash").notNull(),
}, (table) => [primaryKey({ columns: [table.root, table.ord] })]);
