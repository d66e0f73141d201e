import { z } from "@hono/zod-openapi";
import { problems as catalogue } from "#core/errors.ts";
import { json, route, router } from "#core/http.ts";

const ProblemType = z.object({ code: z.string(), status: z.int(), title: z.string() }).openapi("ProblemType");

const list = route("public", {
  method: "get", path: "/problems", operationId: "listProblems", summary: "Every failure that the API can answer with",
  responses: { 200: json(z.object({ data: z.array(ProblemType), nextCursor: z.null() }), "The whole catalogue") },
});

/** The catalogue of problems, for the page that each problem's `type` points to. */
export const referenceRoutes = router().openapi(list, (c) => {
  c.header("cache-control", "public, max-age=3600");
  return c.json({ data: Object.entries(catalogue).map(([code, [status, title]]) => ({ code, status, title })), nextCursor: null }, 200);
});
