import type { Job } from "#lib/api/types.ts";
import { formatWaitRange } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";

type Timed = Pick<Job, "status" | "remaining" | "expected" | "finishedAt">;

/** How long a job still takes: as its provider says, or as such jobs took lately. Empty once it is over. */
export function leftWords({ status, remaining, expected, finishedAt }: Timed): string {
  if (finishedAt !== null || status === "cancelling") return "";
  const isMade = status === "running";
  if (isMade && remaining) return m.about_left({ time: formatWaitRange(remaining.low, remaining.high) });
  if (!expected) return m.time_no_history();
  if (isMade && expected.p90 === 0) return m.time_longer();
  const time = formatWaitRange(expected.p50, expected.p90);
  return isMade ? m.about_left({ time }) : m.time_takes({ time });
}

/** What that is known by; empty where it is the provider's word, or nobody's. */
export const leftBy = ({ status, remaining, expected, finishedAt }: Timed): string =>
  finishedAt === null && expected && !(status === "running" && remaining) ? m.time_by({ count: expected.jobs }) : "";
