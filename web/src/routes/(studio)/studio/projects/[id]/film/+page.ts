import { orNull } from "#lib/api/load.ts";
import { getEditList, getShots } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends("dailies:film");
  const [editList, shots] = await Promise.all([orNull(getEditList(fetch, params.id)).catch(() => null), orNull(getShots(fetch, params.id)).catch(() => null)]);
  return { editList, shots: shots?.data ?? [] };
};
