import type { UsageBy } from "#lib/api/usage.ts";

const kinds: readonly UsageBy[] = ["day", "project", "tool", "member", "key", "model"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What an address asks for; anything else is left to what is usual. */
export const readBy = (text: string | null): UsageBy => kinds.find((kind) => kind === text) ?? "day";
export const readDay = (text: string | null): string | undefined => (text !== null && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined);

/** So many days that end with one. */
export const daysUntil = (last: string, count: number): string => new Date(Date.parse(last) - (count - 1) * 86_400_000).toISOString().slice(0, 10);

/** The first day of its month. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
