import { studioOf } from "#core/access.ts";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { ProjectReconciliation } from "../contract.ts";
import { reconciliationOf } from "./service.ts";

const get = route({ scope: "projects:read", role: "viewer" }, {
  method: "get", path: "/projects/{id}/reconciliation", operationId: "getProjectReconciliation", summary: "Whether the project's books agree, and what it took against what was expected", request: { params: pathId() },
  responses: { 200: json(ProjectReconciliation, "As it is now"), ...problems("project.not_found") },
});

export const projectReconciliationRoutes = router().openapi(get, async (c) => c.json(await reconciliationOf(studioOf(c), c.req.valid("param").id), 200));
