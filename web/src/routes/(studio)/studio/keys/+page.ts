import { orPage } from "#lib/api/load.ts";
import { listKeys } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:keys");
  const { me } = await parent();
  const manages = me.studio.role === "owner" || me.studio.role === "admin";
  return { manages, keys: manages ? (await orPage(listKeys(fetch), url)).data : [] };
};
