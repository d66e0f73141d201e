import { z } from "@hono/zod-openapi";
import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { Administrator, AdminStudio, AdminUser, GrantAdministrator, Reason } from "../contract.ts";
import { grantAdministrator, listAdministrators, revokeAdministrator, searchStudios, searchUsers } from "./service.ts";

const SearchQuery = PageQuery.extend({ q: z.string().trim().max(200).default("") });

const list = route("admin", {
  method: "get", path: "/admin/administrators", operationId: "listAdministrators", summary: "Who administers the platform",
  responses: { 200: json(z.object({ data: z.array(Administrator), nextCursor: z.null() }), "By address"), ...problems("route.not_found") },
});
const grant = route("admin", {
  method: "post", path: "/admin/administrators", operationId: "grantAdministrator", summary: "Make somebody an administrator", request: { body: body(GrantAdministrator) },
  responses: { 201: json(Administrator, "They are one now; they decide on money after a day"), ...problems("request.invalid", "account.not_found") },
});
const revoke = route("admin", {
  method: "post", path: "/admin/administrators/{id}/revoke", operationId: "revokeAdministrator", summary: "Take the right from an administrator", request: { params: pathId(), body: body(Reason) },
  responses: { 204: { description: "They are none any more" }, ...problems("request.invalid", "account.not_found", "admin.named", "admin.last") },
});
const users = route("admin", {
  method: "get", path: "/admin/users", operationId: "searchUsers", summary: "Accounts by e-mail address or id", request: { query: SearchQuery },
  responses: { 200: json(pageOf(AdminUser), "By address"), ...problems("request.invalid") },
});
const studios = route("admin", {
  method: "get", path: "/admin/studios", operationId: "searchStudios", summary: "Studios by name, id or a member's e-mail address", request: { query: SearchQuery },
  responses: { 200: json(pageOf(AdminStudio), "By name"), ...problems("request.invalid") },
});

export const adminRoutes = router()
  .openapi(list, async (c) => c.json({ data: await listAdministrators(c.var.ctx), nextCursor: null }, 200))
  .openapi(grant, async (c) => c.json(await grantAdministrator(c.var.ctx, c.req.valid("json")), 201))
  .openapi(revoke, async (c) => {
    await revokeAdministrator(c.var.ctx, { user: c.req.valid("param").id, reason: c.req.valid("json").reason });
    return c.body(null, 204);
  })
  .openapi(users, async (c) => c.json(await searchUsers(c.var.ctx, c.req.valid("query")), 200))
  .openapi(studios, async (c) => c.json(await searchStudios(c.var.ctx, c.req.valid("query")), 200));
