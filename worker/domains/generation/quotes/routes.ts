import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { CreateQuote, Quote } from "../contract.ts";
import { createQuote, getQuote } from "./service.ts";

const create = route({ scope: "runs:write", role: "editor" }, {
  method: "post", path: "/quotes", operationId: "createQuote", summary: "Price what must be made",
  request: { headers: IdempotencyKey, body: body(CreateQuote) },
  responses: {
    201: json(Quote, "Valid for 15 minutes, and binding"),
    ...problems("request.invalid", "request.key_reused", "project.not_found", "scene.not_found", "node.not_found", "film.empty", "quote.needs_voices", "quote.nothing_to_do", "quote.too_long", "tool.unavailable"),
  },
});
const get = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/quotes/{id}", operationId: "getQuote", summary: "A quote", request: { params: pathId() },
  responses: { 200: json(Quote, "As it was made"), ...problems("quote.not_found") },
});

export const quoteRoutes = router()
  .openapi(create, async (c) => c.json(await createQuote(studioOf(c), c.req.valid("json")), 201))
  .openapi(get, async (c) => c.json(await getQuote(studioOf(c), c.req.valid("param").id), 200));
