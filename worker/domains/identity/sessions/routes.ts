import { z } from "@hono/zod-openapi";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { AppError } from "#core/errors.ts";
import { keptMails } from "#core/mail.ts";
import { Session, SiteConfig } from "../contract.ts";
import { listSessions, revokeSession, siteConfig } from "./service.ts";

const list = route("account", {
  method: "get", path: "/sessions", operationId: "listSessions", summary: "Where you are signed in",
  responses: { 200: json(z.object({ data: z.array(Session), nextCursor: z.null() }), "Newest first"), ...problems("auth.required") },
});
const revoke = route("account", {
  method: "delete", path: "/sessions/{id}", operationId: "revokeSession", summary: "Sign out one browser", request: { params: pathId() },
  responses: { 204: { description: "Signed out" }, ...problems("auth.required") },
});
const mails = route("public", {
  method: "get", path: "/local/mails", operationId: "listLocalMails", summary: "Letters that a local Dailies has kept instead of sending",
  responses: { 200: json(z.object({ data: z.array(z.unknown()), nextCursor: z.null() }), "Newest first"), ...problems("route.not_found") },
});

const config = route("public", {
  method: "get", path: "/config", operationId: "getConfig", summary: "What this installation offers for signing in",
  responses: { 200: json(SiteConfig, "What it offers") },
});

export const sessionRoutes = router()
  .openapi(config, (c) => c.json(siteConfig(c.var.ctx), 200))
  .openapi(list, async (c) => c.json({ data: await listSessions(c.var.ctx), nextCursor: null }, 200))
  .openapi(revoke, async (c) => {
    await revokeSession(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(mails, async (c) => {
    const letters = await keptMails(c.var.ctx);
    if (!letters) throw new AppError("route.not_found", "There is nothing at this address.");
    return c.json({ data: letters, nextCursor: null }, 200);
  });
