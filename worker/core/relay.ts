import { and, eq, isNull, lt } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Ctx } from "./context.ts";
import { events, type EventRow, type Subscription } from "./events.ts";
import { logLine } from "./log.ts";

const deliveries = sqliteTable("event_deliveries", {
  event: text("event").notNull(),
  subscription: text("subscription").notNull(),
  at: integer("at").notNull(),
}, (t) => [primaryKey({ columns: [t.event, t.subscription] })]);

const SWEEP_AFTER_MS = 30_000;
const SWEEP_ROWS_MAX = 100;

/** Hand an event to everyone who hears it. What was delivered is remembered, so that a repeat reaches only those who failed. */
export async function deliver(ctx: Ctx, eventId: string, subscriptions: readonly Subscription[]): Promise<"delivered" | "again"> {
  const event = await ctx.db.select().from(events).where(eq(events.id, eventId)).get();
  if (!event || event.sentAt !== null) return "delivered";
  const hearing = subscriptions.filter((subscription) => subscription.event === event.type);
  const done = new Set(hearing.length === 0 ? [] : (await ctx.db.select().from(deliveries).where(eq(deliveries.event, eventId))).map((row) => row.subscription));
  const results = await Promise.all(hearing.filter(({ name }) => !done.has(name)).map((subscription) => deliverOne(ctx, event, subscription)));
  if (results.includes("again")) return "again";
  await ctx.db.update(events).set({ sentAt: ctx.now() }).where(eq(events.id, eventId));
  return "delivered";
}

async function deliverOne(ctx: Ctx, event: EventRow, { name, handle }: Subscription): Promise<"delivered" | "again"> {
  try {
    await handle(ctx, event);
    await ctx.db.insert(deliveries).values({ event: event.id, subscription: name, at: ctx.now() }).onConflictDoNothing();
    return "delivered";
  } catch (error) {
    logLine({ evt: "event.handler_failed", event: event.id, type: event.type, subscription: name, error: String(error) });
    return "again";
  }
}

/** Wake the readers of events whose message was lost. */
export async function sweepEvents(ctx: Ctx): Promise<void> {
  const rows = await ctx.db.select({ id: events.id }).from(events)
    .where(and(isNull(events.sentAt), lt(events.at, ctx.now() - SWEEP_AFTER_MS))).orderBy(events.at).limit(SWEEP_ROWS_MAX);
  if (rows.length > 0) await ctx.env.EVENTS.sendBatch(rows.map(({ id }) => ({ body: { event: id } })));
}
