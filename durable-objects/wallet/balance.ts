/** What a wallet tells about itself. */
import { availableIn, type Books, debtIn, type Hold, heldIn, remainingOf } from "./books.ts";
import { type Bucket, buckets } from "./commands.ts";

/** What a wallet has. `available` is what a hold could take; boost credits are counted in their bucket only. */
export interface Balance {
  available: number;
  held: number;
  /** Credits owed; while there are any, no hold is taken. */
  debt: number;
  /** Credits captured since the wallet began. */
  spent: number;
  buckets: { bucket: Bucket; available: number; held: number; nextExpiry: number | null }[];
  frozen: string | null;
  /** The last entry and its hash. */
  seq: number;
  head: string;
}

/** A hold, with what it has left in place of its lots. */
export type HoldSummary = Omit<Hold, "parts"> & { remaining: number };

export const toSummary = ({ parts, ...hold }: Hold): HoldSummary => ({ ...hold, remaining: remainingOf({ parts, ...hold }) });

export function balanceOf(books: Books): Balance {
  const lots = [...books.lots.values()];
  const of = (bucket: Bucket) => {
    const own = lots.filter((lot) => lot.bucket === bucket);
    const expiries = own.flatMap((lot) => (lot.available > 0 && lot.expiresAt !== null ? [lot.expiresAt] : []));
    const nextExpiry = expiries.length > 0 ? Math.min(...expiries) : null;
    return { bucket, available: books.accounts[bucket], held: own.reduce((sum, lot) => sum + lot.held, 0), nextExpiry };
  };
  const { seq, head, frozen } = books;
  return { available: availableIn(books), held: heldIn(books), debt: debtIn(books), spent: books.accounts.spent, buckets: buckets.map(of), frozen, seq, head };
}
