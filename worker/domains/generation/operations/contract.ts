import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { jobStatuses } from "../contract.ts";

const Millis = z.int().nonnegative().nullable();

/** How attempts of the last day went. Rates are of attempts that are over. */
export const Health = z.object({
  attempts: z.int(), succeeded: z.int(), failed: z.int(), refused: z.int(), rejected: z.int(), unresolved: z.int(), underWay: z.int(),
  unfetched: z.int().meta({ description: "Made, and its files could never be fetched" }),
  failureRate: z.number().min(0).max(1).nullable().meta({ description: "Failed, not resolved, not to be fetched or of no use, of those that are over and were taken; null while there are none" }),
  p50Ms: Millis, p90Ms: Millis,
  costMicros: z.int().nullable().meta({ description: "What the provider says that they cost, in millionths of a dollar, of those of which it says it (`costsSaid`); null where it says it of none" }),
  costsSaid: z.int().meta({ description: "Attempts of which the provider said what they cost" }),
  costsUnsaid: z.int().meta({ description: "Attempts that it took, and of which it did not say" }),
  estimate: z.object({ attempts: z.int(), micros: z.int() }).nullable().meta({ description: "What was delivered without a cost being said, by the vendor's price list: an estimate, in which what was begun counts whole" }),
  credits: z.int().meta({ description: "Captured for what they made" }),
}).meta({ id: "ProviderHealth" });
export type Health = z.infer<typeof Health>;

export const AdminModel = z.object({
  id: z.string(), label: z.string(), tool: z.string(), lifecycle: z.enum(["active", "deprecated", "sunset", "retired"]), retires: z.string().nullable(), successor: z.string().nullable(),
  price: z.object({ credits: z.int(), unit: z.string(), card: z.string() }).nullable(),
  vendorPrice: z.object({ micros: z.int(), unit: z.string(), version: z.string(), source: z.string() }).nullable(),
  breaker: z.object({ state: z.enum(["closed", "failing", "open"]), failures: z.int(), openUntil: z.iso.datetime().nullable() }), health: Health,
});

export const AdminProvider = z.object({
  object: z.literal("provider"), id: z.string(), name: z.string(), configured: z.boolean(),
  secrets: z.array(z.string()).meta({ description: "Names of the settings that it needs" }),
  gate: z.object({
    leases: z.int(), waiters: z.int(), longestWaitMs: z.int(), throttledUntil: z.iso.datetime().nullable(),
    limits: z.object({ concurrency: z.int(), perMinute: z.int().nullable(), perDay: z.int().nullable() }),
  }).meta({ description: "Who is there, who waits, and what the provider allows" }),
  health: Health, models: z.array(AdminModel),
}).meta({ id: "AdminProvider" });
export type AdminProvider = z.infer<typeof AdminProvider>;

export const FailureGroup = z.object({
  code: z.string(), status: z.enum(["failed", "refused", "expired"]), model: z.string(), tool: z.string(), count: z.int(), studios: z.int(), first: z.iso.datetime(), last: z.iso.datetime(),
  detail: z.string().meta({ description: "As the newest was told" }), jobs: z.array(z.object({ id: z.string(), run: z.string(), studio: z.string() })).meta({ description: "The newest" }),
}).meta({ id: "FailureGroup" });
export type FailureGroup = z.infer<typeof FailureGroup>;

export const QueueStanding = z.object({
  object: z.literal("queue"),
  states: z.array(z.object({ status: z.enum(jobStatuses), tool: z.string(), count: z.int(), oldest: z.iso.datetime() })),
  runsWaiting: z.int().meta({ description: "Runs whose every provider is down" }),
  deadLetters: z.int().meta({ description: "Open findings of messages that were given up" }),
}).meta({ id: "QueueStanding" });

/** An administrator read what a studio's run was told: its film and its words are in it. */
export const recordRead = defineEvent("job.record_read", z.object({ job: z.string(), run: z.string() }), { heard: false });
