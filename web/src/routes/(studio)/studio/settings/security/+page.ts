import { orPage } from "#lib/api/load.ts";
import { listSessions } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:sessions");
  return { sessions: (await orPage(listSessions(fetch), url)).data };
};
