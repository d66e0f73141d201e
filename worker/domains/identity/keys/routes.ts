import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { ApiKey, CreatedKey, CreateKey } from "../contract.ts";
import { createKey, listKeys, revokeKey } from "./service.ts";

const list = route({ scope: "keys:read", role: "admin" }, {
  method: "get", path: "/keys", operationId: "listKeys", summary: "The studio's API keys", responses: { 200: json(z.object({ data: z.array(ApiKey), nextCursor: z.null() }), "Newest first") },
});
const create = route({ scope: "keys:write", role: "admin" }, {
  method: "post", path: "/keys", operationId: "createKey", summary: "Make an API key", request: { body: body(CreateKey) },
  responses: { 201: json(CreatedKey, "The secret is shown this once"), ...problems("request.invalid", "auth.scope_missing") },
});
const revoke = route({ scope: "keys:write", role: "admin" }, {
  method: "delete", path: "/keys/{id}", operationId: "revokeKey", summary: "End a key at once", request: { params: pathId() },
  responses: { 204: { description: "Ended" }, ...problems("key.not_found") },
});

export const keyRoutes = router()
  .openapi(list, async (c) => c.json({ data: await listKeys(studioOf(c)), nextCursor: null }, 200))
  .openapi(create, async (c) => c.json(await createKey(studioOf(c), c.req.valid("json")), 201))
  .openapi(revoke, async (c) => {
    await revokeKey(studioOf(c), c.req.valid("param").id);
    return c.body(null, 204);
  });
