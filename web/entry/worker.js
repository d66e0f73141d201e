// Stands before SvelteKit's worker: what is not a page goes to the API, so that neither the page cache nor the form checks see it.
import kit from "KIT_WORKER";

const TO_API = /^\/(?:api|media)(?:\/|$)/;

export default {
  /**
   * @param {Request} request
   * @param {{ API: { fetch: typeof fetch }, ASSETS: { fetch: typeof fetch } }} env
   * @param {unknown} ctx
   */
  fetch(request, env, ctx) {
    return TO_API.test(new URL(request.url).pathname) ? env.API.fetch(request) : kit.fetch(request, env, ctx);
  },
};
