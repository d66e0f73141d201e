import type { Handle, HandleFetch, HandleServerError } from "@sveltejs/kit";
import { paraglideMiddleware } from "#lib/paraglide/server.js";
import { getTextDirection } from "#lib/paraglide/runtime.js";
import { STUDIO_COOKIE } from "#lib/api/chosen-studio.ts";
import { playbackOrigins, withPlayback } from "#lib/server/playback-origins.ts";
import { askInStudio, isApiPath, newRequestId } from "#lib/server/api-binding.ts";

const SECURITY = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
};
const PRIVATE = "private, no-store";

/** Pages that depend on no cookie say so themselves (`setHeaders`, with `publicPage`); everything else is never stored. */
export const handle: Handle = async ({ event, resolve }) => {
  event.locals.requestId = newRequestId();
  event.locals.setCookies = [];
  event.locals.studioLost = false;
  if (isApiPath(event.url.pathname)) return askInStudio(event, event.request);
  return paraglideMiddleware(event.request, async ({ locale }) => {
    // Films begin to play on pages that were reached from any other: so every page lets them.
    const origins = playbackOrigins(event);
    const response = await resolve(event, {
      transformPageChunk: ({ html }) => html.replace("%lang%", locale).replace("%dir%", getTextDirection(locale)),
      preload: ({ type, path }) => type === "js" || type === "css" || (type === "font" && /instrument|bricolage/.test(path)),
    });
    for (const [name, value] of Object.entries(SECURITY)) response.headers.set(name, value);
    const policy = response.headers.get("content-security-policy");
    if (policy) response.headers.set("content-security-policy", withPlayback(policy, await origins));
    if (event.url.protocol === "https:") response.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
    response.headers.set("dailies-request-id", event.locals.requestId);
    if (event.locals.studioLost) response.headers.append("set-cookie", `${STUDIO_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`);
    for (const cookie of event.locals.setCookies) response.headers.append("set-cookie", cookie);
    if (!response.headers.get("cache-control")?.startsWith("public") || event.locals.setCookies.length > 0 || event.locals.studioLost) response.headers.set("cache-control", PRIVATE);
    return response;
  });
};

/** During rendering the API is asked over the binding, as the visitor: with their cookie and this request's id. */
export const handleFetch: HandleFetch = async ({ event, request, fetch }) => {
  const url = new URL(request.url);
  if (url.origin !== event.url.origin || !isApiPath(url.pathname)) return fetch(request);
  const response = await askInStudio(event, request);
  event.locals.setCookies.push(...response.headers.getSetCookie());
  return response;
};

export const handleError: HandleServerError = ({ error, event, status }) => {
  if (status === 404) return { message: "There is nothing at this address.", requestId: event.locals.requestId };
  console.error(JSON.stringify({ evt: "page.failed", requestId: event.locals.requestId, path: event.route.id, error: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? error.stack : null }));
  return { message: "This page failed to open, and that is our fault.", requestId: event.locals.requestId };
};
