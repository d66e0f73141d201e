import { getProposal } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { findStudio } from "#lib/admin/find-studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, params, parent }) => {
  depends("dailies:admin");
  await parent();
  const proposal = await orPage(getProposal(fetch, params.id), url);
  return { proposal, studio: await findStudio(fetch, proposal.studio) };
};
