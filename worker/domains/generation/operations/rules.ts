/** Figures about attempts. */
import type { Health } from "./contract.ts";

/** Attempts of one model that ended in the same way; null: under way. */
export interface Counted {
  provider: string;
  model: string;
  outcome: string | null;
  count: number;
  costMicros: number | null;
}

const at = (sorted: readonly number[], share: number): number | null => (sorted.length === 0 ? null : (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null));

/** What became of attempts. Rejected ones were never taken, and cancelled ones ended as somebody wished: neither says how well it works. */
export function healthOf(counted: readonly Counted[], { tookMs, credits }: { tookMs: readonly number[]; credits: number }): Health {
  const count = (...outcomes: (string | null)[]) => counted.reduce((sum, row) => sum + (outcomes.includes(row.outcome) ? row.count : 0), 0);
  const [succeeded, failed] = [count("succeeded"), count("failed", "bad_output", "expired", "unsent")];
  const unresolved = count("unresolved");
  const decided = succeeded + failed + unresolved;
  const costs = counted.flatMap(({ costMicros }) => costMicros ?? []);
  const sorted = tookMs.toSorted((a, b) => a - b);
  return {
    attempts: counted.reduce((sum, row) => sum + row.count, 0), succeeded, failed, refused: count("refused"), rejected: count("rejected"), unresolved, underWay: count(null),
    failureRate: decided === 0 ? null : (failed + unresolved) / decided, p50Ms: at(sorted, 0.5), p90Ms: at(sorted, 0.9),
    costMicros: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0), credits,
  };
}
