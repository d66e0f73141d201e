/** When a run's object has to wake by itself. */
import type { RunBook } from "./book.ts";
import { nextDue } from "./rules.ts";
import type { Head } from "./sql.ts";

/** How long rows of the log wait for others before they go to D1 together. */
const PROJECTION_DELAY_MS = 250;
const RETRY_MS = 500;
const RETRY_MS_MAX = 60_000;
const OPENING_RETRY_MS = 2_000;

const retryAfter = (failures: number): number => (failures === 0 ? 0 : Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures));

/** The next time at which something is due, or is to be told to others; Infinity if nothing is. Those who watch not being reached keeps nothing else waiting. */
export function wakesAt(head: Head, { book, failures, now }: { book: RunBook | null; failures: { all: number; show: number }; now: number }): number {
  const retryAt = now + retryAfter(failures.all);
  const isOpening = head.opening.step !== "open" && head.opening.step !== "closed";
  const hasBacklog = head.frozen === null && head.acked < head.seq;
  const isUnshown = head.frozen === null && head.shown < head.seq;
  return Math.min(
    isOpening ? Math.max(retryAt, now + OPENING_RETRY_MS) : Infinity,
    book ? Math.max(retryAt, nextDue(book)) : Infinity,
    hasBacklog ? Math.max(retryAt, now + PROJECTION_DELAY_MS) : Infinity,
    isUnshown ? Math.max(retryAt, now + retryAfter(failures.show), now + PROJECTION_DELAY_MS) : Infinity,
    book && book.settlement !== null && book.finishedAt === null ? Math.max(retryAt, now + OPENING_RETRY_MS) : Infinity,
  );
}
