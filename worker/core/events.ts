import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { z } from "zod";
import type { Actor, Ctx } from "./context.ts";
import { batch, type Write } from "./db.ts";

/** Audit log, outbox and reconciliation source in one: the record of what happened commits with the change. */
export const events = sqliteTable("events", {
  id: text("id").primaryKey(),
  studio: text("studio"),
  type: text("type").notNull(),
  subject: text("subject").notNull(),
  actor: text("actor", { mode: "json" }).$type<Actor>().notNull(),
  data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  requestId: text("request_id").notNull(),
  at: integer("at").notNull(),
  sentAt: integer("sent_at"),
});
export type EventRow = typeof events.$inferSelect;

/** A fact in the past tense, `noun.verbed`, about one subject. */
export interface DomainEvent {
  type: string;
  studio: string | null;
  subject: string;
  data: Record<string, unknown>;
}

/** Events that are kept, and that nobody hears: they are not sent to anybody. */
const unheard = new Set<string>();
export const isHeard = (type: string): boolean => !unheard.has(type);

/** Name an event and the shape of its data, beside the noun that it is about. `heard`: whether anybody subscribes to it; what happens often and is only kept costs nothing more. */
export function defineEvent<Shape extends z.ZodObject>(type: string, data: Shape, { heard = true }: { heard?: boolean } = {}) {
  if (!heard) unheard.add(type);
  const make = (studio: string | null, subject: string, values: z.infer<Shape>): DomainEvent => ({ type, studio, subject, data: values });
  return Object.assign(make, { type, data });
}
export type EventType = { type: string };

/** Commit writes and the event as one batch, the event last, then wake its readers. A crash in between is swept by the cron. */
export const commit = (ctx: Ctx, event: DomainEvent, writes: Write[]): Promise<void> => commitAll(ctx, [event], writes);

/** The same where one change is several events. */
export async function commitAll(ctx: Ctx, happened: DomainEvent[], writes: Write[]): Promise<void> {
  const rows = happened.map((event): EventRow => ({ ...event, id: ctx.newId("event"), actor: ctx.actor, requestId: ctx.requestId, at: ctx.now(), sentAt: isHeard(event.type) ? null : ctx.now() }));
  await batch(ctx.db, [...writes, ...insertEvents(ctx, rows)]);
  for (const { id, sentAt } of rows) if (sentAt === null) ctx.later(ctx.env.EVENTS.send({ event: id }).catch(() => undefined));
}

/** Of many, one statement: an invocation may make a thousand. */
function insertEvents(ctx: Ctx, rows: readonly EventRow[]): Write[] {
  const [first, ...others] = rows;
  if (!first) return [];
  if (others.length === 0) return [ctx.db.insert(events).values(first)];
  return [ctx.db.insert(events).select(sql`select value ->> 'id', value ->> 'studio', value ->> 'type', value ->> 'subject', value -> 'actor', value -> 'data', value ->> 'requestId', value ->> 'at', value ->> 'sentAt' from json_each(${JSON.stringify(rows)})`)];
}

/** What hears an event. Idempotent by the event's id; it may be called more than once and out of order. */
export type EventHandler = (ctx: Ctx, event: EventRow) => Promise<void>;
export interface Subscription {
  event: string;
  name: string;
  handle: EventHandler;
}
