import { listProposals } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { isProposalState } from "#lib/admin/words.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const asked = url.searchParams.get("state");
  const filter = { state: isProposalState(asked) ? asked : null, studio: url.searchParams.get("studio") };
  return { filter, proposals: await orPage(listProposals(fetch, { ...filter, cursor: url.searchParams.get("cursor") }), url) };
};
