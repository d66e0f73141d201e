import { eq, inArray, isNotNull, sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { packCodes, planCodes } from "#domains/credits/index.ts";
import type { ClawBackInput, GrantInput } from "#objects/wallet/commands.ts";

/** See migrations/0008_plans_and_billing.sql for what each of these is for. */
export const stripeEvents = sqliteTable("stripe_events", {
  id: text("id").primaryKey(),
  type: text("type").notNull(),
  object: text("object").notNull(),
  apiVersion: text("api_version"),
  receivedAt: integer("received_at").notNull(),
  handledAt: integer("handled_at"),
  note: text("note"),
}, (table) => [index("stripe_events_by_object").on(table.object, table.receivedAt)]);
export type StripeEventRow = typeof stripeEvents.$inferSelect;

export const stripePrices = sqliteTable("stripe_prices", {
  price: text("price").primaryKey(),
  code: text("code", { enum: [...planCodes, ...packCodes] }).notNull(),
  cents: integer("cents").notNull(),
  madeAt: integer("made_at").notNull(),
}, (table) => [unique().on(table.code, table.cents)]);

export const checkouts = sqliteTable("checkouts", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  kind: text("kind", { enum: ["plan", "pack"] }).notNull(),
  code: text("code", { enum: [...planCodes, ...packCodes] }).notNull(),
  session: text("session").notNull().unique(),
  url: text("url").notNull(),
  state: text("state", { enum: ["open", "waiting", "complete", "expired"] }).notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  checkedAt: integer("checked_at").notNull(),
}, (table) => [
  uniqueIndex("checkouts_open_plan").on(table.studio).where(sql`${table.kind} = 'plan' and ${table.state} = 'open'`),
  index("checkouts_open").on(table.checkedAt).where(inArray(table.state, ["open", "waiting"])),
]);
export type CheckoutRow = typeof checkouts.$inferSelect;

export const grantKinds = ["period", "upgrade", "pack", "top_up", "refund", "refund_failed", "dispute", "dispute_won"] as const;
/** The exact command that a wallet is sent, and sent again until it has it. */
export type WalletCommand = ({ type: "grant" } & GrantInput) | ({ type: "clawBack" } & ClawBackInput);

export const grants = sqliteTable("grants", {
  key: text("key").primaryKey(),
  studio: text("studio").notNull(),
  kind: text("kind", { enum: grantKinds }).notNull(),
  purchase: text("purchase").notNull(),
  credits: integer("credits").notNull(),
  amountCents: integer("amount_cents").notNull(),
  currency: text("currency").notNull(),
  command: text("command", { mode: "json" }).$type<WalletCommand>(),
  state: text("state", { enum: ["pending", "done", "refused"] }).notNull(),
  invoice: text("invoice"),
  session: text("session"),
  paymentIntent: text("payment_intent"),
  charge: text("charge"),
  at: integer("at").notNull(),
  doneAt: integer("done_at"),
}, (table) => [
  index("grants_by_studio").on(table.studio, sql`${table.at} desc`),
  index("grants_by_purchase").on(table.purchase, table.at),
  index("grants_by_payment").on(table.paymentIntent).where(isNotNull(table.paymentIntent)),
  index("grants_pending").on(table.at).where(eq(table.state, "pending")),
]);
export type GrantRow = typeof grants.$inferSelect;

export const topUps = sqliteTable("top_ups", {
  studio: text("studio").primaryKey(),
  enabled: integer("enabled", { mode: "boolean" }).notNull(),
  belowCredits: integer("below_credits").notNull(),
  pack: text("pack", { enum: packCodes }).notNull(),
  monthlyCeilingCents: integer("monthly_ceiling_cents").notNull(),
  failures: integer("failures").notNull(),
  offReason: text("off_reason", { enum: ["failures"] }),
  retryAt: integer("retry_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});
export type TopUpRow = typeof topUps.$inferSelect;

export const topUpCharges = sqliteTable("top_up_charges", {
  id: text("id").primaryKey(),
  studio: text("studio").notNull(),
  month: text("month").notNull(),
  number: integer("number").notNull(),
  pack: text("pack", { enum: packCodes }).notNull(),
  amountCents: integer("amount_cents").notNull(),
  state: text("state", { enum: ["pending", "paid", "failed"] }).notNull(),
  invoice: text("invoice").unique(),
  at: integer("at").notNull(),
  doneAt: integer("done_at"),
}, (table) => [unique().on(table.studio, table.month, table.number), uniqueIndex("top_up_charges_pending").on(table.studio).where(eq(table.state, "pending"))]);
export type TopUpChargeRow = typeof topUpCharges.$inferSelect;

export const walletWarnings = sqliteTable("wallet_warnings", {
  studio: text("studio").notNull(),
  reference: text("reference").notNull(),
  level: text("level", { enum: ["low", "nearly_empty", "ceiling"] }).notNull(),
  at: integer("at").notNull(),
}, (table) => [primaryKey({ columns: [table.studio, table.reference, table.level] })]);
