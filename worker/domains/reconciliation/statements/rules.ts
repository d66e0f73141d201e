/** The months and days that statements are about. Pure. */

/** The time that a period covers, in milliseconds, the end not included; null for one that is none, such as a 13th month. */
export function spanOfPeriod(period: string): { from: number; to: number } | null {
  const [year = 0, month = 0, day] = period.split("-").map(Number);
  const from = Date.UTC(year, month - 1, day ?? 1);
  const to = day === undefined ? Date.UTC(year, month, 1) : from + 24 * 3_600_000;
  return new Date(from).toISOString().startsWith(period) ? { from, to } : null;
}

/** Whether two periods share time: then both may name the same charge without its being billed twice. */
export const overlap = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);
