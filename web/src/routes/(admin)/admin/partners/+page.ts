import { listPartners } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  return { partners: await orPage(listPartners(fetch, { cursor: url.searchParams.get("cursor") }), url) };
};
