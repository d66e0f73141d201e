import { studioOf } from "#core/access.ts";
import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { z } from "@hono/zod-openapi";
import { ReconciliationRun, StartReconciliation, StudioReconciliation } from "../contract.ts";
import { getAny, getOwn, listAll, listOwn, startAsAdministrator, startOwn } from "./service.ts";

const own = { scope: "wallet:read", role: "admin" } as const;
const ask = { scope: "wallet:write", role: "admin" } as const;
const started = { 202: json(ReconciliationRun, "Under way; ask for it again until it is over"), ...problems("request.rate_limited") };

const start = route(ask, { method: "post", path: "/reconciliation/runs", operationId: "startReconciliation", summary: "Compare the studio's credits with everything that says something about them", responses: started });
/** The route that partners know from before. */
const startAlias = route(ask, { method: "post", path: "/reconciliation/run", operationId: "runReconciliation", summary: "The same as POST /api/v1/reconciliation/runs", responses: started });
const list = route(own, {
  method: "get", path: "/reconciliation/runs", operationId: "listReconciliations", summary: "The studio's reconciliations", request: { query: PageQuery },
  responses: { 200: json(pageOf(ReconciliationRun), "Newest first"), ...problems("request.invalid") },
});
const get = route(own, {
  method: "get", path: "/reconciliation/runs/{id}", operationId: "getReconciliation", summary: "A reconciliation, and what is open in the studio", request: { params: pathId() },
  responses: { 200: json(StudioReconciliation, "As it is now"), ...problems("reconciliation.not_found") },
});
const adminStart = route("admin", {
  method: "post", path: "/admin/reconciliation/runs", operationId: "startPlatformReconciliation", summary: "Compare everything, or one studio", request: { body: body(StartReconciliation) },
  responses: { 202: json(ReconciliationRun, "Under way; ask for it again until it is over"), ...problems("request.invalid", "studio.not_found") },
});
const adminList = route("admin", {
  method: "get", path: "/admin/reconciliation/runs", operationId: "listAllReconciliations", summary: "All reconciliations",
  request: { query: PageQuery.extend({ studio: z.string().optional().meta({ description: "A studio's id, or `platform` for those of everything" }) }) },
  responses: { 200: json(pageOf(ReconciliationRun), "Newest first"), ...problems("request.invalid") },
});
const adminGet = route("admin", {
  method: "get", path: "/admin/reconciliation/runs/{id}", operationId: "getAnyReconciliation", summary: "A reconciliation", request: { params: pathId() },
  responses: { 200: json(ReconciliationRun, "As it is now"), ...problems("reconciliation.not_found") },
});

export const reconciliationRoutes = router()
  .openapi(start, async (c) => c.json(await startOwn(studioOf(c)), 202))
  .openapi(list, async (c) => c.json(await listOwn(studioOf(c), c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getOwn(studioOf(c), c.req.valid("param").id), 200))
  .openapi(adminStart, async (c) => c.json(await startAsAdministrator(c.var.ctx, c.req.valid("json").studio ?? null), 202))
  .openapi(adminList, async (c) => c.json(await listAll(c.var.ctx, c.req.valid("query")), 200))
  .openapi(adminGet, async (c) => c.json(await getAny(c.var.ctx, c.req.valid("param").id), 200));

/** Below `/api`, as it was. */
export const reconciliationAlias = router().openapi(startAlias, async (c) => c.json(await startOwn(studioOf(c)), 202));
