/** Google's Gemini Omni by the Interactions API: moving pictures from words, or from a picture to begin with. */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Json } from "#film/film.ts";
import { writersAt } from "../text/models.ts";
import type { Model } from "../tools/tool.ts";
import { ask, badInput, busy, LOST, MODEL_GONE, NOT_LET_IN, refusal, refusedInput, UNREADABLE, type Answer } from "./answers.ts";
import { accepts, between, lengthFor, MINUTE_MS, misfit, price } from "./cards.ts";
import { typeOfLink } from "./multipart.ts";
import type { Call, Order, Provider, Sight, Submission } from "./provider.ts";
import { hearGemini, hearRegistered } from "./webhooks/gemini.ts";
import { waitMs } from "./wording.ts";

/** Of the two paths that answer, the one that stays. */
const PATH = "/v1beta/interactions";

const omni = (id: string, label: string, more: Pick<Model, "name" | "quality"> & { resolution: "720p" | "1080p"; micros: number; source: string; example: number }): Model => ({
  id: `gemini/${id}`, label, tool: "clip", provider: "gemini", name: more.name, version: null, lifecycle: "active", sunset: null, quality: more.quality, speed: { seconds: 30, perSecond: 6 }, timeoutMs: 30 * MINUTE_MS,
  accepts: accepts({ seconds: between(3, 10), aspects: ["16:9", "9:16"], resolutions: [more.resolution], firstFrame: "may", promptMax: 4_000 }),
  vendorPrice: price("2026-11", more.source, "second", more.micros, ["A clip of eight seconds", 8, more.example]),
});

const models: readonly Model[] = [
  omni("omni-1.1", "Gemini Omni 1.1", { name: "gemini-omni-1.1-flash", quality: 82, resolution: "720p", micros: 100_000, source: "ai.google.dev pricing, Gemini Omni 1.1 Flash at 720p", example: 800_000 }),
  omni("omni-1.1-1080p", "Gemini Omni 1.1 in 1080p", { name: "gemini-omni-1.1-flash", quality: 84, resolution: "1080p", micros: 150_000, source: "ai.google.dev pricing, Gemini Omni 1.1 Flash at 1080p", example: 1_200_000 }),
  omni("omni-1.2", "Gemini Omni 1.2", { name: "gemini-omni-1.2-flash", quality: 85, resolution: "720p", micros: 70_000, source: "resellers of Gemini Omni 1.2 Flash at 720p, November 2026", example: 560_000 }),
];

const Part = z.looseObject({ type: z.string().max(60), uri: z.string().max(4_000).nullish(), data: z.string().nullish() });
const Interaction = z.object({
  id: z.string().min(1).max(300), status: z.string().max(60),
  steps: z.array(z.looseObject({ type: z.string().max(60), content: z.array(Part).max(50).nullish() })).max(200).nullish(),
  errors: z.array(z.looseObject({ message: z.string().nullish(), code: z.union([z.string(), z.number()]).nullish() })).max(50).nullish(),
});
type Interaction = z.infer<typeof Interaction>;

const OneError = z.object({ error: z.object({ message: z.string().nullish(), status: z.string().max(100).nullish() }) });
/** Front ends put the error into a list now and then. */
const Failure = z.union([OneError, z.array(OneError).min(1)]);

const aboutSafety = /SAFETY|PROHIBITED_CONTENT|BLOCKLIST|policy/i;

export const gemini: Provider = {
  id: "gemini",
  name: "Google Gemini",
  models: [...models, ...writersAt("gemini")],
  secrets: ["GEMINI_API_KEY", "GEMINI_WEBHOOK_SECRET"],
  // A submission whose answer was lost can be told only by the webhook that it names: it is waited for.
  submitMs: 30_000, lookupLagMs: 0, resolveMs: 30 * MINUTE_MS,
  limits: { concurrency: 5, perMinute: 10, perDay: null },
  delivers: "raw",
  billsRefusals: false,
  configured: (env) => {
    const { GEMINI_API_BASE: baseUrl, GEMINI_API_KEY: token, GEMINI_WEBHOOK_SECRET: webhookSecret = "", GEMINI_KEYS_URL: keysUrl } = settings(env);
    return token ? { baseUrl, token, webhookSecret, more: { keysUrl } } : null;
  },
  submit,
  check: async (call, ticket) => {
    const id = String(ticket);
    const answer = await ask(call, at(call, `/${encodeURIComponent(id)}`), { headers: headersOf(call) });
    // Only in its own words: a page of some proxy knows nothing of interactions.
    if (answer && ((answer.status === 404 && wordsOf(answer) !== "") || (answer.status === 400 && /invalid interaction name/i.test(wordsOf(answer))))) return { state: "not_found" };
    const interaction = Interaction.safeParse(answer?.json);
    // Any other 400 has been seen on work that was under way, and billed.
    return answer?.status === 200 && interaction.success && interaction.data.id === id ? sightOf(interaction.data) : { state: "silent" };
  },
  lookup: () => Promise.resolve({ state: "silent" }),
  cancel: async (call, ticket) => {
    const answer = await ask(call, at(call, `/${encodeURIComponent(String(ticket))}/cancel`), { method: "POST", headers: headersOf(call), body: "{}" });
    return answer?.status === 200 ? "requested" : "too_late";
  },
  verifyWebhook: hearGemini,
  verifyRegistered: hearRegistered,
  mayFetch: (call, url) => isOwn(call, url) || (url.protocol === "https:" && (url.hostname === "storage.googleapis.com" || url.hostname.endsWith(".googleusercontent.com"))),
  // Where a file redirects to, the key does not go along.
  fileHeaders: (call, url): Record<string, string> => (isOwn(call, url) ? { "x-goog-api-key": call.token } : {}),
};

const at = (call: Call, rest: string): string => new URL(`${PATH}${rest}`, call.baseUrl).href;
const headersOf = ({ token }: Call): Record<string, string> => ({ "x-goog-api-key": token, "content-type": "application/json" });
const isOwn = (call: Call, url: URL): boolean => url.origin === new URL(call.baseUrl).origin;

async function submit(call: Call, { model: name, request, webhookUrl, signal }: Order): Promise<Submission & { sight?: Sight }> {
  if (request.tool !== "clip") return badInput("Gemini Omni makes moving pictures only. Choose another model.");
  const model = models.find((each) => each.name === name && each.accepts?.resolutions.includes(request.resolution)) ?? models.find((each) => each.name === name);
  if (!model) return MODEL_GONE;
  const wrong = misfit(model, { ...request, prompt: "" });
  if (wrong !== null) return badInput(wrong);
  const { firstFrame, aspect, resolution, seconds } = request;
  const picture = firstFrame === null ? null : await typeOfLink(call, firstFrame, { signal, gone: "The picture that the shot begins with is not there any more. Make its panel again." });
  if (picture !== null && "end" in picture) return picture;
  const prompt = request.prompt.slice(0, model.accepts?.promptMax).toWellFormed();
  const body: Json = {
    model: name, background: true, store: true,
    input: [...(picture === null ? [] : [{ type: "image", uri: firstFrame, mime_type: picture.contentType }]), { type: "text", text: prompt }],
    response_format: { type: "video", delivery: "uri", aspect_ratio: aspect, resolution, duration: `${lengthFor(seconds, model.accepts?.seconds ?? null)}s` },
    generation_config: { video_config: { task: firstFrame === null ? "text_to_video" : "image_to_video" } },
    ...(webhookUrl !== null && { webhook_config: { uris: [webhookUrl] } }),
  };
  const answer = await ask(call, at(call, ""), { method: "POST", headers: headersOf(call), body: JSON.stringify(body), signal });
  if (!answer) return LOST;
  if (answer.status !== 200) return failureOf(call, answer);
  const interaction = Interaction.safeParse(answer.json);
  return interaction.success ? { end: "accepted", ticket: interaction.data.id, sight: sightOf(interaction.data) } : UNREADABLE;
}

/** The words of an error, with its status before them. */
function wordsOf({ json }: Answer): string {
  const failure = Failure.safeParse(json).data;
  const error = (Array.isArray(failure) ? failure[0] : failure)?.error;
  return `${error?.status ?? ""} ${error?.message ?? ""}`.trim();
}

function failureOf({ now }: Call, answer: Answer): Submission {
  const words = wordsOf(answer);
  switch (answer.status) {
    case 400:
      return aboutSafety.test(words) ? refusedInput("description") : badInput("The model did not take what this shot asks for. Change its length, shape or description, or choose another model.");
    case 401:
    case 402:
    case 403:
      return NOT_LET_IN;
    case 404:
      return MODEL_GONE;
    case 429:
      return busy(waitMs(answer.headers, { now: now(), words, otherwiseSeconds: 30 }));
    case 503:
      return words === "" ? UNREADABLE : busy(waitMs(answer.headers, { now: now(), otherwiseSeconds: 30 }));
    default:
      return UNREADABLE;
  }
}

function sightOf({ id, status, steps, errors }: Interaction): Sight {
  const ticket: Json = id;
  const none = { ticket, costMicros: null };
  switch (status) {
    case "queued":
    case "in_progress":
      return { state: "running", ticket, progress: null, text: null, remaining: null };
    case "completed": {
      const parts = (steps ?? []).flatMap(({ type, content }) => (type === "model_output" ? (content ?? []) : [])).filter(({ type }) => type === "video");
      const video = parts.find(({ uri }) => typeof uri === "string" && uri !== "");
      if (video) return { state: "succeeded", ticket, output: { video: video.uri ?? "" }, madeMs: null, costMicros: null };
      if (parts.length > 0) return { state: "failed", ...none, problem: { code: "bad_output", detail: "The provider made it, and answered with a file that we cannot fetch. We have been told; nothing was charged." }, retry: "never" };
      // It says that it is done, and shows words instead of a picture: that is how it refuses.
      return { state: "refused", ...none, problem: refusal("description"), stage: "output" };
    }
    case "cancelled":
      return { state: "canceled", ...none, problem: { code: "cancelled", detail: "It was cancelled at the provider." }, retry: "never" };
    case "failed":
      if (aboutSafety.test((errors ?? []).map(({ code, message }) => `${code ?? ""} ${message ?? ""}`).join(" "))) return { state: "refused", ...none, problem: refusal("description"), stage: "output" };
      // It is sold by the second of what it makes, and nothing was made.
      return { state: "failed", ticket, costMicros: 0, problem: { code: "provider_failed", detail: "The model failed." }, retry: "later" };
    case "incomplete":
    case "budget_exceeded":
    case "requires_action":
    case "requires_continuation":
      return { state: "failed", ...none, problem: { code: "provider_failed", detail: "The model stopped before it was done." }, retry: "never" };
    default:
      return { state: "silent" };
  }
}
