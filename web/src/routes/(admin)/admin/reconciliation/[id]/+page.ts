import { getReconciliation } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { findStudio } from "#lib/admin/find-studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, params, parent }) => {
  depends("dailies:admin");
  await parent();
  const run = await orPage(getReconciliation(fetch, params.id), url);
  return { run, studio: await findStudio(fetch, run.studio) };
};
