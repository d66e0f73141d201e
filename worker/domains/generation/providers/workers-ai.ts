/** Cloudflare's own models, by the platform's binding: voice and pictures as drafts, and transcription. Each answers at once. */
import { z } from "@hono/zod-openapi";
import type { RequestOf, TimedWord } from "#film/inputs/model-request.ts";
import { writersAt } from "../text/models.ts";
import type { Model } from "../tools/tool.ts";
import { badInput, busy, LOST, MODEL_GONE, NOT_LET_IN, readAnswer, refusedInput, UNREADABLE } from "./answers.ts";
import { accepts, between, MINUTE_MS, price } from "./cards.ts";
import { answeredAtOnce, atOnce, keepAll, keepPicture, wordsFile } from "./kept.ts";
import { openLink } from "./multipart.ts";
import type { AiBinding, Call, Order, Provider, Sight, Submission } from "./provider.ts";
import { waitMs } from "./wording.ts";

const RECORDING_BYTES_MAX = 100_000_000;
const PRICES = "developers.cloudflare.com Workers AI pricing";

const model = (id: string, label: string, more: Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice">): Model => ({
  id: `workers-ai/${id}`, label, provider: "workers-ai", version: null, lifecycle: "active", sunset: null, timeoutMs: 5 * MINUTE_MS, ...more,
});

const models: readonly Model[] = [
  model("aura-2", "Aura 2", {
    tool: "voice", name: "@cf/deepgram/aura-2-en", quality: 70, speed: { seconds: 1, perSecond: 0.1 }, accepts: accepts({ promptMax: 2_000, languages: ["en"] }), vendorPrice: price("2026-09", PRICES, "letter", 30, ["A line of 120 letters", 120, 3_600]),
  }),
  model("nova-3", "Nova 3", {
    tool: "transcribe", name: "@cf/deepgram/nova-3", quality: 82, speed: { seconds: 2, perSecond: 0.05 }, accepts: accepts({ seconds: between(0.1, 1_000) }), vendorPrice: price("2026-09", PRICES, "minute", 5_200, ["Ten minutes", 10, 52_000]),
  }),
  // Four tiles of 512 pixels at 52.8, and four steps at 105.6.
  model("flux-schnell", "FLUX.1 schnell", {
    tool: "frame", name: "@cf/black-forest-labs/flux-1-schnell", quality: 60, speed: { seconds: 3, perSecond: 0 }, accepts: accepts({ aspects: ["1:1"], resolutions: ["720p"], promptMax: 2_048 }), vendorPrice: price("2026-09", PRICES, "each", 634, ["One panel", 1, 634]),
  }),
];

/** Our casts as Aura's speakers. */
export const auraSpeakers: Readonly<Record<string, string>> = { ada: "thalia", clara: "helena", elena: "athena", grace: "hera", iris: "luna", bruno: "zeus", dmitri: "draco", felix: "arcas", henry: "apollo", jonas: "orion" };

/** As the binding gives errors, and as the address does. */
const Failure = z.union([
  z.object({ internalCode: z.number(), message: z.string().nullish() }).transform(({ internalCode, message }) => ({ code: internalCode, message })),
  z.object({ errors: z.array(z.object({ code: z.number(), message: z.string().nullish() })).min(1) }).transform(({ errors }) => errors[0]),
]);
const Picture = z.object({ image: z.string().min(1) });
const Heard = z.object({
  results: z.object({ channels: z.array(z.object({ detected_language: z.string().max(20).nullish(), alternatives: z.array(z.object({
    transcript: z.string(), words: z.array(z.object({ word: z.string(), punctuated_word: z.string().nullish(), start: z.number(), end: z.number() })).max(100_000).nullish(),
  })).min(1) })).min(1) }),
});

export const workersAi: Provider = {
  id: "workers-ai",
  name: "Workers AI",
  models: [...models, ...writersAt("workers-ai")],
  secrets: [],
  ...atOnce,
  submitMs: 120_000,
  limits: { concurrency: 10, perMinute: 300, perDay: null },
  configured: (env) => {
    const { AI: ai } = env as { AI?: AiBinding };
    return ai ? { baseUrl: "https://workers-ai.binding", token: "", webhookSecret: "", more: {}, ai } : null;
  },
  submit: (call, order) => {
    const { request } = order;
    switch (request.tool) {
      case "voice":
        return speak(call, order, request);
      case "transcribe":
        return transcribe(call, order, request);
      case "frame":
        return draw(call, order, request);
      default:
        return Promise.resolve(badInput("Workers AI does not do this. Choose another model."));
    }
  },
  verifyWebhook: () => Promise.resolve({ ok: false, reason: "Workers AI sends no webhooks" }),
  mayFetch: () => false,
};

/** Runs a model, once. Null: no answer came. */
async function run({ ai }: Call, { model: name, signal }: Order, inputs: Record<string, unknown>): Promise<Response | null> {
  try {
    const answer = await ai?.run(name, inputs, { returnRawResponse: true, signal });
    return answer instanceof Response ? answer : null;
  } catch {
    return null;
  }
}

async function speak(call: Call, order: Order, { text, voice }: RequestOf<"voice">): Promise<Submission & { sight?: Sight }> {
  const response = await run(call, order, { text, speaker: auraSpeakers[voice] ?? "thalia", encoding: "mp3" });
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "text");
  if (!/^(audio\/|application\/octet-stream)/.test(response.headers.get("content-type") ?? "") || !response.body) {
    await response.body?.cancel();
    return UNREADABLE;
  }
  if (!(await keepAll(order.keep, [{ role: "audio", body: response.body as ReadableStream<Uint8Array>, contentType: "audio/mpeg" }]))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: ["audio"], costMicros: null }, { words: null });
}

async function transcribe(call: Call, order: Order, { audio, language }: RequestOf<"transcribe">): Promise<Submission & { sight?: Sight }> {
  const file = await openLink(call, audio, { bytesMax: RECORDING_BYTES_MAX, signal: order.signal, gone: "The recording is not there any more, or is larger than 100 MB. Cut it into parts, or take another model." });
  if ("end" in file) return file;
  const response = await run(call, order, { audio: { body: file.body, contentType: file.contentType }, smart_format: true, ...(language === null ? { detect_language: true } : { language }) });
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "recording");
  const answer = await readAnswer(response);
  if (!answer) return LOST;
  const heard = Heard.safeParse(resultOf(answer.json));
  const [channel] = heard.data?.results.channels ?? [];
  const [best] = channel?.alternatives ?? [];
  if (!channel || !best) return UNREADABLE;
  const words: TimedWord[] = (best.words ?? []).map(({ word, punctuated_word: punctuated, start, end }) => ({ text: punctuated ?? word, start, end }));
  const values = { text: best.transcript, language: channel.detected_language ?? language, words };
  if (!(await keepAll(order.keep, [wordsFile("transcript", words, { text: values.text, language: values.language })]))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: ["transcript"], costMicros: null }, values);
}

async function draw(call: Call, order: Order, { prompt }: RequestOf<"frame">): Promise<Submission & { sight?: Sight }> {
  const most = models.find(({ name }) => name === order.model)?.accepts?.promptMax;
  const response = await run(call, order, { prompt: prompt.slice(0, most).toWellFormed(), steps: 4 });
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "description");
  const answer = await readAnswer(response);
  if (!answer) return LOST;
  const picture = Picture.safeParse(resultOf(answer.json));
  const kept = picture.success ? await keepPicture(order.keep, picture.data.image, "image/jpeg") : null;
  if (kept === null) return UNREADABLE;
  return kept ? answeredAtOnce({ id: idOf(response), kept: ["panel"], costMicros: null }, {}) : LOST;
}

const idOf = ({ headers }: Response): string => (headers.get("cf-ai-req-id") ?? headers.get("cf-ray") ?? "").slice(0, 200);

/** The address wraps a result, the binding does not. */
const resultOf = (json: unknown): unknown => (typeof json === "object" && json !== null && "result" in json ? json.result : json);

/** Of its codes: 3036 the account's daily share is used up, 3040 no room anywhere, 5007 no such model, 3030 and 5006 about what was sent. */
async function failureOf({ now }: Call, response: Response, what: string): Promise<Submission> {
  const answer = await readAnswer(response);
  const failure = Failure.safeParse(answer?.json).data;
  if (!failure) return response.status === 429 ? busy(waitMs(response.headers, { now: now(), otherwiseSeconds: 10 })) : UNREADABLE;
  if (failure.code === 5007) return MODEL_GONE;
  if (failure.code === 3036 || response.status === 401 || response.status === 403) return NOT_LET_IN;
  if (failure.code === 3040) return { end: "rejected", problem: { code: "capacity", detail: "The provider has no room for anybody now." }, retry: "later", retryAfterMs: waitMs(response.headers, { now: now(), otherwiseSeconds: 10 }) };
  if (response.status === 429) return busy(waitMs(response.headers, { now: now(), otherwiseSeconds: 10 }));
  if (/nsfw|flagged|safety|moderat/i.test(failure.message ?? "")) return refusedInput(what);
  if (response.status === 413 || response.status === 400) return badInput(`The model did not take this ${what}. Make it shorter or change it, or take another model.`);
  return UNREADABLE;
}
