import { studioOf } from "#core/access.ts";
import { json, pathNames, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { BegunRoot, KeySet, Root, SignedRoot, WalletRoot } from "./contract.ts";
import { publishedKeys } from "./keys.ts";
import { getRoot, getWalletRoot, listRoots, requestRoot } from "./service.ts";

const list = route("public", {
  method: "get", path: "/ledger/roots", operationId: "listRoots", summary: "Signed roots of all wallets' logs", request: { query: PageQuery },
  responses: { 200: json(pageOf(Root), "Newest first"), ...problems("request.invalid") },
});
const get = route("public", {
  method: "get", path: "/ledger/roots/{number}", operationId: "getRoot", summary: "A root with its signature", request: { params: pathNames("number") },
  responses: { 200: json(SignedRoot, "It never changes"), ...problems("root.not_found") },
});
const own = route({ scope: "wallet:read", role: "viewer" }, {
  method: "get", path: "/wallet/root", operationId: "getWalletRoot", summary: "Which of the wallet's entries are under a signed root",
  responses: { 200: json(WalletRoot, "The newest root"), ...problems("root.not_found") },
});
const request = route("admin", {
  method: "post", path: "/ledger/roots", operationId: "requestRoot", summary: "Sign a root now",
  responses: { 202: json(BegunRoot, "Wallets are being asked for what they have") },
});
const keys = route("public", {
  method: "get", path: "/.well-known/dailies-keys.json", operationId: "listRootKeys", summary: "Public keys that verify signed roots and manifests",
  responses: { 200: json(KeySet, "A JSON Web Key Set") },
});

export const rootRoutes = router()
  .openapi(list, async (c) => {
    c.header("cache-control", "public, max-age=60");
    return c.json(await listRoots(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(get, async (c) => {
    const root = await getRoot(c.var.ctx, c.req.valid("param").number);
    c.header("cache-control", "public, max-age=31536000, immutable");
    return c.json(root, 200);
  })
  .openapi(own, async (c) => c.json(await getWalletRoot(studioOf(c)), 200))
  .openapi(request, async (c) => c.json(await requestRoot(c.var.ctx), 202));

/** Stands at the root of the site. */
export const rootKeyRoutes = router().openapi(keys, async (c) => {
  c.header("cache-control", "public, max-age=3600");
  return c.json(await publishedKeys(c.var.ctx), 200);
});
