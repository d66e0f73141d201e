import { listReconciliations } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { findStudio } from "#lib/admin/find-studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const studio = url.searchParams.get("studio");
  const [runs, chosen] = await Promise.all([orPage(listReconciliations(fetch, { cursor: url.searchParams.get("cursor"), studio }), url), findStudio(fetch, studio)]);
  return { runs, studio, chosen };
};
