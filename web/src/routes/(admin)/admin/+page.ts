import { listFindings, listProposals, listReconciliations, listWallets, newestRoot } from "#lib/api/admin.ts";
import { toProblem } from "#lib/api/problem.ts";
import type { PageLoad } from "./$types";

/** Criticals that are named here; the list has them all. */
const NAMED = 4;
const MOST = 100;
const RUNS = 20;

/** What a part of the page asks for, or why it could not be had: one that fails does not take the others along. */
async function part<Answer>(answer: Promise<Answer>): Promise<{ value: Answer; problem: null } | { value: null; problem: { detail: string; requestId: string | null } }> {
  try {
    return { value: await answer, problem: null };
  } catch (failure) {
    const { detail, requestId } = toProblem(failure);
    return { value: null, problem: { detail, requestId } };
  }
}

export const load: PageLoad = async ({ fetch, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const [critical, open, proposed, approved, frozen, runs, root] = await Promise.all([
    part(listFindings(fetch, { state: "open", severity: "critical", limit: NAMED })),
    part(listFindings(fetch, { state: "open", limit: MOST })),
    part(listProposals(fetch, { state: "proposed", limit: MOST })),
    part(listProposals(fetch, { state: "approved", limit: MOST })),
    part(listWallets(fetch, { only: "frozen", limit: MOST })),
    part(listReconciliations(fetch, { studio: "platform", limit: RUNS })),
    part(newestRoot(fetch)),
  ]);
  return { critical, open, proposed, approved, frozen, runs, root };
};
