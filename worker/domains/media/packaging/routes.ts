import { z } from "@hono/zod-openapi";
import { json, problems, route, router } from "#core/http.ts";
import { playbackOrigins } from "./playback.ts";
import { receiveStreamEvent } from "./webhook.ts";

const hook = route("signed", {
  method: "post", path: "/stream", operationId: "receiveStreamEvent", summary: "Cloudflare Stream's webhook, signed by Stream",
  responses: { 200: json(z.object({ received: z.boolean() }), "Heard"), ...problems("webhook.refused") },
});
const origins = route("public", {
  method: "get", path: "/playback-origins", operationId: "listPlaybackOrigins", summary: "Origins that films are played from, besides this one",
  responses: { 200: json(z.object({ data: z.array(z.string()), nextCursor: z.null() }), "What a page's content security policy has to allow") },
});

/** Below `/api/webhooks`, ahead of the providers' own. */
export const streamWebhookRoutes = router().openapi(hook, async (c) => {
  await receiveStreamEvent(c.var.ctx, c.req.raw);
  return c.json({ received: true }, 200);
});

export const playbackRoutes = router().openapi(origins, (c) => {
  c.header("cache-control", "public, max-age=300");
  return c.json({ data: playbackOrigins(c.var.ctx), nextCursor: null }, 200);
});
