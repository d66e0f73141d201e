const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** So often a file is ordered to be copied before its film stays a file for good. */
export const COPIES_MAX = 4;
/** A link to the file holds for as long as a copy may sleep at Stream before it is given up. */
export const COPY_HOURS_MAX = 24;
/** How long after an order without an answer it is looked for. Longer than the request itself may take. */
export const LOOKUP_AFTER_MS = MINUTE_MS;
/** A copy that no list shows after this was never taken: lists lag behind what was made. */
export const UNSEEN_AFTER_MS = 5 * MINUTE_MS;

/** Codes of Stream's that say something of the file itself: another copy would end the same way. */
const FINAL: ReadonlySet<string> = new Set(["ERR_NON_VIDEO", "ERR_DURATION_EXCEED_CONSTRAINT", "ERR_DURATION_TOO_SHORT", "ERR_MALFORMED_VIDEO"]);

/** Where a package stands, as far as deciding goes. */
interface Standing {
  attempts: number;
  silences: number;
  sentAt: number | null;
}

export type Next = { state: "waiting"; failure: string; uid: null; silences: 0; dueAt: number } | { state: "failed"; failure: string; uid: null; silences: 0; dueAt: null };

/** What becomes of a package whose copy came to nothing, of which nothing is left at Stream: another copy after a while, or none. */
export function afterFailure({ attempts }: Standing, reason: string, now: number): Next {
  if (FINAL.has(reason) || attempts >= COPIES_MAX) return { state: "failed", failure: reason, uid: null, silences: 0, dueAt: null };
  return { state: "waiting", failure: reason, uid: null, silences: 0, dueAt: now + backoffMs(attempts) };
}

/** 2, 4, 8 … minutes, and at most an hour. */
export const backoffMs = (times: number): number => Math.min(HOUR_MS, 2 ** Math.min(times, 10) * MINUTE_MS);

/** How long until a copy under way is asked after again, by its age: news comes by webhook, this is for news that was lost. */
export function pollMs({ sentAt }: Standing, now: number): number {
  const ageMs = now - (sentAt ?? now);
  return ageMs < 10 * MINUTE_MS ? MINUTE_MS : ageMs < 2 * HOUR_MS ? 5 * MINUTE_MS : 15 * MINUTE_MS;
}

/** Whether a copy has been under way for longer than any takes. */
export const isOverdue = ({ sentAt }: Standing, now: number): boolean => sentAt !== null && now - sentAt > COPY_HOURS_MAX * HOUR_MS;

/** Whether an order that nobody answered may still turn up at Stream. */
export const mayTurnUp = ({ attempts, sentAt }: Standing, now: number): boolean => attempts > 0 && sentAt !== null && now - sentAt < UNSEEN_AFTER_MS;

/** Who a film at Stream belongs to, as its `meta` says. */
export interface Named {
  package: string;
  video: string;
  /** The origin of the installation that made it: one account may serve several. */
  environment: string;
}

/** What is written into `meta`, and read out of it again. */
export const metaOf = ({ package: name, video, environment }: Named) => ({ name, video, environment });

/** The owner that a film's `meta` names; null where nobody like us wrote it. */
export function namedIn(meta: Readonly<Record<string, unknown>>): Named | null {
  const { name, video, environment } = meta;
  return typeof name === "string" && typeof video === "string" && typeof environment === "string" ? { package: name, video, environment } : null;
}
