import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf, PageQuery } from "#core/page.ts";
import { CreatePartner, Partner, PartnerWithSecret, RotatePartner } from "../contract.ts";
import { createPartner, listPartners, revokePartner, rotatePartner } from "./service.ts";

const create = route("admin", {
  method: "post", path: "/admin/partners", operationId: "createPartner", summary: "Let a system of others record transactions", request: { body: body(CreatePartner) },
  responses: { 201: json(PartnerWithSecret, "The secret is shown this once"), ...problems("request.invalid", "studio.not_found", "partner.name_taken") },
});
const list = route("admin", {
  method: "get", path: "/admin/partners", operationId: "listPartners", summary: "All partners", request: { query: PageQuery },
  responses: { 200: json(pageOf(Partner), "The newest first, those that were revoked too"), ...problems("request.invalid") },
});
const rotate = route("admin", {
  method: "post", path: "/admin/partners/{id}/rotate", operationId: "rotatePartner", summary: "Give a partner a new secret", request: { params: pathId(), body: body(RotatePartner) },
  responses: { 200: json(PartnerWithSecret, "The secret is shown this once"), ...problems("request.invalid", "partner.not_found", "resource.changed") },
});
const revoke = route("admin", {
  method: "post", path: "/admin/partners/{id}/revoke", operationId: "revokePartner", summary: "End a partner at once", request: { params: pathId() },
  responses: { 200: json(Partner, "Ended; what it recorded stays"), ...problems("partner.not_found", "resource.changed") },
});

export const partnerRoutes = router()
  .openapi(create, async (c) => c.json(await createPartner(c.var.ctx, c.req.valid("json")), 201))
  .openapi(list, async (c) => c.json(await listPartners(c.var.ctx, c.req.valid("query")), 200))
  .openapi(rotate, async (c) => c.json(await rotatePartner(c.var.ctx, c.req.valid("param").id, c.req.valid("json").graceHours), 200))
  .openapi(revoke, async (c) => c.json(await revokePartner(c.var.ctx, c.req.valid("param").id), 200));
