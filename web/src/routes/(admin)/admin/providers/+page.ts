import { listProviders } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  return { providers: (await orPage(listProviders(fetch), url)).data };
};
