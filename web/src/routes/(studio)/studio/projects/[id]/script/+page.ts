import { orNull, orPage } from "#lib/api/load.ts";
import { getScript } from "#lib/api/projects.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url }) => ({ script: await orPage(orNull(getScript(fetch, params.id)), url) });
