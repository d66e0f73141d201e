import { error } from "@sveltejs/kit";
import { getVideo } from "#lib/api/feed.ts";
import { toProblem } from "#lib/api/problem.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = async ({ fetch, params, request, setHeaders }) => {
  const video = await getVideo(fetch, params.id).catch((failure: unknown) => {
    const { status, code, detail, requestId } = toProblem(failure);
    error(status >= 400 ? status : 503, { message: detail, code, ...(requestId && { requestId }) });
  });
  // With a cookie the answer is one studio's own, and is kept nowhere.
  if (!request.headers.has("cookie") && video.visibility !== "private") setHeaders(PUBLIC_PAGE);
  return { video };
};
