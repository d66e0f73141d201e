/**
 * What may be asked of a wallet, and what it answers. Credits are integers; times are milliseconds since the epoch. Every command
 * carries a key: the same key with the same payload gets the remembered answer, with another payload `key_reused`. Refusals are
 * answered but not remembered, so a refused command may be sent again.
 */

/** Kinds of credits. `boost` credits buy visibility only: no hold for generation takes them. */
export const buckets = ["subscription", "purchased", "promo", "earned", "boost"] as const;
export type Bucket = (typeof buckets)[number];

/** Why the rest of a hold comes back. After `failed` and `compensated` it gets one short grace; otherwise it keeps its expiry. */
export const releaseCauses = ["settled", "failed", "cancelled", "compensated"] as const;
export type ReleaseCause = (typeof releaseCauses)[number];

export const holdStates = ["open", ...releaseCauses, "expired"] as const;
export type HoldState = (typeof holdStates)[number];

/** Most credits that one command may move. Keeps every sum far below 2^53. */
export const CREDITS_MAX = 1_000_000_000_000;
/** Most commands in one batch call. */
export const BATCH_MAX = 32;
const TEXT_LENGTH_MAX = 255;

/** For whom a hold was taken. Ceilings count by these. */
export interface HoldRef {
  run: string;
  project: string | null;
  member: string | null;
  apiKey: string | null;
}

export interface GrantInput {
  key: string;
  bucket: Bucket;
  credits: number;
  /** Null: never expires. */
  expiresAt: number | null;
  reason: string;
  /** What caused it: an invoice, a plan period, a sale. */
  ref: string;
}

export interface HoldInput {
  key: string;
  /** The hold's id, made by the caller. */
  hold: string;
  /** 0 for free work, which counts against free limits. */
  credits: number;
  expiresAt: number;
  ref: HoldRef;
}

export interface CaptureInput {
  key: string;
  hold: string;
  /** What was delivered. One item of a hold is captured once. */
  item: string;
  credits: number;
  reason: string;
}

export interface ReleaseInput {
  key: string;
  hold: string;
  cause: ReleaseCause;
}

export interface ClawBackInput {
  key: string;
  credits: number;
  reason: string;
  ref: string;
}

export type Command =
  | ({ type: "grant" } & GrantInput)
  | ({ type: "hold" } & HoldInput)
  | ({ type: "capture" } & CaptureInput)
  | ({ type: "release" } & ReleaseInput)
  | ({ type: "clawBack" } & ClawBackInput);

/** What every wallet answers when it cannot take a command at all. `failed` may be sent again. */
export type Refusal =
  | { ok: false; code: "invalid"; detail: string }
  | { ok: false; code: "key_reused" }
  | { ok: false; code: "frozen"; detail: string }
  | { ok: false; code: "failed" };

/** Credits that a hold could take, and credits that open holds have. */
export interface Standing {
  available: number;
  held: number;
}

export type GrantOutcome = ({ ok: true; lot: number; debtPaid: number; debt: number } & Standing) | Refusal;

export type HoldOutcome =
  | ({ ok: true; hold: string } & Standing)
  | ({ ok: false; code: "insufficient" | "debt"; need: number } & Standing)
  | ({ ok: false; code: "held_elsewhere"; need: number; holds: { hold: string; run: string; credits: number }[] } & Standing)
  | ({ ok: false; code: "ceiling_reached"; need: number; ceiling: ReachedCeiling } & Standing)
  | { ok: false; code: "hold_exists"; state: HoldState }
  | Refusal;

export type CaptureOutcome =
  | ({ ok: true; hold: string; item: string; captured: number; remaining: number } & Standing)
  | { ok: false; code: "hold_unknown" }
  | { ok: false; code: "hold_closed"; state: HoldState }
  | { ok: false; code: "exceeds_hold"; remaining: number }
  | { ok: false; code: "item_captured" }
  | Refusal;

export type ReleaseOutcome =
  | ({ ok: true; hold: string; captured: number; returned: number; expired: number; debtPaid: number } & Standing)
  | { ok: false; code: "hold_unknown" }
  | { ok: false; code: "hold_closed"; state: HoldState }
  | Refusal;

export type ClawBackOutcome = ({ ok: true; taken: number; debt: number } & Standing) | Refusal;

export type Outcome = GrantOutcome | HoldOutcome | CaptureOutcome | ReleaseOutcome | ClawBackOutcome;

/** The answer to a batch: outcomes in the order of the commands, each decided on its own. */
export type BatchOutcome<O> = { ok: true; outcomes: O[] } | { ok: false; code: "invalid"; detail: string };

export const ceilingSubjects = ["run", "project", "apiKey", "member", "studio"] as const;
export type CeilingSubject = (typeof ceilingSubjects)[number];
export const ceilingPeriods = ["absolute", "day", "month"] as const;
export type CeilingPeriod = (typeof ceilingPeriods)[number];

/** As a ceiling's id: each subject of its kind has this ceiling of its own. */
export const EACH = "*";
/** Most ceilings of one wallet. */
export const CEILINGS_MAX = 100;

/** The most that one subject may hold and spend within a period. */
export interface Ceiling {
  subject: CeilingSubject;
  /** Whose, or `*`; for `studio` the wallet's own name. */
  id: string;
  period: CeilingPeriod;
  credits: number;
}
export type CeilingName = Omit<Ceiling, "credits">;

/** A ceiling that was reached: `id` names who reached it. */
export type ReachedCeiling = Ceiling & { used: number; resetsAt: number | null };

export interface PutCeilingInput {
  ceiling: Ceiling;
  /** Whether the caller may put it above what is there. */
  mayRaise: boolean;
}
export type PutCeilingOutcome =
  | { ok: true; before: Ceiling | null }
  | { ok: false; code: "would_raise"; before: Ceiling }
  | { ok: false; code: "too_many"; most: number }
  | { ok: false; code: "invalid"; detail: string };
export type SetTimeZoneOutcome = { ok: true; before: string } | { ok: false; code: "invalid"; detail: string };

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= TEXT_LENGTH_MAX && value.isWellFormed();
const isCredits = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= CREDITS_MAX;
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

/** Says what is wrong with a command, or null. Callers are our own code, but money takes nobody's word. */
export function faultIn(command: Command): string | null {
  if (!isText(command.key)) return "key must be 1 to 255 well-formed characters";
  const least = command.type === "grant" || command.type === "clawBack" ? 1 : 0;
  if (command.type !== "release" && !isCredits(command.credits, least)) return `credits must be an integer from ${least} to ${CREDITS_MAX}`;
  if ("hold" in command && !isText(command.hold)) return "hold must be an id";
  if ("reason" in command && !isText(command.reason)) return "reason must be 1 to 255 well-formed characters";
  switch (command.type) {
    case "grant":
      if (!buckets.includes(command.bucket)) return "no such bucket";
      if (command.expiresAt !== null && !isTime(command.expiresAt)) return "expiresAt must be milliseconds or null";
      return isText(command.ref) ? null : "ref must be 1 to 255 well-formed characters";
    case "clawBack":
      return isText(command.ref) ? null : "ref must be 1 to 255 well-formed characters";
    case "hold":
      if (!isTime(command.expiresAt)) return "expiresAt must be milliseconds";
      if (!isText(command.ref.run)) return "ref.run must be an id";
      return [command.ref.project, command.ref.member, command.ref.apiKey].every(isTextOrNull) ? null : "ref must hold ids or null";
    case "capture":
      return isText(command.item) ? null : "item must be an id";
    case "release":
      return releaseCauses.includes(command.cause) ? null : "no such cause";
  }
}

export function isTimeZone(timeZone: unknown): timeZone is string {
  try {
    return isText(timeZone) && Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Says what is wrong with a ceiling, or null. */
export function faultInCeiling({ subject, id, period, credits }: Ceiling): string | null {
  if (!ceilingSubjects.includes(subject) || !ceilingPeriods.includes(period)) return "no such kind of ceiling";
  if (!isText(id)) return "id must be 1 to 255 well-formed characters";
  return isCredits(credits, 0) ? null : `credits must be an integer from 0 to ${CREDITS_MAX}`;
}

/** The part of a command that its key stands for, as one text; what is not named here does not count. */
export function payloadOf(command: Command): string {
  switch (command.type) {
    case "grant":
      return JSON.stringify(["grant", command.bucket, command.credits, command.expiresAt, command.reason, command.ref]);
    case "hold": {
      const { run, project, member, apiKey } = command.ref;
      return JSON.stringify(["hold", command.hold, command.credits, command.expiresAt, run, project, member, apiKey]);
    }
    case "capture":
      return JSON.stringify(["capture", command.hold, command.item, command.credits, command.reason]);
    case "release":
      return JSON.stringify(["release", command.hold, command.cause]);
    case "clawBack":
      return JSON.stringify(["clawBack", command.credits, command.reason, command.ref]);
  }
}
