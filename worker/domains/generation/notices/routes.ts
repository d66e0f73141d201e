import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { json, problems, route, router } from "#core/http.ts";
import { Notices } from "./contract.ts";
import { noticesOf } from "./service.ts";

const notices = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/notices", operationId: "getNotices", summary: "Models that end and that projects still need, and runs that wait for a provider",
  request: { query: z.object({ project: z.string().optional() }) }, responses: { 200: json(Notices, "Empty where there is nothing to say"), ...problems("request.invalid", "project.not_found") },
});

export const noticeRoutes = router().openapi(notices, async (c) => c.json(await noticesOf(studioOf(c), c.req.valid("query").project ?? null), 200));
