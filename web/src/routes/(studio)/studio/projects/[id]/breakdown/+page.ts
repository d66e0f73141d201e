import { orNull, orPage } from "#lib/api/load.ts";
import { getBreakdown } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url, depends, untrack }) => {
  depends("dailies:film");
  return { breakdown: await orPage(orNull(getBreakdown(fetch, params.id)), untrack(() => new URL(url))) };
};
