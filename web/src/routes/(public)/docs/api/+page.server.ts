import { ask } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import { referenceOf, type OpenApi } from "#lib/server/reference.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  const reference = referenceOf(await orPage(ask<OpenApi>(fetch, { path: "/v1/openapi.json" }), url));
  setHeaders(PUBLIC_PAGE);
  return { reference };
};
