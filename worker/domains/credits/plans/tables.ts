import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { isNotNull } from "drizzle-orm";
import { planCodes, subscriptionStatuses } from "./contract.ts";

/** A studio's subscription as Stripe last told us. See migrations/0008_plans_and_billing.sql. */
export const subscriptions = sqliteTable("subscriptions", {
  studio: text("studio").primaryKey(),
  plan: text("plan", { enum: planCodes }).notNull(),
  status: text("status", { enum: subscriptionStatuses }).notNull(),
  customer: text("customer").unique(),
  subscription: text("subscription").unique(),
  item: text("item"),
  schedule: text("schedule"),
  periodStart: integer("period_start"),
  periodEnd: integer("period_end"),
  cancelAt: integer("cancel_at"),
  pendingPlan: text("pending_plan", { enum: planCodes }),
  pendingAt: integer("pending_at"),
  graceUntil: integer("grace_until"),
  payUrl: text("pay_url"),
  revision: integer("revision").notNull(),
  syncedAt: integer("synced_at").notNull(),
  createdAt: integer("created_at").notNull(),
}, (table) => [index("subscriptions_by_end").on(table.periodEnd).where(isNotNull(table.subscription))]);
export type SubscriptionRow = typeof subscriptions.$inferSelect;
