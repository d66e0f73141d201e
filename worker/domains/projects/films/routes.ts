import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, json, pathId, pathNames, problems, route, router } from "#core/http.ts";
import { AddShot, Breakdown, EditCharacter, EditListView, EditShot, FilmChanged, MoveShot, PutEditList, RestoreFilm, ShotAdded, Shots, SplitShot } from "../contract.ts";
import { addShot, editCharacter, editShot, moveShot, putEditList, removeShot, splitShot } from "./edits.ts";
import { getFilm, restoreFilm } from "./service.ts";
import { toBreakdown, toEditList, toShots } from "./views.ts";

const read = { scope: "projects:read", role: "viewer" } as const;
const write = { scope: "projects:write", role: "editor" } as const;
const shotPath = pathNames("id", "shot");
const refusals = ["project.not_found", "request.invalid", "film.changed"] as const;

const breakdown = route(read, { method: "get", path: "/projects/{id}/breakdown", operationId: "getBreakdown", summary: "Scenes, cast, places, props and wardrobe", request: { params: pathId() }, responses: { 200: json(Breakdown, "Read out of the script"), ...problems("project.not_found") } });
const shots = route(read, { method: "get", path: "/projects/{id}/shots", operationId: "listShots", summary: "The shots, in the order of the script", request: { params: pathId() }, responses: { 200: json(Shots, "All of them"), ...problems("project.not_found") } });
const add = route(write, {
  method: "post", path: "/projects/{id}/shots", operationId: "addShot", summary: "Add a shot", request: { params: pathId(), body: body(AddShot) },
  responses: { 201: json(ShotAdded, "Added"), ...problems(...refusals, "shot.not_found") },
});
const edit = route(write, {
  method: "patch", path: "/projects/{id}/shots/{shot}", operationId: "editShot", summary: "Change a shot", request: { params: shotPath, body: body(EditShot) },
  responses: { 200: json(FilmChanged, "Changed"), ...problems(...refusals, "shot.not_found") },
});
const remove = route(write, {
  method: "delete", path: "/projects/{id}/shots/{shot}", operationId: "removeShot", summary: "Take a shot out", request: { params: shotPath, query: z.object({ base: z.coerce.number().int().min(0).openapi({ type: "integer" }) }) },
  responses: { 200: json(FilmChanged, "Taken out; what is spoken in it is heard over its neighbour"), ...problems(...refusals, "shot.not_found") },
});
const move = route(write, {
  method: "post", path: "/projects/{id}/shots/{shot}/move", operationId: "moveShot", summary: "Move a shot within the edit", request: { params: shotPath, body: body(MoveShot) },
  responses: { 200: json(FilmChanged, "Moved"), ...problems(...refusals, "shot.not_found") },
});
const split = route(write, {
  method: "post", path: "/projects/{id}/shots/{shot}/split", operationId: "splitShot", summary: "Divide a shot in two", request: { params: shotPath, body: body(SplitShot) },
  responses: { 200: json(ShotAdded, "Divided"), ...problems(...refusals, "shot.not_found") },
});
const character = route(write, {
  method: "patch", path: "/projects/{id}/characters/{character}", operationId: "editCharacter", summary: "Change voice, description or look", request: { params: pathNames("id", "character"), body: body(EditCharacter) },
  responses: { 200: json(FilmChanged, "Changed"), ...problems(...refusals, "character.not_found") },
});
const editList = route(read, { method: "get", path: "/projects/{id}/edit-list", operationId: "getEditList", summary: "The edit", request: { params: pathId() }, responses: { 200: json(EditListView, "Every shot and card, in order"), ...problems("project.not_found") } });
const put = route(write, {
  method: "put", path: "/projects/{id}/edit-list", operationId: "putEditList", summary: "Change the edit", request: { params: pathId(), body: body(PutEditList) },
  responses: { 200: json(FilmChanged, "Changed"), ...problems(...refusals, "shot.not_found", "node.not_found") },
});
const restore = route(write, {
  method: "post", path: "/projects/{id}/film/restore", operationId: "restoreFilm", summary: "Undo: put an earlier state of the film back", request: { params: pathId(), body: body(RestoreFilm) },
  responses: { 200: json(FilmChanged, "Put back"), ...problems(...refusals, "version.not_found") },
});

export const filmRoutes = router()
  .openapi(breakdown, async (c) => c.json(toBreakdown(c.req.valid("param").id, (await getFilm(studioOf(c), c.req.valid("param").id)).film), 200))
  .openapi(shots, async (c) => c.json(toShots(c.req.valid("param").id, (await getFilm(studioOf(c), c.req.valid("param").id)).film), 200))
  .openapi(add, async (c) => c.json(await addShot(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 201))
  .openapi(edit, async (c) => c.json(await editShot(studioOf(c), c.req.valid("param").id, c.req.valid("param").shot, c.req.valid("json")), 200))
  .openapi(remove, async (c) => c.json(await removeShot(studioOf(c), c.req.valid("param").id, c.req.valid("param").shot, c.req.valid("query").base), 200))
  .openapi(move, async (c) => c.json(await moveShot(studioOf(c), c.req.valid("param").id, c.req.valid("param").shot, c.req.valid("json")), 200))
  .openapi(split, async (c) => c.json(await splitShot(studioOf(c), c.req.valid("param").id, c.req.valid("param").shot, c.req.valid("json")), 200))
  .openapi(character, async (c) => c.json(await editCharacter(studioOf(c), c.req.valid("param").id, c.req.valid("param").character, c.req.valid("json")), 200))
  .openapi(editList, async (c) => c.json(toEditList(c.req.valid("param").id, (await getFilm(studioOf(c), c.req.valid("param").id)).film), 200))
  .openapi(put, async (c) => c.json(await putEditList(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(restore, async (c) => c.json(await restoreFilm(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200));
