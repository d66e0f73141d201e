/** OpenAI: speech, transcription and pictures, each answered at once. Its films are gone (see retired.ts). */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Aspect, Json } from "#film/film.ts";
import type { RequestOf } from "#film/inputs/model-request.ts";
import { writersAt } from "../text/models.ts";
import type { Model } from "../tools/tool.ts";
import { ask, badInput, busy, LOST, MODEL_GONE, NOT_LET_IN, parsed, readAnswer, refusedInput, send, UNREADABLE, type Answer } from "./answers.ts";
import { accepts, between, MINUTE_MS, price } from "./cards.ts";
import { answeredAtOnce, atOnce, keepAll, keepPicture, wordsFile } from "./kept.ts";
import { formWithFile, openLink } from "./multipart.ts";
import type { Call, Order, Provider, Sight, Submission, Wake } from "./provider.ts";
import { verifyStandardWebhook } from "./webhooks.ts";
import { waitMs } from "./wording.ts";

/** What it takes in one file. */
const RECORDING_BYTES_MAX = 25_000_000;
/** Dollars a million tokens, which is millionths of a dollar a token: of a picture's description, and of the picture. */
const TOKEN_MICROS = { input: 5, output: 30 } as const;

const model = (id: string, label: string, more: Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice"> & Partial<Model>): Model => ({
  id: `openai/${id}`, label, provider: "openai", version: null, lifecycle: "active", sunset: null, timeoutMs: 5 * MINUTE_MS, ...more,
});

/** Announced dates are those of the first list that we saw them in. */
const models: readonly Model[] = [
  model("speech", "OpenAI Speech", {
    tool: "voice", name: "gpt-4o-mini-tts", quality: 78, speed: { seconds: 1.5, perSecond: 0.15 }, accepts: accepts({ promptMax: 4_096 }),
    lifecycle: "deprecated", sunset: { announced: "2026-11-10", retires: "2027-01-06", successor: null },
    vendorPrice: price("2026-11", "openai.com pricing: about $0.015 a minute of speech, here of 900 letters", "letter", 17, ["A line of 120 letters", 120, 2_040]),
  }),
  model("whisper", "Whisper", {
    tool: "transcribe", name: "whisper-1", quality: 80, speed: { seconds: 3, perSecond: 0.1 }, accepts: accepts({ seconds: between(0.1, 240) }),
    lifecycle: "deprecated", sunset: { announced: "2026-11-10", retires: "2027-02-26", successor: null },
    vendorPrice: price("2026-11", "openai.com pricing, whisper-1", "minute", 6_000, ["Three minutes", 3, 18_000]),
  }),
  model("image-2", "GPT Image 2", {
    tool: "frame", name: "gpt-image-2", quality: 88, speed: { seconds: 25, perSecond: 0 }, accepts: accepts({ aspects: ["16:9", "9:16", "1:1"], resolutions: ["720p"], promptMax: 8_000 }),
    vendorPrice: price("2026-11", "openai.com pricing, gpt-image-2 in medium quality", "each", 53_000, ["One panel", 1, 53_000]),
  }),
];

/** Our casts as its voices. */
export const openaiVoices: Readonly<Record<string, string>> = { ada: "coral", clara: "nova", elena: "sage", grace: "shimmer", iris: "marin", bruno: "onyx", dmitri: "ash", felix: "echo", henry: "fable", jonas: "cedar" };

/** Sides that its models take: multiples of sixteen. */
const sizes: Record<Aspect, string> = { "16:9": "1280x720", "9:16": "720x1280", "1:1": "1024x1024" };

const Failure = z.object({ error: z.object({ type: z.string().max(200).nullish(), code: z.string().max(200).nullish(), message: z.string().nullish() }) });
const Transcript = z.object({ text: z.string(), language: z.string().max(40).nullish(), words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).max(100_000).nullish() });
const Pictures = z.object({ data: z.array(z.object({ b64_json: z.string().min(1) })).min(1), usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }).nullish() });
const ModelList = z.object({ data: z.array(z.looseObject({ id: z.string().max(200), shutdown_date: z.string().max(40).nullish() })).max(5_000) });

export const openai: Provider = {
  id: "openai",
  name: "OpenAI",
  models: [...models, ...writersAt("openai")],
  secrets: ["OPENAI_API_KEY", "OPENAI_WEBHOOK_SECRET"],
  ...atOnce,
  submitMs: 180_000,
  limits: { concurrency: 20, perMinute: 100, perDay: null },
  configured: (env) => {
    const { OPENAI_API_BASE: baseUrl, OPENAI_API_KEY: token, OPENAI_WEBHOOK_SECRET: webhookSecret = "" } = settings(env);
    return token ? { baseUrl, token, webhookSecret, more: {} } : null;
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
        return Promise.resolve(badInput("OpenAI does not do this. Choose another model."));
    }
  },
  verifyWebhook: hear,
  verifyRegistered: hear,
  mayFetch: () => false,
  shutdowns: async (call) => {
    const answer = await ask(call, at(call, "/v1/models"), { headers: keyOf(call) });
    const list = ModelList.safeParse(answer?.json);
    if (answer?.status !== 200 || !list.success) throw new Error(`OpenAI's list of models did not come: ${answer?.status ?? "no answer"}`);
    return list.data.data.flatMap(({ id, shutdown_date: date }) => (date && Number.isFinite(Date.parse(date)) ? [{ name: id, at: Date.parse(date) }] : []));
  },
};

/** What we ask for is answered at once: a webhook, which only its dashboard can register, tells nothing that is waited for. */
async function hear(call: Call, { headers, rawBody }: { headers: Headers; rawBody: string }): Promise<Wake> {
  const verified = await verifyStandardWebhook({ secret: call.webhookSecret, headers, rawBody, now: call.now() });
  if (!verified.ok) return verified;
  const event = z.object({ type: z.string().max(100) }).safeParse(parsed(rawBody));
  return event.success ? { ok: true, id: headers.get("webhook-id") ?? "", ticket: null } : { ok: false, reason: "it is about nothing that we know" };
}

const at = (call: Call, path: string): string => new URL(path, call.baseUrl).href;
const keyOf = ({ token }: Call): Record<string, string> => ({ authorization: `Bearer ${token}` });
const post = (call: Call, body: Json, signal: AbortSignal): RequestInit => ({ method: "POST", headers: { ...keyOf(call), "content-type": "application/json" }, body: JSON.stringify(body), signal });
const idOf = ({ headers }: { headers: Headers }): string => (headers.get("x-request-id") ?? "").slice(0, 200);

async function speak(call: Call, { keep, model: name, signal }: Order, { text, voice, pace }: RequestOf<"voice">): Promise<Submission & { sight?: Sight }> {
  const body = { model: name, input: text, voice: openaiVoices[voice] ?? "coral", response_format: "mp3", speed: Math.min(4, Math.max(0.25, pace)) };
  const response = await send(call, at(call, "/v1/audio/speech"), post(call, body, signal));
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, await readAnswer(response), "text");
  if (!/^(audio\/|application\/octet-stream)/.test(response.headers.get("content-type") ?? "") || !response.body) {
    await response.body?.cancel();
    return UNREADABLE;
  }
  if (!(await keepAll(keep, [{ role: "audio", body: response.body as ReadableStream<Uint8Array>, contentType: "audio/mpeg" }]))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: ["audio"], costMicros: null }, { words: null });
}

async function transcribe(call: Call, { keep, model: name, signal }: Order, { audio, language }: RequestOf<"transcribe">): Promise<Submission & { sight?: Sight }> {
  const file = await openLink(call, audio, { bytesMax: RECORDING_BYTES_MAX, signal, gone: "The recording is not there any more, or is larger than 25 MB. Cut it into parts, or take another model." });
  if ("end" in file) return file;
  const fields = [["model", name], ["response_format", "verbose_json"], ["timestamp_granularities[]", "word"], ...(language === null ? [] : [["language", language.split("-")[0] ?? language] as const])] as const;
  const form = formWithFile(fields, { name: "file", fileName: `recording.${endings[file.contentType] ?? "wav"}`, ...file });
  const answer = await ask(call, at(call, "/v1/audio/transcriptions"), { method: "POST", headers: { ...keyOf(call), "content-type": form.contentType }, body: form.body, signal });
  if (answer?.status !== 200) return failureOf(call, answer, "recording");
  const transcript = Transcript.safeParse(answer.json);
  if (!transcript.success) return UNREADABLE;
  const values = { text: transcript.data.text, language: transcript.data.language ?? null, words: (transcript.data.words ?? []).map(({ word, start, end }) => ({ text: word, start, end })) };
  if (!(await keepAll(keep, [wordsFile("transcript", values.words, { text: values.text, language: values.language })]))) return LOST;
  return answeredAtOnce({ id: idOf(answer), kept: ["transcript"], costMicros: null }, values);
}

/** It tells a recording's format by its name. */
const endings: Readonly<Record<string, string>> = { "audio/wav": "wav", "audio/mpeg": "mp3", "audio/mp4": "m4a", "video/mp4": "mp4", "audio/ogg": "ogg", "audio/webm": "webm" };

async function draw(call: Call, { keep, model: name, signal }: Order, { prompt, aspect }: RequestOf<"frame">): Promise<Submission & { sight?: Sight }> {
  const most = models.find((each) => each.name === name)?.accepts?.promptMax;
  const body = { model: name, prompt: prompt.slice(0, most).toWellFormed(), n: 1, size: sizes[aspect], quality: "medium", output_format: "jpeg", output_compression: 95 };
  const answer = await ask(call, at(call, "/v1/images/generations"), post(call, body, signal));
  if (answer?.status !== 200) return failureOf(call, answer, "description");
  const pictures = Pictures.safeParse(answer.json);
  const kept = pictures.success ? await keepPicture(keep, pictures.data.data[0]?.b64_json ?? "", "image/jpeg") : null;
  if (!pictures.success || kept === null) return UNREADABLE;
  if (!kept) return LOST;
  const { usage } = pictures.data;
  return answeredAtOnce({ id: idOf(answer), kept: ["panel"], costMicros: usage ? Math.round(usage.input_tokens * TOKEN_MICROS.input + usage.output_tokens * TOKEN_MICROS.output) : null }, {});
}

/** What an answer other than success means; null: none came. */
function failureOf({ now }: Call, answer: Answer | null, what: string): Submission {
  if (!answer) return LOST;
  const error = Failure.safeParse(answer.json).data?.error;
  const words = `${error?.type ?? ""} ${error?.code ?? ""}`;
  const wait = (otherwiseSeconds: number): number => waitMs(answer.headers, { now: now(), otherwiseSeconds });
  switch (answer.status) {
    case 429:
      // Our account is empty: waiting changes nothing.
      if (/insufficient_quota|billing/.test(words)) return { ...NOT_LET_IN, retry: "never" } as Submission;
      return busy(wait(5));
    case 400:
    case 403:
    case 422:
      if (/moderation|content_policy|safety|image_generation_user_error/.test(words)) return refusedInput(what);
      if (/billing|quota/.test(words)) return NOT_LET_IN;
      if (answer.status === 403) return NOT_LET_IN;
      return badInput(/string_above_max_length|too_large|context_length/.test(words) ? `The ${what} is too long for this model. Make it shorter, or take another model.` : `The model did not take this ${what}. Change it, or take another model.`);
    case 413:
      return badInput(`The ${what} is too large for this model. Cut it into parts, or take another model.`);
    case 401:
    case 402:
      return NOT_LET_IN;
    case 404:
      return MODEL_GONE;
    case 503:
      return error ? busy(wait(20)) : UNREADABLE;
    default:
      return UNREADABLE;
  }
}
