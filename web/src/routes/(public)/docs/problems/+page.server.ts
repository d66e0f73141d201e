import { answerOf, api } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  const { data } = await orPage(answerOf(api(fetch).GET("/api/v1/problems")), url);
  setHeaders(PUBLIC_PAGE);
  return { problems: data };
};
