import { getVideo, listOwnVideos } from "#lib/api/feed.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:videos");
  const page = await orPage(listOwnVideos(fetch, { cursor: url.searchParams.get("cursor") }), url);
  // A card says nothing of who may watch; the film itself does.
  const seen = await Promise.all(page.data.map((card) => getVideo(fetch, card.id).then(({ visibility }) => visibility).catch(() => null)));
  return { films: page.data.map((card, index) => ({ ...card, visibility: seen[index] ?? null })), nextCursor: page.nextCursor };
};
