import { z } from "@hono/zod-openapi";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf } from "#core/page.ts";
import { RunRecord } from "../contract.ts";
import { AdminProvider, FailureGroup, QueueStanding } from "./contract.ts";
import { getJobRecord, listFailures, listProviders, queueStanding } from "./service.ts";

const list = route("admin", { method: "get", path: "/admin/providers", operationId: "listProviders", summary: "Providers and their models: health, spend, breakers, prices", responses: { 200: json(pageOf(AdminProvider), "All of them; figures are of the last 24 hours") } });
const failures = route("admin", {
  method: "get", path: "/admin/failures", operationId: "listFailures", summary: "Jobs that ended badly, by cause", request: { query: z.object({ hours: z.coerce.number().int().min(1).max(720).default(24) }) },
  responses: { 200: json(pageOf(FailureGroup), "The most frequent first"), ...problems("request.invalid") },
});
const queue = route("admin", { method: "get", path: "/admin/queue", operationId: "getQueue", summary: "What is under way and what stands still", responses: { 200: json(QueueStanding, "Of all studios") } });
const record = route("admin", {
  method: "get", path: "/admin/jobs/{id}/record", operationId: "getJobRecord", summary: "Everything that the run of a job was told, to go through it again", request: { params: pathId() },
  responses: { 200: json(RunRecord, "For `npm run replay`. That it was read stands in the audit log of the studio"), ...problems("job.not_found", "run.not_found", "run.record_too_long") },
});

export const operationRoutes = router()
  .openapi(list, async (c) => c.json({ data: await listProviders(c.var.ctx), nextCursor: null }, 200))
  .openapi(failures, async (c) => c.json({ data: await listFailures(c.var.ctx, c.req.valid("query").hours), nextCursor: null }, 200))
  .openapi(queue, async (c) => c.json(await queueStanding(c.var.ctx), 200))
  .openapi(record, async (c) => c.json(await getJobRecord(c.var.ctx, c.req.valid("param").id), 200));
