import { studioOf } from "#core/access.ts";
import { json, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { Entry, Hold, Wallet } from "./contract.ts";
import { getWallet, listEntries, listHolds } from "./service.ts";

const read = { scope: "wallet:read", role: "viewer" } as const;

const wallet = route(read, { method: "get", path: "/wallet", operationId: "getWallet", summary: "The studio's credits", responses: { 200: json(Wallet, "What is there, from the wallet itself") } });
const entries = route(read, {
  method: "get", path: "/wallet/entries", operationId: "listEntries", summary: "The wallet's log", request: { query: PageQuery },
  responses: { 200: json(pageOf(Entry), "Newest first"), ...problems("request.invalid") },
});
const holds = route(read, {
  method: "get", path: "/wallet/holds", operationId: "listHolds", summary: "Credits reserved by runs", request: { query: PageQuery },
  responses: { 200: json(pageOf(Hold), "Newest first"), ...problems("request.invalid") },
});

export const creditRoutes = router()
  .openapi(wallet, async (c) => c.json(await getWallet(studioOf(c)), 200))
  .openapi(entries, async (c) => c.json(await listEntries(studioOf(c), c.req.valid("query")), 200))
  .openapi(holds, async (c) => c.json(await listHolds(studioOf(c), c.req.valid("query")), 200));
