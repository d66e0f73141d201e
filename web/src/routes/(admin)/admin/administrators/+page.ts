import { listAdministrators } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  return { administrators: (await orPage(listAdministrators(fetch), url)).data };
};
