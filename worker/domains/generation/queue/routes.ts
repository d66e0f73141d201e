import { studioOf } from "#core/access.ts";
import { json, route, router } from "#core/http.ts";
import { Queue } from "./contract.ts";
import { queueOf } from "./service.ts";

const queue = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/queue", operationId: "getStudioQueue", summary: "What the studio has under way, what waits and where, and what failed lately", responses: { 200: json(Queue, "As it is now") },
});

export const queueRoutes = router().openapi(queue, async (c) => c.json(await queueOf(studioOf(c)), 200));
