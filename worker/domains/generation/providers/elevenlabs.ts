/**
 * ElevenLabs: voice, isolation, sound and music are answered at once, by their bytes; nothing can be asked for again, so they are kept as they come.
 * Dubbing is a job of its own.
 */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import { fromBase64 } from "#core/encoding.ts";
import type { Json } from "#film/film.ts";
import type { RequestOf } from "#film/inputs/model-request.ts";
import { ask, badInput, LOST, parsed, readAnswer, refusal, retryAt, send, UNREADABLE } from "./answers.ts";
import { models, voices } from "./elevenlabs-models.ts";
import { Dub, DubState, failureOf, SpeechWithTimes, spokenWords, Transcript, wordsOf } from "./elevenlabs-wire.ts";
import { answeredAtOnce, atOnce, keepAll, seeKept, streamOf, wordsFile } from "./kept.ts";
import { formWithFile, openLink } from "./multipart.ts";
import type { Call, Order, Provider, Sight, Submission, Wake } from "./provider.ts";
import { verifyElevenLabsWebhook } from "./webhooks/elevenlabs.ts";

/**
 * Speech with times is JSON around its audio, and read whole, with some five times its size in memory: what takes longer to say comes as a plain stream, without
 * times. A Latin letter is spoken in a twelfth of a second, which is 2 kB of that answer.
 */
const LETTERS_WITH_TIMES_MAX = 3_000;
/** Signs that are a syllable or more each are spoken in a quarter of a second, and so are digits. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Nd}]/gu;
const DENSE_LETTERS = 4;
const RECORDING_BYTES_MAX = 500_000_000;
/** A credit, which a letter of the larger models costs one of. */
const MICROS_PER_CREDIT = 100;
const FORMAT = "mp3_44100_128";

const DubTicket = z.object({ dub: z.string().max(200), to: z.string().max(20) });

export const elevenlabs: Provider = {
  id: "elevenlabs",
  name: "ElevenLabs",
  models,
  secrets: ["ELEVENLABS_API_KEY", "ELEVENLABS_WEBHOOK_SECRET"],
  ...atOnce,
  submitMs: 180_000,
  limits: { concurrency: 5, perMinute: null, perDay: null },
  configured: (env) => {
    const { ELEVENLABS_API_BASE: baseUrl, ELEVENLABS_API_KEY: token, ELEVENLABS_WEBHOOK_SECRET: webhookSecret = "" } = settings(env);
    return token ? { baseUrl, token, webhookSecret, more: {} } : null;
  },
  submit: (call, order) => {
    const { request } = order;
    switch (request.tool) {
      case "voice":
        return speak(call, order, request);
      case "sound":
        return bytes(call, order, { path: "/v1/sound-generation", what: "description", body: { text: cut(order, request.prompt), duration_seconds: Math.min(30, Math.max(0.5, request.seconds)), model_id: order.model } });
      case "music":
        return bytes(call, order, { path: "/v1/music", what: "description", body: { prompt: cut(order, request.prompt), music_length_ms: Math.round(Math.min(600, Math.max(3, request.seconds)) * 1_000), model_id: order.model, force_instrumental: true } });
      case "clean-audio":
        return isolate(call, order, request);
      case "transcribe":
        return transcribe(call, order, request);
      case "dub":
        return dub(call, order, request);
      default:
        return Promise.resolve(badInput("ElevenLabs does not do this. Choose another model."));
    }
  },
  check: (call, ticket) => {
    const job = DubTicket.safeParse(ticket);
    return job.success ? seeDub(call, ticket, job.data) : Promise.resolve(seeKept(ticket));
  },
  // A finished dub would be deleted with what it made, so it is looked at first.
  cancel: async (call, ticket) => {
    const job = DubTicket.safeParse(ticket);
    if (!job.success || (await seeDub(call, ticket, job.data)).state !== "running") return "too_late";
    const answer = await ask(call, at(call, `/v1/dubbing/${encodeURIComponent(job.data.dub)}`), { method: "DELETE", headers: keyOf(call) });
    return answer?.status === 200 ? "requested" : "too_late";
  },
  verifyWebhook: hear,
  verifyRegistered: hear,
  mayFetch: (call, url) => url.origin === new URL(call.baseUrl).origin,
  fileHeaders: (call, url) => (url.origin === new URL(call.baseUrl).origin ? keyOf(call) : {}),
};

/** What has a webhook there is answered to us at once, and a dub has none: one that its dashboard registers tells nothing that is waited for. */
async function hear(call: Call, { headers, rawBody }: { headers: Headers; rawBody: string }): Promise<Wake> {
  const verified = await verifyElevenLabsWebhook({ secrets: call.webhookSecret, headers, rawBody, now: call.now() });
  if (!verified.ok) return verified;
  const message = z.object({ type: z.string().max(100), event_timestamp: z.number(), data: z.object({ request_id: z.string().max(200).nullish() }) }).safeParse(parsed(rawBody));
  if (!message.success) return { ok: false, reason: "it is about nothing that we know" };
  return { ok: true, id: `${message.data.type}:${message.data.event_timestamp}:${message.data.data.request_id ?? ""}`, ticket: null };
}

const at = (call: Call, path: string): string => new URL(path, call.baseUrl).href;
const keyOf = ({ token }: Call): Record<string, string> => ({ "xi-api-key": token });
const post = (call: Call, body: Json, signal: AbortSignal): RequestInit => ({ method: "POST", headers: { ...keyOf(call), "content-type": "application/json" }, body: JSON.stringify(body), signal });
const idOf = (response: Response): string => (response.headers.get("request-id") ?? "").slice(0, 200);

/** A description as long as the model reads: what is too much of one can be left out. */
const cut = ({ model }: Order, prompt: string): string => prompt.slice(0, models.find(({ name }) => name === model)?.accepts?.promptMax).toWellFormed();

/** What it cost, in millionths of a dollar, where the answer says so. */
function costOf({ headers }: Response): number | null {
  const credits = Number(headers.get("character-cost") ?? Number.NaN);
  return Number.isFinite(credits) && credits >= 0 ? Math.round(credits * MICROS_PER_CREDIT) : null;
}

/** Its own models refuse a language that they do not hear in the text; the one without that field takes it from the text. */
const takesLanguage = (model: string): boolean => model !== "eleven_multilingual_v2";

async function speak(call: Call, order: Order, { text, voice, language, pace, seed }: RequestOf<"voice">): Promise<Submission & { sight?: Sight }> {
  const { keep, model, signal } = order;
  const hasTimes = text.length + (text.match(DENSE)?.length ?? 0) * (DENSE_LETTERS - 1) <= LETTERS_WITH_TIMES_MAX;
  const path = `/v1/text-to-speech/${voices[voice] ?? voices["ada"]}${hasTimes ? "/with-timestamps" : ""}?output_format=${FORMAT}`;
  const body = { text, model_id: model, ...(takesLanguage(model) && { language_code: language.split("-")[0] ?? language }), voice_settings: { speed: Math.min(1.2, Math.max(0.7, pace)) }, seed: seed >>> 0 };
  if (!hasTimes) return bytes(call, order, { path, what: "text", body });
  const response = await send(call, at(call, path), post(call, body, signal));
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "text");
  const answer = await readAnswer(response);
  const speech = SpeechWithTimes.safeParse(answer?.json);
  const audio = speech.success ? fromBase64(speech.data.audio_base64) : null;
  if (!answer) return LOST;
  if (!speech.success || !audio) return UNREADABLE;
  const words = wordsOf(speech.data.alignment);
  const files = [...(words ? [wordsFile("words", words)] : []), { role: "audio", body: streamOf(audio), contentType: "audio/mpeg" }];
  if (!(await keepAll(keep, files))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: files.map(({ role }) => role), costMicros: costOf(response) }, { words });
}

/** A request that is answered by a recording. */
async function bytes(call: Call, { keep, signal }: Order, { path, what, body }: { path: string; what: string; body: Json }): Promise<Submission & { sight?: Sight }> {
  const url = new URL(path, call.baseUrl);
  url.searchParams.set("output_format", FORMAT);
  return keepRecording(call, await send(call, url.href, post(call, body, signal)), keep, what);
}

async function keepRecording(call: Call, response: Response | null, keep: Order["keep"], what: string): Promise<Submission & { sight?: Sight }> {
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, what);
  // A page of some proxy with 200 is no recording, whatever its status says.
  if (!/^(audio\/|application\/octet-stream)/.test(response.headers.get("content-type") ?? "") || !response.body) {
    await response.body?.cancel();
    return UNREADABLE;
  }
  if (!(await keepAll(keep, [{ role: "audio", body: response.body as ReadableStream<Uint8Array>, contentType: "audio/mpeg" }]))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: ["audio"], costMicros: costOf(response) }, { words: null });
}

async function isolate(call: Call, { keep, signal }: Order, { audio }: RequestOf<"clean-audio">): Promise<Submission & { sight?: Sight }> {
  const file = await openLink(call, audio, { bytesMax: RECORDING_BYTES_MAX, signal, gone: "The recording is not there any more, or is larger than 500 MB. Bring it again, or in parts." });
  if ("end" in file) return file;
  const form = formWithFile([["file_format", "other"]], { name: "audio", fileName: "recording", ...file });
  return keepRecording(call, await send(call, at(call, "/v1/audio-isolation"), { method: "POST", headers: { ...keyOf(call), "content-type": form.contentType }, body: form.body, signal }), keep, "recording");
}

async function transcribe(call: Call, { keep, model, signal }: Order, { audio, language }: RequestOf<"transcribe">): Promise<Submission & { sight?: Sight }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ model_id: model, source_url: audio, timestamps_granularity: "word", tag_audio_events: "false", ...(language && { language_code: language }) })) form.set(name, value);
  const response = await send(call, at(call, "/v1/speech-to-text"), { method: "POST", headers: keyOf(call), body: form, signal });
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "recording");
  const answer = await readAnswer(response);
  if (!answer) return LOST;
  const transcript = Transcript.safeParse(answer.json);
  if (!transcript.success) return UNREADABLE;
  const values = { words: spokenWords(transcript.data), text: transcript.data.text, language: transcript.data.language_code ?? null };
  if (!(await keepAll(keep, [wordsFile("transcript", values.words, { text: values.text, language: values.language })]))) return LOST;
  return answeredAtOnce({ id: idOf(response), kept: ["transcript"], costMicros: null }, values);
}

async function dub(call: Call, { signal }: Order, { media, from, to }: RequestOf<"dub">): Promise<Submission> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ source_url: media, target_lang: to, ...(from && { source_lang: from }), num_speakers: "0", watermark: "false", highest_resolution: "true" })) form.set(name, value);
  const response = await send(call, at(call, "/v1/dubbing"), { method: "POST", headers: keyOf(call), body: form, signal });
  if (!response) return LOST;
  if (response.status !== 200) return failureOf(call, response, "recording");
  const answer = await readAnswer(response);
  if (!answer) return LOST;
  const made = Dub.safeParse(answer.json);
  return made.success ? { end: "accepted", ticket: { dub: made.data.dubbing_id, to } } : UNREADABLE;
}

async function seeDub(call: Call, ticket: Json, { dub: id, to }: z.infer<typeof DubTicket>): Promise<Sight> {
  const path = `/v1/dubbing/${encodeURIComponent(id)}`;
  const answer = await ask(call, at(call, path), { headers: keyOf(call) });
  // Only in its own words: a page of some proxy knows nothing of dubs.
  if (answer?.status === 404 && z.object({ detail: z.unknown().refine((detail) => detail !== undefined) }).safeParse(answer.json).success) return { state: "not_found" };
  const dubbing = DubState.safeParse(answer?.json);
  if (answer?.status !== 200 || !dubbing.success || dubbing.data.dubbing_id !== id) return { state: "silent" };
  switch (dubbing.data.status) {
    case "dubbed":
      return { state: "succeeded", ticket, output: { media: at(call, `${path}/audio/${encodeURIComponent(to)}`) }, madeMs: null, costMicros: null };
    case "failed": {
      if (/moderat|policy|terms|copyright/i.test(dubbing.data.error ?? "")) return { state: "refused", ticket, problem: refusal("recording"), stage: "input", costMicros: null };
      return { state: "failed", ticket, problem: { code: "provider_failed", detail: "The dubbing failed. Clearer speech may help." }, retry: retryAt(null), costMicros: null };
    }
    default:
      return { state: "running", ticket, progress: null, text: "Dubbing", remaining: null };
  }
}

