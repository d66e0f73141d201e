/** Google's Veo on Vertex AI: long-running operations, whose films come by a bucket of our own, since within an answer they are too large to be read. */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Json } from "#film/film.ts";
import type { Model } from "../tools/tool.ts";
import { ask, badInput, busy, INPUT_UNREAD, LOST, madeNothing, MODEL_GONE, NOT_LET_IN, refusal, refusedInput, UNREADABLE, type Answer } from "./answers.ts";
import { accepts, lengthFor, MINUTE_MS, misfit, only, price } from "./cards.ts";
import { openLink } from "./multipart.ts";
import type { Call, Order, Provider, Sight, Submission } from "./provider.ts";
import { accessToken, forgetToken, serviceAccountIn } from "./vertex-token.ts";
import { waitMs } from "./wording.ts";

const FRAME_BYTES_MAX = 8_000_000;

const veo = (id: string, label: string, name: string, more: { quality: number; micros: number; example: number; perSecond: number }): Model => ({
  id: `vertex/${id}`, label, tool: "clip", provider: "vertex", name, version: null, lifecycle: "active", sunset: null, quality: more.quality, speed: { seconds: 30, perSecond: more.perSecond }, timeoutMs: 30 * MINUTE_MS,
  accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may", promptMax: 4_000 }),
  vendorPrice: price("2026-10", "Vertex AI pricing of Veo 3.1, video without audio, 720p and 1080p", "second", more.micros, ["A clip of eight seconds", 8, more.example]),
});

const models: readonly Model[] = [
  veo("veo-3.1", "Veo 3.1", "veo-3.1-generate-001", { quality: 90, micros: 200_000, example: 1_600_000, perSecond: 10 }),
  veo("veo-3.1-fast", "Veo 3.1 Fast", "veo-3.1-fast-generate-001", { quality: 84, micros: 100_000, example: 800_000, perSecond: 5 }),
];

/** Its names of models hold no slash: an operation is asked for at its model. */
const Ticket = z.object({ model: z.string().regex(/^[\w.-]{1,100}$/), operation: z.string().min(1).max(500) });

const Operation = z.object({ name: z.string().min(1).max(500) });
const State = z.object({
  name: z.string().max(500),
  done: z.boolean().nullish(),
  error: z.object({ code: z.number().nullish(), message: z.string().nullish() }).nullish(),
  response: z.looseObject({
    videos: z.array(z.looseObject({ gcsUri: z.string().max(2_000).nullish() })).max(8).nullish(),
    raiMediaFilteredCount: z.number().nullish(),
  }).nullish(),
});
const Failure = z.object({ error: z.object({ message: z.string().nullish(), status: z.string().max(100).nullish() }) });

const aboutSafety = /responsible ai|usage guidelines|violat|safety|sensitive|prohibited/i;

export const vertex: Provider = {
  id: "vertex",
  name: "Google Vertex AI",
  models,
  secrets: ["VERTEX_SERVICE_ACCOUNT", "VERTEX_STORAGE_URI"],
  // There is no list of operations to look a lost one up in: it is given up soon, and found.
  submitMs: 60_000, lookupLagMs: 0, resolveMs: 60_000,
  limits: { concurrency: 8, perMinute: 50, perDay: null },
  delivers: "raw",
  billsRefusals: false,
  configured: (env) => {
    const { VERTEX_SERVICE_ACCOUNT: token, VERTEX_LOCATION: location, VERTEX_API_BASE, VERTEX_TOKEN_URL: tokenUrl, VERTEX_STORAGE_URI: storageUri } = settings(env);
    const account = token ? serviceAccountIn(token) : null;
    if (!token || !account || !storageUri) return null;
    const baseUrl = VERTEX_API_BASE ?? (location === "global" ? "https://aiplatform.googleapis.com" : `https://${location}-aiplatform.googleapis.com`);
    return { baseUrl, token, webhookSecret: "", more: { project: account.project_id, location, tokenUrl, storageUri, filesOrigin: VERTEX_API_BASE ?? "https://storage.googleapis.com" } };
  },
  submit,
  check,
  lookup: () => Promise.resolve({ state: "silent" }),
  cancel: () => Promise.resolve("unsupported"),
  verifyWebhook: () => Promise.resolve({ ok: false, reason: "Vertex sends no webhooks" }),
  mayFetch: (call, url) => url.href.startsWith(folderOf(call)),
  fileHeaders: async (call, url): Promise<Record<string, string>> => {
    const token = url.href.startsWith(folderOf(call)) ? await accessToken(call) : null;
    return token === null || token === "no" ? {} : { authorization: `Bearer ${token}` };
  },
};

/** Our bucket as an address: `gs://bucket/folder` is under the files' origin. */
const addressOf = (call: Call, uri: string): string | null => (uri.startsWith("gs://") ? new URL(uri.slice("gs://".length).split("/").map(encodeURIComponent).join("/"), `${call.more["filesOrigin"] ?? ""}/`).href : null);
const folderOf = (call: Call): string => `${(addressOf(call, call.more["storageUri"] ?? "") ?? "nowhere:").replace(/\/$/, "")}/`;

const at = ({ baseUrl, more }: Call, model: string, verb: string): string =>
  new URL(`/v1beta1/projects/${encodeURIComponent(more["project"] ?? "")}/locations/${encodeURIComponent(more["location"] ?? "")}/publishers/google/models/${model}:${verb}`, baseUrl).href;

const post = (token: string, body: Json): RequestInit => ({ method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });

async function submit(call: Call, { id, model: name, request, signal }: Order): Promise<Submission> {
  if (request.tool !== "clip") return badInput("Veo makes moving pictures only. Choose another model.");
  const model = models.find((each) => each.name === name);
  if (!model) return MODEL_GONE;
  const wrong = misfit(model, { ...request, prompt: "" });
  if (wrong !== null) return badInput(wrong);
  const image = request.firstFrame === null ? null : await pictureAt(call, request.firstFrame, signal);
  if (image !== null && "end" in image) return image;
  const token = await accessToken(call);
  if (token === "no") return NOT_LET_IN;
  // Without a token nothing was asked for: that is certain.
  if (token === null) return busy(5_000);
  const body: Json = {
    instances: [{ prompt: request.prompt.slice(0, model.accepts?.promptMax).toWellFormed(), ...(image && { image }) }],
    parameters: {
      aspectRatio: request.aspect, resolution: request.resolution, durationSeconds: lengthFor(request.seconds, model.accepts?.seconds ?? null), sampleCount: 1, generateAudio: false, seed: request.seed >>> 0,
      storageUri: `${(call.more["storageUri"] ?? "").replace(/\/$/, "")}/${id}`,
    },
  };
  const answer = await ask(call, at(call, name, "predictLongRunning"), { ...post(token, body), signal });
  if (!answer) return LOST;
  if (answer.status !== 200) return failureOf(call, answer, token);
  const operation = Operation.safeParse(answer.json);
  return operation.success ? { end: "accepted", ticket: { model: name, operation: operation.data.name } } : UNREADABLE;
}

const FRAME_GONE = "The picture that the shot begins with is not there any more, or is larger than 8 MB. Make its panel again.";

/** A picture as Veo takes it: it reads no addresses but those of its own storage. */
async function pictureAt(call: Call, link: string, signal: AbortSignal): Promise<{ bytesBase64Encoded: string; mimeType: string } | Submission> {
  const file = await openLink(call, link, { bytesMax: FRAME_BYTES_MAX, signal, gone: FRAME_GONE });
  if ("end" in file) return file;
  try {
    const bytes = new Uint8Array(await new Response(file.body).arrayBuffer());
    const parts: string[] = [];
    for (let from = 0; from < bytes.length; from += 8_192) parts.push(String.fromCharCode(...bytes.subarray(from, from + 8_192)));
    return bytes.length > FRAME_BYTES_MAX ? badInput(FRAME_GONE) : { bytesBase64Encoded: btoa(parts.join("")), mimeType: file.contentType };
  } catch {
    return INPUT_UNREAD;
  }
}

const wordsOf = ({ json }: Answer): string => {
  const error = Failure.safeParse(json).data?.error;
  return `${error?.status ?? ""} ${error?.message ?? ""}`.trim();
};

function failureOf({ now }: Call, answer: Answer, token: string): Submission {
  const words = wordsOf(answer);
  const wait = (otherwiseSeconds: number): number => waitMs(answer.headers, { now: now(), otherwiseSeconds });
  switch (answer.status) {
    case 400:
      return aboutSafety.test(words) ? refusedInput("description") : badInput("The model did not take what this shot asks for. Change its length, shape or description, or choose another model.");
    case 401:
      forgetToken(token);
      return NOT_LET_IN;
    case 403:
      return NOT_LET_IN;
    case 404:
      return MODEL_GONE;
    case 429:
      return busy(wait(30));
    case 503:
      return words === "" ? UNREADABLE : busy(wait(30));
    default:
      return UNREADABLE;
  }
}

async function check(call: Call, ticket: Json): Promise<Sight> {
  const read = Ticket.safeParse(ticket);
  const token = read.success ? await accessToken(call) : null;
  if (!read.success || token === null || token === "no") return { state: "silent" };
  const answer = await ask(call, at(call, read.data.model, "fetchPredictOperation"), post(token, { operationName: read.data.operation }));
  if (answer?.status === 401) forgetToken(token);
  // Only in its own words: a page of some proxy knows nothing of operations.
  if (answer?.status === 404 && wordsOf(answer) !== "") return { state: "not_found" };
  if (answer?.status !== 200) return { state: "silent" };
  // What has no end is nothing known; what begins with a film has it within.
  if (answer.head !== null) return answer.head.includes("bytesBase64Encoded") ? inline(ticket) : { state: "silent" };
  const state = State.safeParse(answer.json);
  return state.success && state.data.name === read.data.operation ? sightOf(call, ticket, state.data) : { state: "silent" };
}

/** The film came within the answer, though it was ordered to the bucket: it was made, and cannot be brought in. */
const inline = (ticket: Json): Sight => ({ state: "failed", ticket, problem: { code: "output_in_answer", detail: "The provider answered in a way that we cannot read. We have been told; nothing was charged." }, retry: "never", costMicros: null });

function sightOf(call: Call, ticket: Json, { done, error, response }: z.infer<typeof State>): Sight {
  const none = { ticket, costMicros: null };
  if (done !== true) return response || error ? { state: "silent" } : { state: "running", ticket, progress: null, text: null, remaining: null };
  if (error) {
    if (aboutSafety.test(error.message ?? "")) return { state: "refused", ...none, problem: refusal("description"), stage: "input" };
    // It is sold by the second of what it makes, and an error made none. Of google.rpc.Code: RESOURCE_EXHAUSTED, UNAVAILABLE; 3 is INVALID_ARGUMENT.
    if (error.code === 8 || error.code === 14) return { state: "failed", ticket, costMicros: 0, problem: { code: "capacity", detail: "The provider has no room for anybody now." }, retry: "later" };
    return { state: "failed", ticket, costMicros: 0, problem: { code: "provider_failed", detail: "The model failed." }, retry: error.code === 3 ? "never" : "later" };
  }
  const [video] = response?.videos ?? [];
  const address = typeof video?.gcsUri === "string" ? addressOf(call, video.gcsUri) : null;
  if (address !== null) return { state: "succeeded", ticket, output: { video: address }, madeMs: null, costMicros: null };
  if (video) return inline(ticket);
  if ((response?.raiMediaFilteredCount ?? 0) > 0) return { state: "refused", ...none, problem: refusal("description"), stage: "output" };
  return madeNothing("Google Vertex AI", ticket, null);
}
