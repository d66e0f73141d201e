import { studioOf } from "#core/access.ts";
import { body, json, pathId, pathNames, problems, route, router } from "#core/http.ts";
import { FilmOfTakes } from "../contract.ts";
import { AffectedProjects, OfModel, PutStudioProviders, Replacement, ReplaceModel, Routing, StudioProviders, WishForFilm, WishForNode } from "./contract.ts";
import { getRouting } from "./routings.ts";
import { getStudioProviders, putStudioProviders } from "./studio-providers.ts";
import { affectedProjects, replaceInFilm } from "./sunsets.ts";
import { wishForFilm, wishForNode } from "./wishes.ts";

const write = { scope: "projects:write", role: "editor" } as const;
const refusals = ["project.not_found", "request.invalid", "film.changed", "model.not_found"] as const;

const routing = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/jobs/{id}/routing", operationId: "getRouting", summary: "Why a job went to its model", request: { params: pathId() },
  responses: { 200: json(Routing, "With those that it could have gone to, and why others were left out"), ...problems("job.not_found") },
});
const providers = route({ scope: "studio:read", role: "viewer" }, {
  method: "get", path: "/studio/providers", operationId: "getStudioProviders", summary: "To whom the studio's work may go", responses: { 200: json(StudioProviders, "All that this platform knows, beside itself") },
});
const putProviders = route({ scope: "studio:write", role: "admin" }, {
  method: "put", path: "/studio/providers", operationId: "putStudioProviders", summary: "Set to whom the studio's work may go", request: { body: body(PutStudioProviders) },
  responses: { 200: json(StudioProviders, "For what is quoted from now on"), ...problems("request.invalid") },
});
const affected = route({ scope: "projects:read", role: "viewer" }, {
  method: "get", path: "/models/affected", operationId: "listAffectedProjects", summary: "Which films depend on a model", request: { query: OfModel },
  responses: { 200: json(AffectedProjects, "With the model that takes its place, where one is named"), ...problems("model.not_found", "request.invalid") },
});
const replace = route(write, {
  method: "post", path: "/projects/{id}/replace-model", operationId: "replaceModel", summary: "Put another model in the place of one", request: { params: pathId(), body: body(ReplaceModel) },
  responses: { 200: json(Replacement, "What is made stays; what is still to be made is quoted"), ...problems(...refusals, "model.no_successor") },
});
const nodeWish = route(write, {
  method: "put", path: "/projects/{id}/nodes/{node}/wish", operationId: "wishForNode", summary: "Wish for how a node is made", request: { params: pathNames("id", "node"), body: body(WishForNode) },
  responses: { 200: json(FilmOfTakes, "The next quote goes by it"), ...problems(...refusals, "node.not_found") },
});
const filmWish = route(write, {
  method: "patch", path: "/projects/{id}/wishes", operationId: "wishForFilm", summary: "Wish for how a film is made", request: { params: pathId(), body: body(WishForFilm) },
  responses: { 200: json(FilmOfTakes, "The next quote goes by it"), ...problems(...refusals) },
});

export const routerRoutes = router()
  .openapi(routing, async (c) => c.json(await getRouting(studioOf(c), c.req.valid("param").id), 200))
  .openapi(providers, async (c) => c.json(await getStudioProviders(studioOf(c)), 200))
  .openapi(putProviders, async (c) => c.json(await putStudioProviders(studioOf(c), c.req.valid("json")), 200))
  .openapi(affected, async (c) => c.json(await affectedProjects(studioOf(c), c.req.valid("query")), 200))
  .openapi(replace, async (c) => c.json(await replaceInFilm(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(nodeWish, async (c) => c.json(await wishForNode(studioOf(c), { project: c.req.valid("param").id, node: c.req.valid("param").node, ...c.req.valid("json") }), 200))
  .openapi(filmWish, async (c) => c.json(await wishForFilm(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200));
