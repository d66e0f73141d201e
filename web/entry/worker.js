// Stands before SvelteKit's worker: what is not a page goes to the API, so that neither the page cache nor the form checks see it.
import kit from "KIT_WORKER";

const TO_API = /^\/(?:(?:api|media)(?:\/|$)|\.well-known\/dailies-keys\.json$)/;

const CHOSEN = /(?:^|;\s*)dailies-studio=(studio_[0-9a-z]+)/;

const LIVE = "/api/v1/live";
const ADMIN = "/api/v1/admin/";

/**
 * A page names its studio with each call, and in the address of its WebSocket; for what names none it is the one that the cookie remembers.
 * Where that is not theirs any more, it is forgotten, and their own studio answers.
 * @param {Request} request
 * @param {{ fetch: typeof fetch }} api
 */
async function askInStudio(request, api) {
  const { pathname, searchParams } = new URL(request.url);
  const named = pathname === LIVE ? searchParams.get("studio") : null;
  // Administrators ask about other studios than their own.
  if (pathname.startsWith(ADMIN)) return api.fetch(request);
  const studio = named ?? CHOSEN.exec(request.headers.get("cookie") ?? "")?.[1];
  if (!studio || request.headers.has("dailies-studio") || request.headers.has("authorization")) return api.fetch(request);
  const headers = new Headers(request.headers);
  headers.set("dailies-studio", studio);
  const response = await api.fetch(new Request(request, { headers }));
  if (response.status !== 404 || request.method !== "GET" || named || !(await response.clone().text()).includes('"studio.not_found"')) return response;
  const own = await api.fetch(request);
  const answer = new Response(own.body, own);
  answer.headers.append("set-cookie", "dailies-studio=; Path=/; Max-Age=0; SameSite=Lax");
  return answer;
}

export default {
  /**
   * @param {Request} request
   * @param {{ API: { fetch: typeof fetch }, ASSETS: { fetch: typeof fetch } }} env
   * @param {unknown} ctx
   */
  fetch(request, env, ctx) {
    return TO_API.test(new URL(request.url).pathname) ? askInStudio(request, env.API) : kit.fetch(request, env, ctx);
  },
};
