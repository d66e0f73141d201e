// Stands before SvelteKit's worker: what is not a page goes to the API, so that neither the page cache nor the form checks see it.
import kit from "KIT_WORKER";

const TO_API = /^\/(?:api|media)(?:\/|$)/;

const CHOSEN = /(?:^|;\s*)dailies-studio=(studio_[0-9a-z]+)/;

/**
 * A page names its studio itself; what cannot, a WebSocket or a picture, is of the studio that the cookie remembers.
 * @param {Request} request
 */
function inChosenStudio(request) {
  const studio = CHOSEN.exec(request.headers.get("cookie") ?? "")?.[1];
  if (!studio || request.headers.has("dailies-studio") || request.headers.has("authorization")) return request;
  const headers = new Headers(request.headers);
  headers.set("dailies-studio", studio);
  return new Request(request, { headers });
}

export default {
  /**
   * @param {Request} request
   * @param {{ API: { fetch: typeof fetch }, ASSETS: { fetch: typeof fetch } }} env
   * @param {unknown} ctx
   */
  fetch(request, env, ctx) {
    return TO_API.test(new URL(request.url).pathname) ? env.API.fetch(inChosenStudio(request)) : kit.fetch(request, env, ctx);
  },
};
