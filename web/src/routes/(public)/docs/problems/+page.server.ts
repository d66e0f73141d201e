import { ask } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { Page } from "#lib/api/types.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  const { data } = await orPage(ask<Page<{ code: string; status: number; title: string }>>(fetch, { path: "/v1/problems" }), url);
  setHeaders(PUBLIC_PAGE);
  return { problems: data };
};
