import { orNull } from "#lib/api/load.ts";
import { getEditList } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends("dailies:film");
  return { editList: await orNull(getEditList(fetch, params.id)).catch(() => null) };
};
