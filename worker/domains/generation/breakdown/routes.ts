import { studioOf } from "#core/access.ts";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { ScriptReading } from "./contract.ts";
import { readingOf } from "./reading.ts";

const get = route({ scope: "projects:read", role: "viewer" }, {
  method: "get", path: "/projects/{id}/breakdown/reading", operationId: "getScriptReading", summary: "The breakdown with the lines that prove it", request: { params: pathId() },
  responses: { 200: json(ScriptReading, "By a model where one has read this text, by rules otherwise. `POST /quotes {tool: \"break-down\", project}` orders the former"), ...problems("project.not_found", "script.not_found") },
});

export const breakdownRoutes = router().openapi(get, async (c) => c.json(await readingOf(studioOf(c), c.req.valid("param").id), 200));
