/** What a provider billed against what we submitted and captured. Pure. */

export interface BilledCharge {
  charge: string;
  line: number;
  status: string;
  costMicros: number;
}

/** An attempt of ours that a provider's line names. */
export interface KnownAttempt {
  job: string;
  attempt: number;
  label: string;
  /** How the job ended; null while it has not. */
  ended: string | null;
  /** Whether it was this attempt that was delivered. */
  isDelivered: boolean;
}

export interface ChargeFault {
  kind: "unknown" | "twice" | "failed" | "undelivered";
  severity: "info" | "warning" | "critical";
  words: string;
}

const dollars = (micros: number): string => `$${(micros / 1_000_000).toFixed(6).replace(/0{1,4}$/, "")}`;

/** Whether a provider says that it made something. Words differ from one to the next. */
const isMade = (status: string): boolean => /^(succeeded|success|completed|complete|done|ok)$/i.test(status);

/** Judges one line. `elsewhere`: the same id was billed before it, here or in a statement of another time. */
export function judgeCharge({ charge, status, costMicros }: BilledCharge, { attempt, elsewhere }: { attempt: KnownAttempt | null; elsewhere: string | null }): ChargeFault[] {
  const cost = dollars(costMicros);
  if (!attempt) {
    return [{ kind: "unknown", severity: costMicros > 0 ? "critical" : "info", words: `The provider billed ${cost} for ${charge}, and nothing of ours was ever submitted under that id.` }];
  }
  if (costMicros === 0) return [];
  const name = `“${attempt.label}” (attempt ${attempt.attempt})`;
  const faults: ChargeFault[] = [];
  if (elsewhere !== null) faults.push({ kind: "twice", severity: "critical", words: `The provider billed ${cost} for ${name} once more: it stands in ${elsewhere} already.` });
  if (!isMade(status)) faults.push({ kind: "failed", severity: "warning", words: `The provider billed ${cost} for ${name}, and says itself that it ended ${status}. Ask for it back.` });
  else if (attempt.ended !== null && !attempt.isDelivered) {
    faults.push({ kind: "undelivered", severity: "warning", words: `The provider billed ${cost} for ${name}, which was never delivered: the job ended ${attempt.ended}. We pay for it, and nobody was charged.` });
  }
  return faults;
}
