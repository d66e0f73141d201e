import { orNull, orPage } from "#lib/api/load.ts";
import { getRun } from "#lib/api/making.ts";
import { getBreakdown, getShots } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url, parent, depends, untrack }) => {
  depends("dailies:film");
  const here = untrack(() => new URL(url));
  const [shots, breakdown] = await Promise.all([orPage(orNull(getShots(fetch, params.id)), here), orPage(orNull(getBreakdown(fetch, params.id)), here)]);
  const last = (await parent()).runs[0];
  return { shots, breakdown, lastRun: last ? await getRun(fetch, last.id).catch(() => null) : null };
};
