/** How many credits a payment brings and a refund takes. Pure arithmetic on integers: credits, cents, milliseconds. */

/** What one line of a paid invoice was for. Credits are those of its plan for a whole period. */
export interface PaidLine {
  credits: number;
  amountCents: number;
  isProration: boolean;
  start: number;
  end: number;
}

export interface Bought {
  kind: "period" | "upgrade";
  credits: number;
  /** When they expire: the end of the period that was paid. */
  expiresAt: number;
}

/**
 * What a paid invoice of a subscription brings: a period's credits for each line that bills a period, and for a change within a period the
 * difference of credits for what is left of it, rounded down. Lines that cost nothing (trials) bring nothing, and nothing is ever taken away here.
 */
export function boughtBy(lines: readonly PaidLine[], anchor: number): Bought | null {
  const whole = lines.filter(({ isProration, amountCents }) => !isProration && amountCents > 0);
  const parts = lines.filter(({ isProration, amountCents }) => isProration && amountCents !== 0);
  const credits = whole.reduce((sum, line) => sum + line.credits, 0) + Math.max(0, prorated(parts, anchor));
  if (credits === 0) return null;
  return { kind: whole.length > 0 ? "period" : "upgrade", credits, expiresAt: Math.max(...(whole.length > 0 ? whole : parts).map(({ end }) => end)) };
}

/** Credits of new plans less those of old ones, each for what was left of its period, as one exact fraction that is rounded down at the end. */
function prorated(parts: readonly PaidLine[], anchor: number): number {
  let over = 0n;
  let under = 1n;
  for (const { credits, amountCents, start, end } of parts) {
    const period = BigInt(end - periodStartBefore(end, anchor));
    const share = BigInt(credits) * BigInt(Math.max(0, end - start)) * (amountCents > 0 ? 1n : -1n);
    over = over * period + share * under;
    under *= period;
  }
  return over <= 0n ? 0 : Number(over / under);
}

/** The beginning of the monthly period that ends then. Periods keep the day of their anchor, or the last day of a shorter month; all in UTC. */
export function periodStartBefore(end: number, anchor: number): number {
  const last = new Date(end);
  const first = new Date(anchor);
  const daysInMonth = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), 0)).getUTCDate();
  const timeOfDay = end - Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), last.getUTCDate());
  return Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - 1, Math.min(first.getUTCDate(), daysInMonth)) + timeOfDay;
}

/** What a purchase was, and what of it was taken back so far. */
export interface Purchase {
  credits: number;
  amountCents: number;
  takenCredits: number;
  takenCents: number;
}

/** The credits that go with so many cents more: cumulative, so that parts add up, and all of the money takes exactly all of the credits. */
export function shareOf({ credits, amountCents, takenCredits, takenCents }: Purchase, moreCents: number): number {
  if (amountCents <= 0) return 0;
  const cents = Math.min(amountCents, takenCents + moreCents);
  const target = Number((BigInt(credits) * BigInt(cents)) / BigInt(amountCents));
  return Math.max(0, target - takenCredits);
}

/** What comes back after a dispute that we won outlives its own time by this, since what was taken for it may have been other credits. */
export const GIVEN_BACK_MS = 30 * 86_400_000;

/** When credits expire that come back: as they would have; where that is over, a while from now. */
export const expiryOfReturn = (expiresAt: number | null, now: number): number | null => (expiresAt === null || expiresAt > now ? expiresAt : now + GIVEN_BACK_MS);
