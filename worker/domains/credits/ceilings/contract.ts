import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { pageOf } from "#core/page.ts";
import { CREDITS_MAX, ceilingPeriods, ceilingSubjects, EACH } from "#objects/wallet/commands.ts";

const Subject = z.enum(ceilingSubjects).meta({ description: "Whose holds it counts" });
const Period = z.enum(ceilingPeriods).meta({ description: "Calendar days and months of the studio's time zone, or all time" });
const Credits = z.int().min(0).max(CREDITS_MAX);
const Id = z.string().min(1).max(120).meta({ description: "A run's, project's, key's or user's id, or `*`: each of them has this ceiling of its own. For `studio` it does not matter" });

export const PutCeiling = z.object({ subject: Subject, id: Id.default(EACH), period: Period, credits: Credits }).meta({ id: "PutCeiling" });
export type PutCeiling = z.infer<typeof PutCeiling>;

export const ceilingActions = ["lower", "raise", "remove"] as const;

/** The most that somebody may hold and spend. Several that concern one run all bind it. */
export const Ceiling = z.object({
  object: z.literal("ceiling"), subject: Subject, id: z.string(), period: Period, credits: Credits,
  used: z.int().meta({ description: "Held and captured in the period that is now; of one for each, what the one that is nearest to it has used" }),
  usedBy: z.string().nullable().meta({ description: "Who has used most" }),
  resetsAt: z.iso.datetime().nullable().meta({ description: "When the period ends; null: never" }),
  actions: z.array(z.enum(ceilingActions)).meta({ description: "What the caller may do" }),
}).meta({ id: "Ceiling" });
export type Ceiling = z.infer<typeof Ceiling>;

export const Ceilings = pageOf(Ceiling).extend({ timeZone: z.string() }).meta({ id: "Ceilings" });
export type Ceilings = z.infer<typeof Ceilings>;

export const TimeZone = z.object({ timeZone: z.string().min(1).max(64).meta({ description: "An IANA name, such as Europe/Berlin" }) }).meta({ id: "TimeZone" });
export type TimeZone = z.infer<typeof TimeZone>;

/** `credits` null: removed, or none before. */
export const ceilingChanged = defineEvent("wallet.ceiling_changed", z.object({
  subject: Subject, id: z.string(), period: Period, before: Credits.nullable(), credits: Credits.nullable(),
}));
export const timeZoneChanged = defineEvent("wallet.time_zone_changed", z.object({ before: z.string(), timeZone: z.string() }));
