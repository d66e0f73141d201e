import type { Write } from "#core/db.ts";
import { nothing, type Difference } from "../check.ts";

/** What comparing a part of a wallet's copy gives. */
export interface Compared {
  examined: number;
  differences: Difference[];
  repairs: Write[];
  /** Where the part goes on; null when it is done. */
  next: { seq: number } | { hold: string } | null;
}

export const inWallet = (wallet: string) => ({ ...nothing, unit: wallet, studio: wallet, subject: wallet });
