/**
 * fal: a queue before many models. It answers a create with three addresses, and has no state for failure: what failed is COMPLETED, and says so when its
 * result is asked for. A webhook tells when to look, and which request it was where the answer to the create was lost.
 */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Json } from "#film/film.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { ask, badInput, busy, LOST, MODEL_GONE, NOT_LET_IN, parsed, refusedInput, UNREADABLE, type Answer } from "./answers.ts";
import { lengthFor, MINUTE_MS, misfit } from "./cards.ts";
import { endpoints, type Endpoint } from "./fal-endpoints.ts";
import { DetailList, Failure, resultOf, type Ticket as TicketShape } from "./fal-results.ts";
import { progressIn } from "./replicate.ts";
import type { Call, Order, Provider, Sight, Submission, Wake } from "./provider.ts";
import { verifyFalWebhook } from "./webhooks/fal.ts";
import { quoted, waitMs } from "./wording.ts";

/** Results are copied at once; a day is for what has to be fetched again. */
const KEEP_SECONDS = 86_400;
const FILE_HOST = "fal.media";
const LOG_LINES = 50;

const RequestId = z.string().regex(/^[\w-]{1,100}$/);
const Queued = z.object({ request_id: RequestId, status_url: z.url().max(500), response_url: z.url().max(500), cancel_url: z.url().max(500) });
const Status = z.object({
  status: z.enum(["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]),
  request_id: RequestId.optional(),
  queue_position: z.number().nonnegative().nullish(),
  logs: z.array(z.object({ message: z.string().max(10_000) })).nullish(),
  metrics: z.object({ inference_time: z.number().nonnegative().nullish() }).nullish(),
});
const Message = z.object({ request_id: RequestId, status: z.enum(["OK", "ERROR"]) });
const Ticket = z.object({ id: RequestId, model: z.string().max(200), status: z.url().max(500), result: z.url().max(500), cancel: z.url().max(500), oddAnswers: z.int().nonnegative() });

export const fal: Provider = {
  id: "fal",
  name: "fal",
  models: endpoints.map(({ model }) => model),
  secrets: ["FAL_KEY"],
  // A lost submission can only be told by its webhook, which comes when it is made: that long it is waited for.
  submitMs: 30_000, lookupLagMs: 2 * MINUTE_MS, resolveMs: 45 * MINUTE_MS,
  limits: { concurrency: 10, perMinute: null, perDay: null },
  delivers: "raw",
  billsRefusals: false,
  configured: (env) => {
    const { FAL_API_BASE: baseUrl, FAL_KEY: token, FAL_KEYS_URL: keysUrl } = settings(env);
    return token ? { baseUrl, token, webhookSecret: "", more: { keysUrl } } : null;
  },
  submit,
  check,
  lookup: () => Promise.resolve({ state: "silent" }),
  cancel,
  verifyWebhook,
  mayFetch: (call, url) => url.origin === new URL(call.baseUrl).origin || (url.protocol === "https:" && url.port === "" && (url.hostname === FILE_HOST || url.hostname.endsWith(`.${FILE_HOST}`))),
};

const headersOf = ({ token }: Call): Record<string, string> => ({ authorization: `Key ${token}`, "content-type": "application/json" });

async function submit(call: Call, order: Order): Promise<Submission> {
  const { request, webhookUrl, signal } = order;
  const endpoint = endpoints.find(({ model: { name, tool, accepts } }) => name === order.model && tool === request.tool && (!("resolution" in request) || accepts?.resolutions.includes(request.resolution)))
    ?? endpoints.find(({ model: { name, tool } }) => name === order.model && tool === request.tool);
  if (!endpoint || request.tool === "house") return badInput("fal does not do this. Choose another model.");
  const fault = misfit(endpoint.model, request);
  if (fault !== null) return badInput(fault);
  const { path, body } = spell(endpoint, request);
  const url = new URL(`/${endpoint.model.name}${path}`, call.baseUrl);
  if (webhookUrl !== null) url.searchParams.set("fal_webhook", withModel(webhookUrl, endpoint.model.name));
  const answer = await ask(call, url.href, {
    method: "POST", body: JSON.stringify(body), signal,
    headers: { ...headersOf(call), "x-fal-queue-priority": "normal", "x-fal-object-lifecycle-preference": JSON.stringify({ expiration_duration_seconds: KEEP_SECONDS }) },
  });
  if (answer === null) return LOST;
  if (answer.status < 200 || answer.status >= 300) return turnedAway(call, answer);
  const queued = Queued.safeParse(answer.json);
  if (!queued.success) return UNREADABLE;
  const { request_id: id, status_url: status, response_url: result, cancel_url: away } = queued.data;
  const ticket: TicketShape = { id, model: endpoint.model.name, status, result, cancel: away, oddAnswers: 0 };
  // Addresses that are not fal's are not asked; the request is known all the same, so its own are worked out.
  return { end: "accepted", ticket: [status, result, away].every((one) => isTheirs(call, one, id)) ? ticket : ticketFor(call, endpoint.model.name, id) };
}

/** A webhook tells the request and not its model, without which nothing can be asked: our own address says it. */
function withModel(webhookUrl: string, model: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set("model", model);
  return url.href;
}

const isTheirs = (call: Call, address: string, id: string): boolean => {
  const url = URL.parse(address);
  return url !== null && url.origin === new URL(call.baseUrl).origin && url.username === "" && url.pathname.split("/").includes(id);
};

/** The addresses of a request: owner and name of the model, without what follows. */
function ticketFor(call: Call, model: string, id: string): TicketShape {
  const at = new URL(`/${model.split("/").slice(0, 2).join("/")}/requests/${id}`, call.baseUrl).href;
  return { id, model, status: `${at}/status`, result: at, cancel: `${at}/cancel`, oddAnswers: 0 };
}

/** What an answer other than success means. One that is not fal's own says nothing. */
function turnedAway(call: Call, { status, headers, json }: Answer): Submission {
  if (status === 429) return busy(waitMs(headers, { now: call.now(), otherwiseSeconds: 15 }));
  const failure = Failure.safeParse(json);
  if (!failure.success) return UNREADABLE;
  if (status === 503) return busy(waitMs(headers, { now: call.now(), otherwiseSeconds: 15 }));
  if (status === 401 || status === 402 || status === 403) return NOT_LET_IN;
  if (status === 404 || status === 405) return MODEL_GONE;
  if (status !== 400 && status !== 413 && status !== 422) return UNREADABLE;
  const list = DetailList.safeParse(json);
  if (list.success && list.data.detail.some(({ type }) => type === "content_policy_violation")) return refusedInput("description or picture");
  return badInput(`fal did not accept this.${quoted(list.success ? list.data.detail[0]?.msg : failure.data.detail)} Change the description or what it is made from, or choose another model.`);
}

/** A request in the endpoint's words. */
function spell({ model, way, fromPicture, spelt, also }: Endpoint, request: ModelRequest): { path: string; body: Json } {
  const given: Record<string, string | number | null> = { ...request, ...(request.tool === "roto" ? { prompt: request.prompt ?? "person" } : {}) };
  const { path, fields } = fromPicture !== null && typeof given["firstFrame"] === "string" ? fromPicture : way;
  if (typeof given["seconds"] === "number") given["seconds"] = model.tool === "clip" ? lengthFor(given["seconds"], model.accepts?.seconds ?? null) : Math.max(model.accepts?.seconds?.least ?? 0, given["seconds"]);
  if (typeof given["seed"] === "number") given["seed"] = Math.abs(Math.trunc(given["seed"])) % 2_147_483_647;
  const body = Object.entries(fields).flatMap(([ours, theirs]): [string, Json][] => {
    const value = given[ours];
    if (value === undefined || value === null) return [];
    const written = spelt[ours as keyof typeof fields]?.(value) ?? (spelt[ours as keyof typeof fields] ? null : value);
    return written === null ? [] : [[theirs, written]];
  });
  return { path, body: { ...also, ...Object.fromEntries(body) } };
}

/** A network error, or an answer that makes no sense, decides nothing about work that is paid for. */
async function check(call: Call, given: Json): Promise<Sight> {
  const ticket = Ticket.safeParse(given);
  if (!ticket.success || ![ticket.data.status, ticket.data.result].every((address) => isTheirs(call, address, ticket.data.id))) return { state: "silent" };
  const url = new URL(ticket.data.status);
  url.searchParams.set("logs", "1");
  const answer = await ask(call, url.href, { headers: headersOf(call) });
  if (answer?.status === 404 && Failure.safeParse(answer.json).success) return { state: "not_found" };
  const seen = Status.safeParse(answer?.json);
  if ((answer?.status !== 200 && answer?.status !== 202) || !seen.success || (seen.data.request_id ?? ticket.data.id) !== ticket.data.id) return { state: "silent" };
  const { status, queue_position: position, logs, metrics } = seen.data;
  if (status === "IN_QUEUE") return { state: "running", ticket: ticket.data, progress: 0, text: typeof position === "number" && position > 0 ? `Number ${position + 1} in fal's queue` : "Waiting at fal", remaining: null };
  if (status === "IN_PROGRESS") return { state: "running", ticket: ticket.data, progress: progressIn((logs ?? []).slice(-LOG_LINES).map(({ message }) => message).join("\n")).progress, text: null, remaining: null };
  const made = typeof metrics?.inference_time === "number" ? Math.round(metrics.inference_time * 1_000) : null;
  const endpoint = endpoints.find(({ model }) => model.name === ticket.data.model);
  return endpoint ? resultOf(endpoint, ticket.data, await ask(call, ticket.data.result, { headers: headersOf(call) }), made) : { state: "silent" };
}

async function cancel(call: Call, given: Json): Promise<"requested" | "unsupported" | "too_late"> {
  const ticket = Ticket.safeParse(given);
  if (!ticket.success || !isTheirs(call, ticket.data.cancel, ticket.data.id)) return "too_late";
  const answer = await ask(call, ticket.data.cancel, { method: "PUT", headers: headersOf(call) });
  return answer !== null && answer.status >= 200 && answer.status < 300 ? "requested" : "too_late";
}

/** Its payload is not believed and may be missing; which model it was, our own address says. */
async function verifyWebhook(call: Call, { headers, rawBody, url }: { headers: Headers; rawBody: string; url?: URL }): Promise<Wake> {
  const verified = await verifyFalWebhook(call, { headers, rawBody });
  if (!verified.ok) return verified;
  const message = Message.safeParse(parsed(rawBody));
  if (!message.success) return { ok: false, reason: "it is not about a request" };
  const { request_id: id } = message.data;
  const model = url?.searchParams.get("model") ?? "";
  return { ok: true, id, ticket: endpoints.some((endpoint) => endpoint.model.name === model) ? ticketFor(call, model, id) : null };
}
