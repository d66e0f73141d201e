import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, json, pathId, pathNames, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { AskWhatIf, ChooseTake, FilmOfTakes, GraphView, Manifest, Take, TakeDifference, UseUpload, WhatIf } from "../contract.ts";
import { compareTakes } from "./difference.ts";
import { chooseTake, dropUpload, getGraph, getManifest, getTake, listTakes, listTaskTakes, retakeNode, useUpload, whatIf } from "./service.ts";

const read = { scope: "projects:read", role: "viewer" } as const;
const write = { scope: "projects:write", role: "editor" } as const;
const nodePath = pathNames("id", "node");
const base = z.object({ base: z.coerce.number().int().nonnegative() });
const refusals = ["project.not_found", "node.not_found", "request.invalid", "film.changed"] as const;

const graph = route(read, { method: "get", path: "/projects/{id}/graph", operationId: "getGraph", summary: "The film as a build", request: { params: pathId() }, responses: { 200: json(GraphView, "Each node with its state"), ...problems("project.not_found") } });
const ask = route(read, {
  method: "post", path: "/projects/{id}/what-if", operationId: "whatIf", summary: "What an edit would cost", request: { params: pathId(), body: body(AskWhatIf) },
  responses: { 200: json(WhatIf, "Nothing was changed"), ...problems("project.not_found", "shot.not_found", "request.invalid") },
});
const list = route(read, { method: "get", path: "/projects/{id}/nodes/{node}/takes", operationId: "listTakes", summary: "All takes of a node", request: { params: nodePath }, responses: { 200: json(pageOf(Take), "Newest first"), ...problems("project.not_found", "node.not_found") } });
const retake = route(write, { method: "post", path: "/projects/{id}/nodes/{node}/retake", operationId: "retakeNode", summary: "Ask for another take", request: { params: nodePath, body: body(ChooseTake) }, responses: { 200: json(FilmOfTakes, "The next run makes it"), ...problems(...refusals) } });
const upload = route(write, {
  method: "post", path: "/projects/{id}/nodes/{node}/upload", operationId: "useUpload", summary: "Use a file of yours as a take", request: { params: nodePath, body: body(UseUpload) },
  responses: { 200: json(FilmOfTakes, "The next run conforms it"), ...problems(...refusals, "asset.not_found", "upload.unsupported") },
});
const drop = route(write, { method: "delete", path: "/projects/{id}/nodes/{node}/upload", operationId: "dropUpload", summary: "Take a file away again", request: { params: nodePath, query: base }, responses: { 200: json(FilmOfTakes, "It is made by machine again"), ...problems(...refusals) } });
const tasks = route(read, {
  method: "get", path: "/takes", operationId: "listTaskTakes", summary: "What was ordered by itself, newest first", request: { query: PageQuery.extend({ tool: z.string().max(300).optional().meta({ description: "By this tool, or by one of these, with commas between" }), project: z.string().max(60).optional().meta({ description: "Put with this film; `none`: with no film" }) }) },
  responses: { 200: json(pageOf(Take), "A page of them"), ...problems("request.invalid") },
});
const get = route(read, { method: "get", path: "/takes/{id}", operationId: "getTake", summary: "A take", request: { params: pathId() }, responses: { 200: json(Take, "With links to its files"), ...problems("take.not_found") } });
const choose = route(write, { method: "post", path: "/takes/{id}/choose", operationId: "chooseTake", summary: "Put a take back", request: { params: pathId(), body: body(ChooseTake) }, responses: { 200: json(FilmOfTakes, "Its recipe holds again"), ...problems("take.not_found", ...refusals) } });
const manifest = route(read, { method: "get", path: "/takes/{id}/manifest", operationId: "getManifest", summary: "How a take was made, signed", request: { params: pathId() }, responses: { 200: json(Manifest, "The JWS and what is in it"), ...problems("take.not_found") } });

const difference = route(read, {
  method: "get", path: "/takes/{id}/difference", operationId: "compareTakes", summary: "What two takes of a node differ in", request: { params: pathId(), query: z.object({ with: z.string() }) },
  responses: { 200: json(TakeDifference, "Field by field"), ...problems("take.not_found", "request.invalid") },
});

export const takeRoutes = router()
  .openapi(graph, async (c) => c.json(await getGraph(studioOf(c), c.req.valid("param").id), 200))
  .openapi(ask, async (c) => c.json(await whatIf(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(list, async (c) => c.json(await listTakes(studioOf(c), c.req.valid("param").id, c.req.valid("param").node), 200))
  .openapi(retake, async (c) => c.json(await retakeNode(studioOf(c), { project: c.req.valid("param").id, node: c.req.valid("param").node, ...c.req.valid("json") }), 200))
  .openapi(upload, async (c) => c.json(await useUpload(studioOf(c), { project: c.req.valid("param").id, node: c.req.valid("param").node, ...c.req.valid("json") }), 200))
  .openapi(drop, async (c) => c.json(await dropUpload(studioOf(c), { project: c.req.valid("param").id, node: c.req.valid("param").node, ...c.req.valid("query") }), 200))
  .openapi(tasks, async (c) => c.json(await listTaskTakes(studioOf(c), c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getTake(studioOf(c), c.req.valid("param").id), 200))
  .openapi(choose, async (c) => c.json(await chooseTake(studioOf(c), c.req.valid("param").id, c.req.valid("json").base), 200))
  .openapi(difference, async (c) => c.json(await compareTakes(studioOf(c), c.req.valid("param").id, c.req.valid("query").with), 200))
  .openapi(manifest, async (c) => c.json(await getManifest(studioOf(c), c.req.valid("param").id), 200));
