import { z } from "@hono/zod-openapi";
import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { Finding, findingStates, FindingWithNotes, severities, WriteNote } from "../contract.ts";
import { getFinding, listFindings, noteFinding, reopenFinding, resolveFinding } from "./service.ts";

const list = route("admin", {
  method: "get", path: "/admin/findings", operationId: "listFindings", summary: "What is not as it should be",
  request: { query: PageQuery.extend({ state: z.enum(findingStates).optional(), severity: z.enum(severities).optional(), studio: z.string().optional(), check: z.string().optional() }) },
  responses: { 200: json(pageOf(Finding), "Newest first"), ...problems("request.invalid") },
});
const get = route("admin", {
  method: "get", path: "/admin/findings/{id}", operationId: "getFinding", summary: "A finding with its notes", request: { params: pathId() },
  responses: { 200: json(FindingWithNotes, "As it is now"), ...problems("finding.not_found") },
});
const note = route("admin", {
  method: "post", path: "/admin/findings/{id}/notes", operationId: "noteFinding", summary: "Write something down about a finding", request: { params: pathId(), body: body(WriteNote) },
  responses: { 201: json(FindingWithNotes, "Written"), ...problems("request.invalid", "finding.not_found") },
});
const resolve = route("admin", {
  method: "post", path: "/admin/findings/{id}/resolve", operationId: "resolveFinding", summary: "Explain a finding and close it", request: { params: pathId(), body: body(WriteNote) },
  responses: { 200: json(FindingWithNotes, "Closed while it is the same difference"), ...problems("request.invalid", "finding.not_found", "finding.settled", "resource.changed") },
});
const reopen = route("admin", {
  method: "post", path: "/admin/findings/{id}/reopen", operationId: "reopenFinding", summary: "Open a finding again", request: { params: pathId(), body: body(WriteNote) },
  responses: { 200: json(FindingWithNotes, "Open"), ...problems("request.invalid", "finding.not_found", "finding.settled", "resource.changed") },
});

export const findingRoutes = router()
  .openapi(list, async (c) => c.json(await listFindings(c.var.ctx, c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getFinding(c.var.ctx, c.req.valid("param").id), 200))
  .openapi(note, async (c) => c.json(await noteFinding(c.var.ctx, c.req.valid("param").id, c.req.valid("json").note), 201))
  .openapi(resolve, async (c) => c.json(await resolveFinding(c.var.ctx, c.req.valid("param").id, c.req.valid("json").note), 200))
  .openapi(reopen, async (c) => c.json(await reopenFinding(c.var.ctx, c.req.valid("param").id, c.req.valid("json").note), 200));
