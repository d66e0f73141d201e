import { z } from "@hono/zod-openapi";
import { Job, jobStatuses, Range } from "../contract.ts";

export const QueuedJob = Job.extend({
  title: z.string().nullable().meta({ description: "Of its project" }),
  place: z.object({
    place: z.int().meta({ description: "1 is called next" }), of: z.int().meta({ description: "Those of all studios that wait for the same provider" }), since: z.iso.datetime(),
  }).nullable().meta({ description: "Where it stands in its provider's line; null: it does not stand in one" }),
  retriedAt: z.iso.datetime().nullable().meta({ description: "Where its provider is down: when it is tried again" }),
}).meta({ id: "QueuedJob" });
export type QueuedJob = z.infer<typeof QueuedJob>;

export const FailedJob = Job.extend({ title: z.string().nullable() }).meta({ id: "FailedJob" });

export const Queue = z.object({
  object: z.literal("studio_queue"), states: z.array(z.object({ status: z.enum(jobStatuses), count: z.int(), oldest: z.iso.datetime() })).meta({ description: "Jobs that are not over" }),
  seconds: Range.nullable().meta({ description: "What the jobs that succeeded in the last day took; null where there were none" }),
  jobs: z.array(QueuedJob).meta({ description: "Those that are not over: first what is being made, then what waits, in the order in which it was asked for; a hundred at most" }),
  failed: z.array(FailedJob).meta({ description: "What failed in the last week and has not been tried again since, newest first; thirty at most" }),
}).meta({ id: "StudioQueue" });
export type Queue = z.infer<typeof Queue>;
