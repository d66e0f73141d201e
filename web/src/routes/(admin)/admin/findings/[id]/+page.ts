import { getFinding } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import { findStudio } from "#lib/admin/find-studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, params, parent }) => {
  depends("dailies:admin");
  await parent();
  const finding = await orPage(getFinding(fetch, params.id), url);
  return { finding, studio: await findStudio(fetch, finding.studio) };
};
