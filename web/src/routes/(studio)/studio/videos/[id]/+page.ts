import { error } from "@sveltejs/kit";
import { getVideo } from "#lib/api/feed.ts";
import { orPage } from "#lib/api/load.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends("dailies:videos");
  const video = await orPage(getVideo(fetch, params.id), url);
  // Everyone may read a public film; only its own studio finds it here.
  if (video.project === null) error(404, { message: "There is no such film in this studio." });
  return { video };
};
