import { orPage } from "#lib/api/load.ts";
import { getStudioProviders } from "#lib/api/models.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:providers");
  return { providers: await orPage(getStudioProviders(fetch), url) };
};
