import { orNull, orPage } from "#lib/api/load.ts";
import { getRun } from "#lib/api/making.ts";
import { getBreakdown, getEditList, getShots } from "#lib/api/projects.ts";
import type { EditListView, Shots } from "#lib/api/types.ts";
import type { PageLoad } from "./$types";

/** The shots as the film plays them: an edit can turn the script's order. */
function asPlayed(shots: Shots, edit: EditListView | null): Shots {
  const place = new Map(edit?.entries.map(({ id }, at) => [id, at]));
  const placeOf = (id: string) => place.get(id) ?? Number.MAX_SAFE_INTEGER;
  return { ...shots, data: shots.data.toSorted((a, b) => placeOf(a.id) - placeOf(b.id)) };
}

export const load: PageLoad = async ({ fetch, params, url, parent, depends, untrack }) => {
  depends("dailies:film");
  const here = untrack(() => new URL(url));
  const [shots, breakdown, edit] = await Promise.all([
    orPage(orNull(getShots(fetch, params.id)), here),
    orPage(orNull(getBreakdown(fetch, params.id)), here),
    getEditList(fetch, params.id).catch(() => null),
  ]);
  const last = (await parent()).runs[0];
  return { shots: shots && asPlayed(shots, edit), order: edit?.entries.map(({ id }) => id) ?? [], breakdown, lastRun: last ? await getRun(fetch, last.id).catch(() => null) : null };
};
