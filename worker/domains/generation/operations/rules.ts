/** Figures about attempts. */
import { LETTERS_AS_ONE, type PriceUnit } from "#film/prices.ts";
import type { VendorPrice } from "../tools/tool.ts";
import type { Health } from "./contract.ts";

/** Attempts of one model that ended in the same way; null: under way. */
export interface Counted {
  provider: string;
  model: string;
  outcome: string | null;
  count: number;
  /** How many of them their provider said a cost of, and what those cost together. */
  priced: number;
  costMicros: number | null;
}

/** How long those took that succeeded, from the sending: half of them, and nine tenths. */
export interface Took {
  p50Ms: number | null;
  p90Ms: number | null;
}

/** What was delivered and nobody said a cost of, worked out by the vendor's price list. */
export interface Estimate {
  attempts: number;
  micros: number;
}

/** Never taken, so that nobody bills it. */
const UNTAKEN: ReadonlySet<string> = new Set(["rejected", "unsent"]);

/** What became of attempts. Rejected ones were never taken, and cancelled ones ended as somebody wished: neither says how well it works. What could not be fetched was of no use to anybody. */
export function healthOf(counted: readonly Counted[], { took, credits, estimate }: { took: Took; credits: number; estimate: Estimate | null }): Health {
  const count = (...outcomes: (string | null)[]) => counted.reduce((sum, row) => sum + (outcomes.includes(row.outcome) ? row.count : 0), 0);
  const [succeeded, failed] = [count("succeeded"), count("failed", "bad_output", "expired", "unsent")];
  const [unresolved, unfetched] = [count("unresolved"), count("unfetched")];
  const decided = succeeded + failed + unresolved + unfetched;
  const taken = counted.filter(({ outcome }) => outcome !== null && !UNTAKEN.has(outcome));
  const priced = taken.reduce((sum, row) => sum + row.priced, 0);
  const costs = counted.flatMap(({ costMicros }) => costMicros ?? []);
  return {
    attempts: counted.reduce((sum, row) => sum + row.count, 0), succeeded, failed, refused: count("refused"), rejected: count("rejected"), unresolved, unfetched, underWay: count(null),
    failureRate: decided === 0 ? null : (failed + unresolved + unfetched) / decided, ...took,
    costMicros: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0), costsSaid: priced, costsUnsaid: taken.reduce((sum, row) => sum + row.count, 0) - priced, estimate, credits,
  };
}

/** Vendors' units in one of ours. */
const vendorUnits: Record<VendorPrice["unit"], Partial<Record<PriceUnit, number>>> = { second: { second: 1, minute: 60 }, minute: { minute: 1, second: 1 / 60 }, each: { each: 1, message: 1 }, letter: { letters: LETTERS_AS_ONE } };

/** What so many credits of a model cost us by its vendor's price list; null where that has another unit. What was begun counts whole, as it was sold. */
export function microsFor(credits: number, { price, vendorPrice }: { price: { unit: PriceUnit; unitCredits: number } | null; vendorPrice: VendorPrice | null }): number | null {
  const units = price && vendorPrice ? vendorUnits[vendorPrice.unit][price.unit] : undefined;
  return price && vendorPrice && units !== undefined && price.unitCredits > 0 ? Math.round((credits / price.unitCredits) * units * vendorPrice.micros) : null;
}
