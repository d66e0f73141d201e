import { z } from "@hono/zod-openapi";

/** What the hub pushes over `GET /api/v1/live`, and `GET /api/v1/live/events?after=` answers to those who poll. `id` grows by one per studio; a client sends the last it saw. */
export const LiveMessage = z.object({
  id: z.int(),
  type: z.enum(["run", "job", "wallet", "project", "upload", "video", "notification"]),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: z.iso.datetime(),
}).meta({ id: "LiveMessage" });
export type LiveMessage = z.infer<typeof LiveMessage>;

export const LiveQuery = z.object({ after: z.coerce.number().int().nonnegative().optional().meta({ description: "The last id that you saw; without it, only what comes from now on" }) });
export const LivePage = z.object({
  data: z.array(LiveMessage), last: z.int().meta({ description: "Send it as `after` next time" }),
  complete: z.boolean().meta({ description: "False where some messages between are gone: read anew what you show" }),
}).meta({ id: "LivePage" });
