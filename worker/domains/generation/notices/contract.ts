import { z } from "@hono/zod-openapi";

export const EndingModel = z.object({
  model: z.string(), label: z.string(), retires: z.iso.datetime(), ended: z.boolean().meta({ description: "Its day has come: nothing is made with it any more" }),
  projects: z.array(z.object({ id: z.string(), title: z.string() })).meta({ description: "Those that have something still to be made with it" }),
}).meta({ id: "EndingModel" });

export const WaitingRun = z.object({
  run: z.string(), project: z.string().nullable(), title: z.string().nullable(), for: z.string().nullable().meta({ description: "What it waits for, in words" }),
  since: z.iso.datetime().nullable(), until: z.iso.datetime().nullable().meta({ description: "When it is tried again" }),
}).meta({ id: "WaitingRun" });

export const Notices = z.object({
  object: z.literal("notices"), ending: z.array(EndingModel).meta({ description: "Models that end, the soonest first. The projects that were changed last are looked at" }),
  unread: z.int().meta({ description: "Projects that were not looked at for `ending`: `GET /models/affected` looks at all" }),
  waiting: z.array(WaitingRun).meta({ description: "Runs that wait for a provider, the longest first" }),
}).meta({ id: "Notices" });
export type Notices = z.infer<typeof Notices>;
