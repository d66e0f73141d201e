import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { CreateRun, Job, jobStatuses, Quote, RerouteJob, Run, RunRecord, RunSummary } from "../contract.ts";
import { getRecord } from "./recorded.ts";
import { cancelJob, cancelRun, createRun, getJob, getRun, listJobs, listRuns, rerouteJob, retryJob, retryRun } from "./service.ts";

const read = { scope: "runs:read", role: "viewer" } as const;
const write = { scope: "runs:write", role: "editor" } as const;

const create = route(write, {
  method: "post", path: "/runs", operationId: "createRun", summary: "Make what was quoted", request: { headers: IdempotencyKey, body: body(CreateRun) },
  responses: {
    201: json(Run, "Its credits are held, and it has begun"),
    ...problems("request.invalid", "request.key_reused", "quote.not_found", "quote.expired", "quote.used", "run.overlaps", "run.limit_reached", "credits.insufficient", "credits.held_elsewhere", "credits.ceiling_reached", "plan.quota_reached", "credits.frozen", "service.unavailable"),
  },
});
const list = route(read, {
  method: "get", path: "/runs", operationId: "listRuns", summary: "Runs, newest first", request: { query: PageQuery.extend({ project: z.string().optional() }) },
  responses: { 200: json(pageOf(RunSummary), "A page of them"), ...problems("request.invalid") },
});
const get = route(read, { method: "get", path: "/runs/{id}", operationId: "getRun", summary: "A run with its jobs", request: { params: pathId() }, responses: { 200: json(Run, "As it is now"), ...problems("run.not_found") } });
const cancel = route(write, {
  method: "post", path: "/runs/{id}/cancel", operationId: "cancelRun", summary: "Stop a run", request: { params: pathId() },
  responses: { 200: json(Run, "What is delivered nevertheless is kept and paid, the rest is free"), ...problems("run.not_found", "run.not_cancelable") },
});
const record = route({ ...read, role: "editor" }, {
  method: "get", path: "/runs/{id}/record", operationId: "getRunRecord", summary: "Everything that a run was told, to go through it again", request: { params: pathId() },
  responses: { 200: json(RunRecord, "For `npm run replay`"), ...problems("run.not_found", "run.record_too_long") },
});
const retry = route(write, {
  method: "post", path: "/runs/{id}/retry", operationId: "retryRun", summary: "Quote what a run did not make", request: { params: pathId() },
  responses: { 201: json(Quote, "Send it to /runs"), ...problems("run.not_found", "run.nothing_failed", "quote.needs_voices", "quote.nothing_to_do") },
});
const jobList = route(read, {
  method: "get", path: "/jobs", operationId: "listJobs", summary: "Jobs, newest first",
  request: { query: PageQuery.extend({ run: z.string().optional(), project: z.string().optional(), status: z.enum(jobStatuses).optional() }) },
  responses: { 200: json(pageOf(Job), "A page of them"), ...problems("request.invalid") },
});
/** Why there is no route that sets a job's state: docs/design/job-names.md. */
const ITS_OWN = "Its state and its result follow from what its provider delivers, and decide what is paid: nobody sets them (`update_job_status` and `update_job_result` of older systems have no route). Cancel it, retry it, or put a file of yours in a take's place.";
const jobGet = route(read, { method: "get", path: "/jobs/{id}", operationId: "getJob", summary: "A job", description: ITS_OWN, request: { params: pathId() }, responses: { 200: json(Job, "As it is now"), ...problems("job.not_found") } });
const jobCancel = route(write, {
  method: "post", path: "/jobs/{id}/cancel", operationId: "cancelJob", summary: "Stop a job", request: { params: pathId() },
  responses: { 200: json(Job, "What needs it ends with it"), ...problems("job.not_found", "job.not_cancelable") },
});

const jobRetry = route(write, {
  method: "post", path: "/jobs/{id}/retry", operationId: "retryJob", summary: "Quote what a job did not make", request: { params: pathId() },
  responses: { 201: json(Quote, "Send it to /runs"), ...problems("job.not_found", "job.not_over", "run.nothing_failed", "quote.needs_voices", "quote.nothing_to_do", "tool.unsupported", "tool.unavailable") },
});

const jobReroute = route(write, {
  method: "post", path: "/jobs/{id}/reroute", operationId: "rerouteJob", summary: "Quote a job by another model", request: { params: pathId(), body: body(RerouteJob) },
  responses: {
    201: json(Quote, "Nothing is made or paid yet: cancel the job if it still waits, and send this to /runs"),
    ...problems("request.invalid", "job.not_found", "job.not_over", "run.nothing_failed", "model.not_found", "node.not_found", "quote.needs_voices", "quote.nothing_to_do", "tool.unsupported", "tool.unavailable"),
  },
});

export const runRoutes = router()
  .openapi(create, async (c) => c.json(await createRun(studioOf(c), c.req.valid("json")), 201))
  .openapi(list, async (c) => c.json(await listRuns(studioOf(c), c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getRun(studioOf(c), c.req.valid("param").id), 200))
  .openapi(cancel, async (c) => c.json(await cancelRun(studioOf(c), c.req.valid("param").id), 200))
  .openapi(record, async (c) => c.json(await getRecord(studioOf(c), c.req.valid("param").id), 200))
  .openapi(retry, async (c) => c.json(await retryRun(studioOf(c), c.req.valid("param").id), 201))
  .openapi(jobList, async (c) => c.json(await listJobs(studioOf(c), c.req.valid("query")), 200))
  .openapi(jobGet, async (c) => c.json(await getJob(studioOf(c), c.req.valid("param").id), 200))
  .openapi(jobRetry, async (c) => c.json(await retryJob(studioOf(c), c.req.valid("param").id), 201))
  .openapi(jobReroute, async (c) => c.json(await rerouteJob(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 201))
  .openapi(jobCancel, async (c) => c.json(await cancelJob(studioOf(c), c.req.valid("param").id), 200));

const enqueue = route(write, { method: "post", path: "/enqueue-job", operationId: "enqueueJobAlias", summary: "The same as POST /api/v1/runs", description: "An older name (`enqueue-job`, `create_job`): the price comes first, by `POST /api/v1/quotes`, and its quote is what is sent here.", request: create.request, responses: create.responses });
const status = route(read, { method: "get", path: "/job-status/{id}", operationId: "jobStatusAlias", summary: "The same as GET /api/v1/jobs/{id}", description: `An older name (\`job-status\`, \`get_job\`). ${ITS_OWN}`, request: jobGet.request, responses: jobGet.responses });

/** Old names of two routes, below `/api`. */
export const jobAliasRoutes = router()
  .openapi(enqueue, async (c) => c.json(await createRun(studioOf(c), c.req.valid("json")), 201))
  .openapi(status, async (c) => c.json(await getJob(studioOf(c), c.req.valid("param").id), 200));
