/** How often a vendor may be asked about one submission. Pure, and kept in memory alone: who forgets asks once too early. */

interface Asked {
  at: number;
  /** Somebody comes again when the time is over. */
  isAwaited: boolean;
}

export type Pace = Map<string, Asked>;

/** Whether to ask about a submission now (0), in so many milliseconds, or not at all (null), since somebody comes then already. */
export function mayCheck(pace: Pace, { key, apartMs }: { key: string; apartMs: number }, now: number): number | null {
  for (const [other, { at }] of pace) if (at + apartMs <= now) pace.delete(other);
  const last = pace.get(key);
  if (!last) {
    pace.set(key, { at: now, isAwaited: false });
    return 0;
  }
  if (last.isAwaited) return null;
  last.isAwaited = true;
  return last.at + apartMs - now;
}
