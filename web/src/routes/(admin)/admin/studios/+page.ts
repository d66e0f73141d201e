import { searchStudios } from "#lib/api/admin.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:admin");
  await parent();
  const q = url.searchParams.get("q")?.trim() ?? "";
  return { q, studios: await orPage(searchStudios(fetch, { q, cursor: url.searchParams.get("cursor") }), url) };
};
