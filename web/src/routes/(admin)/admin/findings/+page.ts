import { listFindings, listReconciliations } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { isFindingState, isSeverity } from "#lib/admin/words.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const given = (name: string) => url.searchParams.get(name)?.trim() || null;
  const [state, severity] = [given("state"), given("severity")];
  const filter = { state: isFindingState(state) ? state : null, severity: isSeverity(severity) ? severity : null, studio: given("studio"), check: given("check") };
  const [findings, runs] = await Promise.all([
    orPage(listFindings(fetch, { ...filter, cursor: url.searchParams.get("cursor") }), url),
    // The names of the checks, as the newest run has them; without them the list has their ids.
    listReconciliations(fetch, { studio: "platform", limit: 1 }).catch(() => null),
  ]);
  return { filter, findings, checks: (runs?.data[0]?.checks ?? []).map(({ check, name }) => ({ check, name })) };
};
