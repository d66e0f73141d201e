/**
 * Runway: a task for everything, asked after until it is over. It sends no webhooks, lists no tasks and takes no id of ours, so a submission whose answer
 * was lost stays lost. It bills what it refuses, and closes accounts that are refused too often: what it is sent is looked through before.
 */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Json } from "#film/film.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import type { Model } from "../tools/tool.ts";
import { ask, badInput, busy, LOST, madeNothing, MODEL_GONE, NOT_LET_IN, refusal, retryAt, UNREADABLE, type Answer } from "./answers.ts";
import { lengthFor, MINUTE_MS, misfit } from "./cards.ts";
import { MICROS_PER_CREDIT, models } from "./runway-models.ts";
import type { Call, Order, Provider, Sight, Submission } from "./provider.ts";
import { quoted, waitMs } from "./wording.ts";

/** The only version that there is; without it every request is turned away. */
const API_VERSION = "2024-11-06";
/** Its files are on CloudFront, under names that change. */
const FILE_HOSTS = ["cloudfront.net", "runwayml.com"];

/** What it calls a task stands in an address: nothing else may come in by it. */
const TaskId = z.string().regex(/^[\w-]{1,100}$/);
const Created = z.object({ id: TaskId });
const Task = z.object({
  id: TaskId,
  status: z.enum(["PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]),
  progress: z.number().min(0).max(1).nullish(),
  output: z.array(z.string().max(4_000)).max(50).nullish(),
  failureCode: z.string().max(200).nullish(),
  cost: z.object({ credits: z.number().nonnegative() }).nullish(),
});
const Failure = z.object({ error: z.union([z.string(), z.object({}).loose()]) });
const Ticket = z.object({ id: TaskId, role: z.string().max(40) });

/** Which role of an output a task's file has, by tool. */
const roles: Readonly<Record<string, string>> = { clip: "video", frame: "panel", sound: "audio", "clean-audio": "audio" };

export const runway: Provider = {
  id: "runway",
  name: "Runway",
  models,
  secrets: ["RUNWAY_API_KEY"],
  // Nothing can be found out about a lost submission: it is given up as soon as its answer cannot come any more.
  submitMs: 30_000, lookupLagMs: 2 * MINUTE_MS, resolveMs: 2 * MINUTE_MS,
  limits: { concurrency: 5, perMinute: null, perDay: null },
  // It wants five seconds between two; half a one is for the way.
  checkApartMs: 5_500,
  delivers: "raw",
  billsRefusals: true,
  configured: (env) => {
    const { RUNWAY_API_BASE: baseUrl, RUNWAY_API_KEY: token } = settings(env);
    return token ? { baseUrl, token, webhookSecret: "", more: {} } : null;
  },
  submit,
  check,
  lookup: () => Promise.resolve({ state: "silent" }),
  cancel,
  verifyWebhook: () => Promise.resolve({ ok: false, reason: "Runway sends none" }),
  mayFetch: (call, url) => url.origin === new URL(call.baseUrl).origin || (url.protocol === "https:" && url.port === "" && FILE_HOSTS.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))),
};

const headersOf = ({ token }: Call): Record<string, string> => ({ authorization: `Bearer ${token}`, "x-runway-version": API_VERSION, "content-type": "application/json" });

async function submit(call: Call, order: Order): Promise<Submission> {
  const { request, signal } = order;
  const model = models.find(({ name, tool }) => name === order.model && tool === request.tool);
  if (!model || request.tool === "house") return badInput("Runway does not do this. Choose another model.");
  const fault = misfit(model, request);
  if (fault !== null) return badInput(fault);
  const spelt = spell(model, request);
  const role = roles[request.tool];
  if (spelt === null || role === undefined) return badInput("Runway does not do this. Choose another model.");
  const answer = await ask(call, new URL(spelt.path, call.baseUrl).href, { method: "POST", headers: headersOf(call), body: JSON.stringify(spelt.body), signal });
  if (answer === null) return LOST;
  if (answer.status >= 200 && answer.status < 300) {
    const task = Created.safeParse(answer.json);
    return task.success ? { end: "accepted", ticket: { id: task.data.id, role } } : UNREADABLE;
  }
  return turnedAway(call, answer);
}

/** What an answer other than success means. One that is not Runway's own, as of a proxy on the way, says nothing. */
function turnedAway(call: Call, { status, headers, json }: Answer): Submission {
  if (status === 429) return busy(waitMs(headers, { now: call.now(), otherwiseSeconds: 30 }));
  const failure = Failure.safeParse(json);
  if (!failure.success) return UNREADABLE;
  const words = typeof failure.data.error === "string" ? failure.data.error : "";
  if (status === 503) return busy(waitMs(headers, { now: call.now(), otherwiseSeconds: 30 }));
  if (status === 401 || status === 403 || /not have enough credits/i.test(words)) return NOT_LET_IN;
  if (status === 404 || status === 405) return MODEL_GONE;
  if (status === 400 || status === 413 || status === 422) return badInput(`Runway did not accept this.${quoted(words)} Change the description or the picture, or choose another model.`);
  return UNREADABLE;
}

const pixels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "720p": { "16:9": "1280:720", "9:16": "720:1280", "1:1": "960:960" },
  "1080p": { "16:9": "1920:1080", "9:16": "1080:1920" },
};
const stills: Readonly<Record<string, string>> = { "16:9": "1280:720", "9:16": "720:1280", "1:1": "720:720" };

/** A request in Runway's words: ratios are pixels with a colon, lengths whole numbers of seconds. Sound is not asked for: a film has its own. */
function spell(model: Model, request: ModelRequest): { path: string; body: Json } | null {
  switch (request.tool) {
    case "clip": {
      const { prompt, firstFrame, seed, seconds, aspect, resolution } = request;
      const body = {
        model: model.name, promptText: prompt, ratio: pixels[resolution]?.[aspect] ?? "1280:720", duration: lengthFor(seconds, model.accepts?.seconds ?? null), seed: seedOf(seed),
        ...(model.name.startsWith("veo") ? { audio: false } : {}),
      };
      return firstFrame === null ? { path: "/v1/text_to_video", body } : { path: "/v1/image_to_video", body: { ...body, promptImage: firstFrame } };
    }
    case "frame":
      return { path: "/v1/text_to_image", body: { model: model.name, promptText: request.prompt, ratio: stills[request.aspect] ?? "1280:720", seed: seedOf(request.seed) } };
    case "sound":
      return { path: "/v1/sound_effect", body: { model: model.name, promptText: request.prompt, duration: Math.min(30, Math.max(0.5, request.seconds)) } };
    case "clean-audio":
      return { path: "/v1/voice_isolation", body: { model: model.name, audioUri: request.audio } };
    default:
      return null;
  }
}

const seedOf = (seed: number): number => Math.abs(Math.trunc(seed)) % 4_294_967_296;

/** A network error, or an answer that is not about this task, decides nothing about work that is paid for. */
async function check(call: Call, given: Json): Promise<Sight> {
  const ticket = Ticket.safeParse(given);
  if (!ticket.success) return { state: "silent" };
  const answer = await ask(call, new URL(`/v1/tasks/${ticket.data.id}`, call.baseUrl).href, { headers: headersOf(call) });
  if (answer?.status === 404 && Failure.safeParse(answer.json).success) return { state: "not_found" };
  const task = Task.safeParse(answer?.json);
  return answer?.status === 200 && task.success && task.data.id === ticket.data.id ? sightOf(ticket.data, task.data) : { state: "silent" };
}

function sightOf(ticket: z.infer<typeof Ticket>, { status, progress, output, failureCode, cost }: z.infer<typeof Task>): Sight {
  const costMicros = cost ? Math.round(cost.credits * MICROS_PER_CREDIT) : null;
  switch (status) {
    case "PENDING":
      return { state: "running", ticket, progress: 0, text: "Waiting at Runway", remaining: null };
    case "THROTTLED":
      return { state: "running", ticket, progress: 0, text: "Waiting for a free place at Runway", remaining: null };
    case "RUNNING":
      return { state: "running", ticket, progress: Math.min(99, Math.round((progress ?? 0) * 100)), text: null, remaining: null };
    case "SUCCEEDED":
      return output?.[0] === undefined
        ? madeNothing("Runway", ticket, costMicros)
        : { state: "succeeded", ticket, output: { [ticket.role]: output[0] }, madeMs: null, costMicros };
    case "CANCELLED":
      return { state: "canceled", ticket, problem: { code: "cancelled", detail: "It was cancelled at Runway." }, retry: "never", costMicros };
    case "FAILED":
      return ended(ticket, failureCode ?? "", costMicros);
  }
}

/** Of a code only the first two parts mean something for sure: the third is a guess of Runway's, and is shown to nobody. What it refunded costs 0. */
function ended(ticket: Json, code: string, costMicros: number | null): Sight {
  if (/(?:^|\.)SAFETY(?:\.|$)/.test(code)) {
    const stage = /(?:^|\.)OUTPUT(?:\.|$)/.test(code) ? "output" : "input";
    return { state: "refused", ticket, problem: stage === "input" ? refusal("description or picture") : MADE_AND_REFUSED, stage, costMicros };
  }
  if (code.startsWith("ASSET.INVALID")) return { state: "failed", ticket, problem: { code: "bad_input", detail: "Runway could not use a file that it was given. Bring another picture or recording, or make the panel again." }, retry: "never", costMicros };
  return { state: "failed", ticket, problem: { code: "provider_failed", detail: code.startsWith("THIRD_PARTY") ? "The maker of this model failed at Runway." : "Runway failed to make it." }, retry: retryAt(costMicros), costMicros };
}

const MADE_AND_REFUSED = { code: "refused", detail: "Runway made this and then held it back, because of what can be seen in it. Describe the shot more plainly, or choose another model." };

/** A finished task would be deleted with what it made, so it is looked at first. */
async function cancel(call: Call, given: Json): Promise<"requested" | "unsupported" | "too_late"> {
  const ticket = Ticket.safeParse(given);
  const sight = await check(call, given);
  if (!ticket.success || sight.state !== "running") return "too_late";
  const answer = await ask(call, new URL(`/v1/tasks/${ticket.data.id}`, call.baseUrl).href, { method: "DELETE", headers: headersOf(call) });
  return answer !== null && answer.status >= 200 && answer.status < 300 ? "requested" : "too_late";
}
