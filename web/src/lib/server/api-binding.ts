import type { RequestEvent } from "@sveltejs/kit";
import { STUDIO_COOKIE } from "#lib/api/chosen-studio.ts";

const PATHS = /^\/(?:api|media)(?:\/|$)/;
const ADMIN = "/api/v1/admin/";
const ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH = 26;

/** True for what the API answers, and not a page. */
export const isApiPath = (pathname: string): boolean => PATHS.test(pathname);

/** A request id of the form that the API accepts from the web in front of it. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return `req_${Array.from(bytes, (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("")}`;
}

/**
 * Asks the API for the studio that the visitor chose last. Where that is no longer theirs, the choice is forgotten and their own studio is
 * asked for.
 */
export async function askInStudio(event: RequestEvent, request: Request): Promise<Response> {
  const studio = event.cookies.get(STUDIO_COOKIE);
  // Administrators ask about other studios than their own.
  if (!studio || request.headers.has("dailies-studio") || new URL(request.url).pathname.startsWith(ADMIN)) return askApi(event, request);
  const headers = new Headers(request.headers);
  headers.set("dailies-studio", studio);
  const again = request.clone();
  const response = await askApi(event, new Request(request, { headers }));
  if (response.status !== 404 || !(await response.clone().text()).includes('"studio.not_found"')) return response;
  event.locals.studioLost = true;
  return askApi(event, again);
}

/** Sends a request to the API: over the binding, or while pages are being worked on to `API_ORIGIN`. */
export async function askApi(event: RequestEvent, request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set("dailies-request-id", event.locals.requestId);
  const cookie = event.request.headers.get("cookie");
  if (cookie) headers.set("cookie", cookie);
  // Sessions and limits are the visitor's, also where a page asks in their name.
  for (const name of ["user-agent", "cf-connecting-ip"]) {
    const value = event.request.headers.get(name);
    if (value) headers.set(name, value);
  }
  if (request.method !== "GET") headers.set("origin", event.url.origin);
  const origin = import.meta.env.DEV ? process.env["API_ORIGIN"] : undefined;
  if (origin) {
    const url = new URL(request.url);
    if (request.method !== "GET") headers.set("origin", origin);
    const body = request.method === "GET" ? null : await request.arrayBuffer();
    return fetch(`${origin}${url.pathname}${url.search}`, { method: request.method, headers, body });
  }
  const api = event.platform?.env.API;
  if (!api) return Response.json({ code: "internal", detail: "The API cannot be reached.", instance: event.locals.requestId }, { status: 503 });
  return api.fetch(new Request(request, { headers }));
}
