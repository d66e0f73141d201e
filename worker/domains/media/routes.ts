import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf, PageQuery } from "#core/page.ts";
import { Asset, CreateUpload, Upload } from "./contract.ts";
import { serveMedia } from "./gateway.ts";
import { completeUpload, createUpload, getAsset, getUpload, listAssets, listUploads } from "./service.ts";

const read = { scope: "media:read", role: "viewer" } as const;
const write = { scope: "media:write", role: "editor" } as const;

const assetList = route(read, {
  method: "get", path: "/assets", operationId: "listAssets", summary: "Stored files, newest first",
  request: { query: PageQuery.extend({ project: z.string().optional(), kind: z.string().optional() }) },
  responses: { 200: json(pageOf(Asset), "A page of assets"), ...problems("auth.required", "request.invalid") },
});
const assetGet = route(read, {
  method: "get", path: "/assets/{id}", operationId: "getAsset", summary: "One stored file, with a link that works for an hour or more",
  request: { params: pathId() }, responses: { 200: json(Asset, "The asset"), ...problems("auth.required", "asset.not_found") },
});
const uploadCreate = route(write, {
  method: "post", path: "/uploads", operationId: "createUpload", summary: "Announce a file and learn where to PUT it",
  request: { headers: IdempotencyKey, body: body(CreateUpload) },
  responses: { 201: json(Upload, "Where to put it"), ...problems("auth.required", "request.invalid", "project.not_found", "upload.unsupported", "request.key_reused") },
});
const uploadList = route(read, {
  method: "get", path: "/uploads", operationId: "listUploads", summary: "Uploads that are not ready yet, newest first",
  responses: { 200: json(pageOf(Upload), "At most 100"), ...problems("auth.required") },
});
const uploadGet = route(read, {
  method: "get", path: "/uploads/{id}", operationId: "getUpload", summary: "How an upload stands",
  request: { params: pathId() }, responses: { 200: json(Upload, "The upload"), ...problems("auth.required", "upload.not_found") },
});
const uploadComplete = route(write, {
  method: "post", path: "/uploads/{id}/complete", operationId: "completeUpload", summary: "Say that the file has arrived; it is checked and conformed",
  request: { params: pathId() },
  responses: { 200: json(Upload, "Checked; ready once it is conformed"), ...problems("auth.required", "upload.not_found", "upload.incomplete", "upload.mismatch", "upload.unsupported") },
});

export const mediaRoutes = router()
  .openapi(assetList, async (c) => c.json(await listAssets(studioOf(c), c.req.valid("query")), 200))
  .openapi(assetGet, async (c) => c.json(await getAsset(studioOf(c), c.req.valid("param").id), 200))
  .openapi(uploadCreate, async (c) => c.json(await createUpload(studioOf(c), c.req.valid("json")), 201))
  .openapi(uploadList, async (c) => c.json(await listUploads(studioOf(c)), 200))
  .openapi(uploadGet, async (c) => c.json(await getUpload(studioOf(c), c.req.valid("param").id), 200))
  .openapi(uploadComplete, async (c) => c.json(await completeUpload(studioOf(c), c.req.valid("param").id), 200));

/** `/media/*`: the files themselves, by signed link or, once published, by their hash. */
export const mediaGateway = router().get("/*", serveMedia);
