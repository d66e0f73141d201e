import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { CreateQuote, Quote } from "../contract.ts";
import { headersFor } from "../router/sunsets.ts";
import { createQuote, getQuote } from "./service.ts";

const create = route({ scope: "runs:write", role: "editor" }, {
  method: "post", path: "/quotes", operationId: "createQuote", summary: "Price what must be made",
  request: { headers: IdempotencyKey, body: body(CreateQuote) },
  responses: {
    201: json(Quote, "Valid for 15 minutes, and binding. Where a model in it ends, `Sunset` and `Deprecation` have the dates of the first that does"),
    ...problems("request.invalid", "request.key_reused", "project.not_found", "asset.not_found", "upload.unsupported", "model.not_found", "scene.not_found", "node.not_found", "film.empty", "quote.needs_voices", "quote.nothing_to_do", "quote.too_long", "tool.unavailable", "tool.unsupported", "plan.quota_reached"),
  },
});
const get = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/quotes/{id}", operationId: "getQuote", summary: "A quote", request: { params: pathId() },
  responses: { 200: json(Quote, "As it was made"), ...problems("quote.not_found") },
});

export const quoteRoutes = router()
  .openapi(create, async (c) => {
    const quote = await createQuote(studioOf(c), c.req.valid("json"));
    return c.json(quote, 201, await headersFor(c.var.ctx, quote.items.map(({ model }) => model)));
  })
  .openapi(get, async (c) => {
    const quote = await getQuote(studioOf(c), c.req.valid("param").id);
    return c.json(quote, 200, await headersFor(c.var.ctx, quote.items.map(({ model }) => model)));
  });
