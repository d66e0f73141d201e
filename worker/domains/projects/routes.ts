import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf } from "#core/page.ts";
import { CreateProject, ListProjects, Project, UpdateProject } from "./contract.ts";
import { createProject, deleteProject, getProject, listProjects, restoreProject, updateProject } from "./service.ts";

const read = { scope: "projects:read", role: "viewer" } as const;
const write = { scope: "projects:write", role: "editor" } as const;

const create = route(write, {
  method: "post", path: "/projects", operationId: "createProject", summary: "Begin a film", request: { headers: IdempotencyKey, body: body(CreateProject) },
  responses: { 201: json(Project, "Made; nothing is written yet"), ...problems("request.invalid", "request.key_reused") },
});
const list = route(read, {
  method: "get", path: "/projects", operationId: "listProjects", summary: "The studio's films", request: { query: ListProjects },
  responses: { 200: json(pageOf(Project), "The most recently changed first"), ...problems("request.invalid") },
});
const get = route(read, { method: "get", path: "/projects/{id}", operationId: "getProject", summary: "One film", request: { params: pathId() }, responses: { 200: json(Project, "The project"), ...problems("project.not_found") } });
const update = route(write, {
  method: "patch", path: "/projects/{id}", operationId: "updateProject", summary: "Change title, style, shape, language or length", request: { params: pathId(), body: body(UpdateProject) },
  responses: { 200: json(Project, "Changed"), ...problems("project.not_found", "request.invalid", "film.changed") },
});
const remove = route(write, {
  method: "delete", path: "/projects/{id}", operationId: "deleteProject", summary: "Put a film away", request: { params: pathId() },
  responses: { 204: { description: "Away; it can be restored" }, ...problems("project.not_found") },
});
const restore = route(write, {
  method: "post", path: "/projects/{id}/restore", operationId: "restoreProject", summary: "Bring a deleted film back", request: { params: pathId() },
  responses: { 200: json(Project, "Back"), ...problems("project.not_found") },
});

export const projectRoutes = router()
  .openapi(create, async (c) => c.json(await createProject(studioOf(c), c.req.valid("json")), 201))
  .openapi(list, async (c) => c.json(await listProjects(studioOf(c), c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getProject(studioOf(c), c.req.valid("param").id), 200))
  .openapi(update, async (c) => c.json(await updateProject(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(remove, async (c) => {
    await deleteProject(studioOf(c), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(restore, async (c) => c.json(await restoreProject(studioOf(c), c.req.valid("param").id), 200));
