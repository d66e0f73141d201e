/** Money that moved at a payment provider against what was written down of it. Pure. */

export interface Moved {
  kind: "payment" | "refund" | "refund_failed" | "dispute" | "dispute_won";
  source: string;
  amountCents: number;
}

export interface Written {
  key: string;
  credits: number;
  amountCents: number;
  state: string;
}

export interface Owed {
  key: string;
  credits: number;
  amountCents: number;
}

export interface PaymentFault {
  kind: "ungranted" | "amount" | "credits" | "untaken" | "unsent";
  key: string;
  /** How many credits it is about, as far as that is known. */
  credits: number | null;
  words: string;
}

const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** Whether what was written down of a payment says the same as the amount alone; only if not, Stripe is asked what it was for. */
export const isPlain = (moved: Moved, written: Written | undefined): boolean => written !== undefined && written.amountCents === moved.amountCents;

/** Judges a payment by what it must have brought. `owed` is null where it is for nothing that brings credits. */
export function judgePayment({ source, amountCents }: Moved, written: Written | undefined, owed: Owed | null): PaymentFault[] {
  if (!owed) return [];
  if (!written) return [{ kind: "ungranted", key: owed.key, credits: owed.credits, words: `${dollars(amountCents)} were paid (${source}), and the ${owed.credits} credits that they bought were never granted.` }];
  const faults: PaymentFault[] = [];
  if (written.amountCents !== owed.amountCents) faults.push({ kind: "amount", key: written.key, credits: null, words: `${dollars(owed.amountCents)} were paid (${source}), and ${dollars(written.amountCents)} were written down.` });
  if (written.credits !== owed.credits) faults.push({ kind: "credits", key: written.key, credits: Math.abs(written.credits - owed.credits), words: `What was paid (${source}) buys ${owed.credits} credits, and ${written.credits} were granted.` });
  return faults;
}

const returns = { refund: "was refunded", refund_failed: "was to be refunded and came back", dispute: "is disputed", dispute_won: "was disputed and came back", payment: "was paid" } as const;

/** Judges money that went back, or came again: it has its row under its own key. */
export function judgeReturn({ kind, source, amountCents }: Moved, key: string, written: Written | undefined): PaymentFault[] {
  const about = `${dollars(amountCents)} ${returns[kind]} (${source})`;
  if (!written) return [{ kind: "untaken", key, credits: null, words: `${about}, and the credits that go with it were not moved.` }];
  const cents = Math.abs(written.amountCents);
  return cents === amountCents || cents === 0 ? [] : [{ kind: "amount", key, credits: null, words: `${about}, and ${dollars(cents)} were written down.` }];
}
