import type { CeilingPeriod, CeilingSubject } from "#lib/api/ceilings.ts";
import * as m from "#lib/paraglide/messages.js";

const each: Record<CeilingSubject, () => string> = { run: m.ceiling_each_run, project: m.ceiling_each_project, apiKey: m.ceiling_each_key, member: m.ceiling_each_member, studio: m.ceiling_studio };
/** `Each project`, `The whole studio` */
export const eachName = (subject: CeilingSubject): string => each[subject]();

const one: Record<CeilingSubject, () => string> = { run: m.ceiling_one_run, project: m.ceiling_one_project, apiKey: m.ceiling_one_key, member: m.ceiling_one_member, studio: m.ceiling_studio };
/** `One project` */
export const oneName = (subject: CeilingSubject): string => one[subject]();

const period: Record<CeilingPeriod, () => string> = { day: m.ceiling_day, month: m.ceiling_month, absolute: m.ceiling_absolute };
/** `a day`, `in all` */
export const periodName = (value: CeilingPeriod): string => period[value]();

const reached: Record<CeilingSubject, () => string> = { run: m.refused_ceiling_run, project: m.refused_ceiling_project, apiKey: m.refused_ceiling_key, member: m.refused_ceiling_member, studio: m.refused_ceiling_studio };
/** `The ceiling of this project` */
export const reachedName = (subject: string): string => (Object.hasOwn(reached, subject) ? reached[subject as CeilingSubject]() : m.refused_ceiling_studio());
export const isPeriod = (value: unknown): value is CeilingPeriod => typeof value === "string" && Object.hasOwn(period, value);
