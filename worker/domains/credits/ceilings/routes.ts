import { studioOf } from "#core/access.ts";
import { body, json, pathNames, problems, route, router } from "#core/http.ts";
import { Ceiling, Ceilings, PutCeiling, TimeZone } from "./contract.ts";
import { listCeilings, putCeiling, removeCeiling, setTimeZone } from "./service.ts";

const write = { scope: "wallet:write", role: "admin" } as const;

const list = route({ scope: "wallet:read", role: "viewer" }, {
  method: "get", path: "/wallet/ceilings", operationId: "listCeilings", summary: "What may be spent at most", responses: { 200: json(Ceilings, "All of them, with what is used now") },
});
const put = route(write, {
  method: "put", path: "/wallet/ceilings", operationId: "putCeiling", summary: "Set a ceiling", request: { body: body(PutCeiling) },
  responses: { 200: json(Ceiling, "It binds what begins from now on"), ...problems("request.invalid", "ceiling.binds_you", "ceiling.too_many") },
});
const remove = route(write, {
  method: "delete", path: "/wallet/ceilings/{subject}/{id}/{period}", operationId: "removeCeiling", summary: "Remove a ceiling", request: { params: pathNames("subject", "id", "period") },
  responses: { 204: { description: "Removed" }, ...problems("ceiling.not_found", "ceiling.binds_you") },
});
const zone = route({ scope: "wallet:write", role: "owner" }, {
  method: "patch", path: "/wallet/time-zone", operationId: "setTimeZone", summary: "Say in whose days and months ceilings are counted", request: { body: body(TimeZone) },
  responses: { 200: json(TimeZone, "From now on, what was used today included"), ...problems("request.invalid", "ceiling.binds_you") },
});

export const ceilingRoutes = router()
  .openapi(list, async (c) => c.json(await listCeilings(studioOf(c)), 200))
  .openapi(put, async (c) => c.json(await putCeiling(studioOf(c), c.req.valid("json")), 200))
  .openapi(remove, async (c) => {
    await removeCeiling(studioOf(c), c.req.valid("param"));
    return c.body(null, 204);
  })
  .openapi(zone, async (c) => c.json(await setTimeZone(studioOf(c), c.req.valid("json")), 200));
