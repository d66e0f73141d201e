/** What an administrator has to look at, out of what the platform says of itself. Pure. */
import type { Finding, Proposal, Reconciliation, Root, Severity } from "#lib/api/admin.ts";

/** A night's work that is older than this was missed: nights are a day apart, and one may begin late. */
const MISSED_MS = 26 * 3_600_000;

export const isMissed = (at: string, now: number): boolean => now - Date.parse(at) > MISSED_MS;

/** The newest run of everything that a night began, or null where none is among these. */
export const lastNight = (runs: readonly Reconciliation[]): Reconciliation | null => runs.find(({ cause }) => cause === "night") ?? null;

export const running = (runs: readonly Reconciliation[]): Reconciliation | null => runs.find(({ state }) => state === "running") ?? null;

/** Whether a night's run needs somebody: it failed, or the one after it never came. */
export const nightNeeds = (run: Reconciliation | null, now: number): "failed" | "missed" | null => {
  if (!run) return null;
  if (run.state === "failed") return "failed";
  return isMissed(run.startedAt, now) ? "missed" : null;
};

export const rootMissed = (root: Root | null, now: number): boolean => root !== null && isMissed(root.at, now);

/** Proposals that whoever asks may approve, and those that wait for somebody else. */
export function waiting(proposals: readonly Proposal[]): { mine: Proposal[]; others: Proposal[] } {
  const open = proposals.filter(({ state }) => state === "proposed");
  return { mine: open.filter(({ actions }) => actions.includes("approve")), others: open.filter(({ actions }) => !actions.includes("approve")) };
}

export const countBy = (findings: readonly Finding[], severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;

/** The check that compares wallets with their copies. */
const COPIES = "object-projection";

/** Copies of wallets that are behind or wrong, and were not written anew. */
export const copiesBehind = (findings: readonly Finding[]): Finding[] => findings.filter(({ check, repairedAt }) => check === COPIES && repairedAt === null);

/** What a run said of all copies. */
export const copiesIn = (run: Reconciliation | null): Reconciliation["checks"][number] | null => run?.checks.find(({ check }) => check === COPIES) ?? null;
