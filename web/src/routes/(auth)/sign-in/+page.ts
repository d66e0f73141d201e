import { getConfig } from "#lib/api/account.ts";
import { safeNext } from "#lib/text/safe-next.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url }) => ({ config: await getConfig(fetch), next: safeNext(url.searchParams.get("next"), "/studio"), reset: url.searchParams.has("reset") });
