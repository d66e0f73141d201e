import type { TypedResponse } from "hono";
import { studioOf } from "#core/access.ts";
import { json, problems, route, router } from "#core/http.ts";
import { Statement, StatementQuery } from "./contract.ts";
import { statementOf } from "./service.ts";

const statement = route({ scope: "wallet:read", role: "viewer" }, {
  method: "get", path: "/wallet/statement", operationId: "getStatement", summary: "The wallet's log as a file that proves itself", request: { query: StatementQuery },
  responses: { 200: json(Statement, "To be checked with `npm run verify-statement` or a verifier of one's own"), ...problems("request.invalid") },
});

export const statementRoutes = router().openapi(statement, async (c) => {
  const { filename, text } = await statementOf(studioOf(c), c.req.valid("query"));
  const headers = { "content-type": "application/json", "content-disposition": `attachment; filename="${filename}"` };
  return new Response(text, { headers }) as Response & TypedResponse<Statement, 200, "json">;
});
