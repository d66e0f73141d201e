import type { RequestEvent } from "@sveltejs/kit";

const PATHS = /^\/(?:api|media)(?:\/|$)/;
const ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH = 26;

/** True for what the API answers, and not a page. */
export const isApiPath = (pathname: string): boolean => PATHS.test(pathname);

/** A request id of the form that the API accepts from the web in front of it. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return `req_${Array.from(bytes, (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("")}`;
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
