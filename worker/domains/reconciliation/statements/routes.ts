import { body, json, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { ImportStatement, Statement } from "../contract.ts";
import { importStatement, listStatements } from "./service.ts";

const create = route("admin", {
  method: "post", path: "/admin/provider-statements", operationId: "importStatement", summary: "Take in what a provider says that it billed", request: { body: body(ImportStatement) },
  responses: { 201: json(Statement, "Taken in; the next reconciliation compares it"), ...problems("request.invalid", "statement.known", "statement.unavailable") },
});
const list = route("admin", {
  method: "get", path: "/admin/provider-statements", operationId: "listStatements", summary: "Statements of providers", request: { query: PageQuery },
  responses: { 200: json(pageOf(Statement), "Newest first"), ...problems("request.invalid") },
});

export const statementRoutes = router()
  .openapi(create, async (c) => c.json(await importStatement(c.var.ctx, c.req.valid("json")), 201))
  .openapi(list, async (c) => c.json(await listStatements(c.var.ctx, c.req.valid("query")), 200));
