/** When a wallet next does something by itself. */
import type { Books } from "./books.ts";

/** How long entries wait for others before they go to D1 together. */
const PROJECTION_DELAY_MS = 250;
const PROJECTION_RETRY_MS_MAX = 60_000;

/** The time of the next alarm; Infinity where there is nothing to wait for. */
export function wakeAt({ frozen, acked, seq, dueAt }: Books, { now, failures }: { now: number; failures: number }): number {
  const delayMs = failures === 0 ? PROJECTION_DELAY_MS : Math.min(PROJECTION_RETRY_MS_MAX, 500 * 2 ** failures);
  // A frozen wallet does nothing by itself, but for saying so until it is heard.
  if (frozen !== null) return failures > 0 ? now + delayMs : Infinity;
  return Math.min(dueAt, acked < seq ? now + delayMs : Infinity);
}
