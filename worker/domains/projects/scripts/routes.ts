import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, json, pathId, pathNames, problems, route, router } from "#core/http.ts";
import { pageOf, PageQuery } from "#core/page.ts";
import { KeptScript, PutScript, SavedScript, SaveVersion, Script, ScriptVersion } from "../contract.ts";
import { getScript, putScript, putScriptFile } from "./service.ts";
import { getVersion, listVersions, makeVersion, restoreVersion } from "./versions.ts";

const read = { scope: "projects:read", role: "viewer" } as const;
const write = { scope: "projects:write", role: "editor" } as const;
const versionPath = pathNames("id", "version");
const wrongTexts = ["script.too_large", "script.empty", "script.binary", "script.encoding"] as const;
const bytes = z.string().openapi({ format: "binary" });

const get = route(read, {
  method: "get", path: "/projects/{id}/script", operationId: "getScript", summary: "The draft", request: { params: pathId() },
  responses: { 200: json(Script, "The draft"), ...problems("project.not_found", "script.not_found") },
});
const put = route(write, {
  method: "put", path: "/projects/{id}/script", operationId: "putScript", summary: "Save the draft and read the film out of it", request: { params: pathId(), body: body(PutScript) },
  responses: { 200: json(SavedScript, "Saved"), ...problems("project.not_found", "request.invalid", "script.changed", ...wrongTexts) },
});
const upload = route(write, {
  method: "post", path: "/projects/{id}/script/file", operationId: "uploadScript", summary: "Take a .fountain, .txt or .md file as the draft",
  request: { params: pathId(), query: z.object({ filename: z.string().min(1).max(255) }), body: { required: true, content: { "application/octet-stream": { schema: bytes }, "text/plain": { schema: bytes } } } },
  responses: { 200: json(SavedScript, "Saved, and kept as a version"), ...problems("project.not_found", ...wrongTexts) },
});
const list = route(read, {
  method: "get", path: "/projects/{id}/script/versions", operationId: "listScriptVersions", summary: "Versions of the script", request: { params: pathId(), query: PageQuery },
  responses: { 200: json(pageOf(ScriptVersion), "Newest first"), ...problems("project.not_found") },
});
const save = route(write, {
  method: "post", path: "/projects/{id}/script/versions", operationId: "saveScriptVersion", summary: "Keep the draft as a version", request: { params: pathId(), body: body(SaveVersion) },
  responses: { 201: json(ScriptVersion, "Kept"), ...problems("project.not_found", "script.not_found") },
});
const one = route(read, {
  method: "get", path: "/projects/{id}/script/versions/{version}", operationId: "getScriptVersion", summary: "A version with its text", request: { params: versionPath },
  responses: { 200: json(KeptScript, "The version"), ...problems("project.not_found", "version.not_found") },
});
const restore = route(write, {
  method: "post", path: "/projects/{id}/script/versions/{version}/restore", operationId: "restoreScriptVersion", summary: "Make a version the draft again", request: { params: versionPath },
  responses: { 200: json(SavedScript, "It is the draft; what was there is a version"), ...problems("project.not_found", "version.not_found") },
});

export const scriptRoutes = router()
  .openapi(get, async (c) => c.json(await getScript(studioOf(c), c.req.valid("param").id), 200))
  .openapi(put, async (c) => c.json(await putScript(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(upload, async (c) => {
    const { filename } = c.req.valid("query");
    return c.json(await putScriptFile(studioOf(c), c.req.valid("param").id, { filename, bytes: new Uint8Array(await c.req.arrayBuffer()) }), 200);
  })
  .openapi(list, async (c) => c.json(await listVersions(studioOf(c), c.req.valid("param").id, c.req.valid("query")), 200))
  .openapi(save, async (c) => c.json(await makeVersion(studioOf(c), c.req.valid("param").id, "save", c.req.valid("json").label), 201))
  .openapi(one, async (c) => c.json(await getVersion(studioOf(c), c.req.valid("param").id, c.req.valid("param").version), 200))
  .openapi(restore, async (c) => c.json(await restoreVersion(studioOf(c), c.req.valid("param").id, c.req.valid("param").version), 200));
