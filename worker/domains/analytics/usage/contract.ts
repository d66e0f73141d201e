import { z } from "@hono/zod-openapi";

export const usageBys = ["day", "project", "tool", "member", "key", "model"] as const;
export type UsageBy = (typeof usageBys)[number];
export const usageFormats = ["json", "csv"] as const;

/** The longest time that is told of at once, and the time where none is asked for. */
export const DAYS_MAX = 400;
export const DAYS_DEFAULT = 30;

export const UsageQuery = z.object({
  from: z.iso.date().optional().openapi({ description: "The first day, in the studio's time zone" }),
  to: z.iso.date().optional().openapi({ description: "The last day; today where it is left out" }),
  by: z.enum(usageBys).default("day"),
  format: z.enum(usageFormats).optional().openapi({ description: "`csv` answers a file, as does `Accept: text/csv`" }),
});
export type UsageQuery = z.infer<typeof UsageQuery>;

const figures = {
  credits: z.object({
    captured: z.int().meta({ description: "Paid, when it was captured" }), quoted: z.int().meta({ description: "Of jobs that ended" }), returned: z.int().meta({ description: "Of jobs that ended: quoted, and not captured" }),
  }),
  jobs: z.object({
    delivered: z.int().meta({ description: "Made, and not found made already" }), failed: z.int(), refused: z.int(), cancelled: z.int(), expired: z.int(),
  }).meta({ description: "That ended, by how they ended" }),
  seconds: z.number().meta({ description: "Length of what was delivered, where it has one" }),
};
export const UsageRow = z.object({
  id: z.string().nullable().meta({ description: "A day, or what it was used for; null for what belongs to none" }), name: z.string().nullable().meta({ description: "For people; null where it has none any more" }), ...figures,
}).meta({ id: "UsageRow" });
export type UsageRow = z.infer<typeof UsageRow>;
export const Usage = z.object({
  object: z.literal("usage"), by: z.enum(usageBys), from: z.iso.date(), to: z.iso.date(), timeZone: z.string(), totals: z.object(figures), data: z.array(UsageRow),
}).meta({ id: "Usage" });
export type Usage = z.infer<typeof Usage>;

export const UsageSummary = z.object({
  object: z.literal("usage_summary"), from: z.iso.datetime(), to: z.iso.datetime(),
  credits: z.object({ spent: z.int(), byBucket: z.array(z.object({ bucket: z.string(), spent: z.int() })) }),
  runs: z.object({ opened: z.int(), free: z.int() }),
  quotes: z.object({
    runs: z.int().meta({ description: "Runs of this time that are over and were not free" }), quoted: z.int(), captured: z.int(),
    share: z.number().nullable().meta({ description: "Captured of quoted, the mean of the runs; null without any" }), exceeded: z.int().meta({ description: "Runs that cost more than their quote" }),
  }),
}).meta({ id: "UsageSummary" });
export type UsageSummary = z.infer<typeof UsageSummary>;
