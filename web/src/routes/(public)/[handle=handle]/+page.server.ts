import { getProfile, listProfileVideos } from "#lib/api/feed.ts";
import { orPage } from "#lib/api/load.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ fetch, params, url, setHeaders }) => {
  const handle = params.handle.slice(1);
  const cursor = url.searchParams.get("cursor");
  const [profile, page] = await Promise.all([orPage(getProfile(fetch, handle), url), orPage(listProfileVideos(fetch, handle, { cursor }), url)]);
  setHeaders(PUBLIC_PAGE);
  return { profile, films: page.data, nextCursor: page.nextCursor, later: cursor !== null };
};
