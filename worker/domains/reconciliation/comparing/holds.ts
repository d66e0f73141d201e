/** What holds must look like, by the entries that speak of them. Pure. */
import type { Entry } from "#objects/wallet/entry.ts";
import type { ProjectedHold } from "#domains/credits/index.ts";

/** The rows of holds, out of all entries of each, oldest first. A hold that no entry opens has none. */
export function holdsOf(wallet: string, entries: readonly { seq: number; body: string }[]): Map<string, ProjectedHold> {
  const holds = new Map<string, ProjectedHold>();
  for (const { seq, body } of entries) {
    const entry = JSON.parse(body) as Entry;
    if (entry.hold === null || entry.kind === "finding") continue;
    if (entry.kind === "hold") holds.set(entry.hold, opened(wallet, { ...entry, hold: entry.hold }));
    const hold = holds.get(entry.hold);
    if (!hold || entry.kind === "hold") continue;
    const moved = (account: string) => entry.postings.reduce((sum, posting) => sum + (posting.account === account ? posting.credits : 0), 0);
    Object.assign(hold, { seq, captured: hold.captured + (entry.kind === "capture" ? moved("spent") : 0), remaining: hold.remaining + moved("held") });
    if (entry.kind !== "capture") Object.assign(hold, { state: entry.kind === "hold_expired" ? "expired" : entry.reason, closedAt: entry.at });
  }
  return holds;
}

function opened(wallet: string, { hold, seq, at, expiresAt, ref, postings }: Entry & { hold: string }): ProjectedHold {
  const credits = postings.reduce((sum, { account, credits: moved }) => sum + (account === "held" ? moved : 0), 0);
  const { run, project, member, apiKey } = ref === null || typeof ref === "string" ? { run: "", project: null, member: null, apiKey: null } : ref;
  return { wallet, hold, run, project, member, apiKey, state: "open", credits, captured: 0, remaining: credits, openedAt: at, expiresAt: expiresAt ?? 0, closedAt: null, seq };
}

const compared = ["run", "project", "member", "apiKey", "state", "credits", "captured", "remaining", "openedAt", "expiresAt", "closedAt", "seq"] as const;

/** In what a row differs from what it must be. */
export const differencesIn = (row: ProjectedHold, expected: ProjectedHold): string[] => compared.filter((name) => row[name] !== expected[name]);
