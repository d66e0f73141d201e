import { studioOf } from "#core/access.ts";
import type { Actor } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { json, problems, route, router } from "#core/http.ts";
import type { Page } from "#objects/hub/object.ts";
import { LivePage, LiveQuery } from "./contract.ts";

interface HubCalls {
  after(id: number): Promise<Page>;
}

/** Who holds a socket, so that it can be ended with their right to it. */
const listenerOf = (actor: Actor): string => (actor.kind === "user" ? `user:${actor.user}` : actor.kind === "key" ? `key:${actor.key}` : actor.kind);

const read = { scope: "runs:read", role: "viewer" } as const;

const live = route(read, {
  method: "get", path: "/live", operationId: "openLive", summary: "A WebSocket of what happens in the studio", request: { query: LiveQuery },
  responses: { 101: { description: "First `{object: \"live\", last, complete}`, then a LiveMessage a frame. `ping` is answered by `pong`." }, ...problems("request.malformed", "request.origin_refused", "service.unavailable") },
});
const events = route(read, {
  method: "get", path: "/live/events", operationId: "listLiveEvents", summary: "The same for those who poll", request: { query: LiveQuery },
  responses: { 200: json(LivePage, "Oldest first"), ...problems("request.invalid") },
});

export const liveRoutes = router()
  .openapi(events, async (c) => {
    const ctx = studioOf(c);
    const { messages, last, complete } = await (ctx.env.HUB.getByName(ctx.studio) as unknown as HubCalls).after(c.req.valid("query").after ?? Number.MAX_SAFE_INTEGER);
    return c.json({ data: messages, last, complete: c.req.valid("query").after === undefined || complete }, 200);
  })
  .openapi(live, async (c) => {
    const ctx = studioOf(c);
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") throw new AppError("request.malformed", "Open this address as a WebSocket, or poll /api/v1/live/events.");
    const { after } = c.req.valid("query");
    const address = new URL("https://hub/live");
    if (after !== undefined) address.searchParams.set("after", String(after));
    address.searchParams.set("who", listenerOf(ctx.actor));
    const answer = await ctx.env.HUB.getByName(ctx.studio).fetch(address.href, { headers: { upgrade: "websocket" } });
    if (answer.status !== 101) throw new AppError("service.unavailable", "Too many pages of this studio are open. Poll /api/v1/live/events instead.");
    return new Response(null, { status: 101, webSocket: answer.webSocket });
  });
