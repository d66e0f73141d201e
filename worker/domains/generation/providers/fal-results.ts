/** What fal answers when the result of a request is asked for: what was made, or how it failed. */
import { z } from "@hono/zod-openapi";
import type { Json } from "#film/film.ts";
import { madeNothing, refusal, retryAt, type Answer } from "./answers.ts";
import type { Endpoint } from "./fal-endpoints.ts";
import type { Problem, Sight } from "./provider.ts";
import { quoted } from "./wording.ts";

/** What is kept of a request. `oddAnswers`: how often its result was a server's error, which may be fal's own and pass. */
export type Ticket = { id: string; model: string; status: string; result: string; cancel: string; oddAnswers: number };

const ODD_ANSWERS_MAX = 3;
const WORDS_MAX = 200_000;

export const Failure = z.object({ detail: z.union([z.string(), z.array(z.unknown())]) });
export const DetailList = z.object({ detail: z.array(z.object({ type: z.string().max(200), msg: z.string().max(5_000).optional(), loc: z.array(z.union([z.string(), z.number()])).optional() })).min(1).max(100) });
const File = z.object({ url: z.string().min(1).max(4_000) });
const Transcript = z.object({
  text: z.string().max(5_000_000), language_code: z.string().max(20).nullish(),
  words: z.array(z.object({ text: z.string().max(1_000), start: z.number().nonnegative().nullish(), end: z.number().nonnegative().nullish(), type: z.string().max(40) })).max(WORDS_MAX),
});

/** What a COMPLETED request came to. */
export function resultOf(endpoint: Endpoint, ticket: Ticket, answer: Answer | null, madeMs: number | null): Sight {
  if (answer === null) return { state: "silent" };
  if (answer.status === 200) {
    const output = outputOf(endpoint, answer.json);
    if (output !== null) return { state: "succeeded", ticket, output, madeMs, costMicros: null };
    // Its own shape without a file is an answer; anything else is noise on the way.
    return isObject(answer.json) && Object.keys(answer.json).some((name) => namesOf(endpoint).includes(name)) ? madeNothing("fal", ticket, null) : { state: "silent" };
  }
  const list = DetailList.safeParse(answer.json);
  if (answer.status === 422 && list.success) return unfit(ticket, list.data.detail);
  if (!Failure.safeParse(answer.json).success || [401, 403, 404, 408, 429].includes(answer.status) || answer.status < 400) return { state: "silent" };
  if (answer.status < 500) return failed(ticket, FAILED, null);
  // A model that broke down and a server of fal's that does look the same: only what stays so has failed. Neither is billed; any other failure may be.
  const isSure = list.success || answer.headers.has("x-fal-retryable") || ticket.oddAnswers + 1 >= ODD_ANSWERS_MAX;
  if (isSure) return failed(ticket, FAILED, 0);
  return { state: "running", ticket: { ...ticket, oddAnswers: ticket.oddAnswers + 1 }, progress: null, text: "Asking fal for the result", remaining: null };
}

const EMPTY: Problem = { code: "empty_output", detail: "The model at fal made nothing." };
const FAILED: Problem = { code: "provider_failed", detail: "The model failed at fal." };
const failed = (ticket: Ticket, problem: Problem, costMicros: number | null): Sight => ({ state: "failed", ticket, problem, retry: retryAt(costMicros), costMicros });

/** Kinds of 422, and what is to be done about them. */
const advice: Readonly<Record<string, string>> = {
  image_too_large: "The picture is too large for this model. Bring a smaller one.",
  image_too_small: "The picture is too small for this model. Bring a larger one.",
  image_load_error: "The model could not read the picture. Bring another one, or make the panel again.",
  face_detection_error: "The model found no face to move. Choose a shot that shows one.",
  video_duration_too_long: "The shot is too long for this model. Make it shorter, or choose another one.",
  video_duration_too_short: "The shot is too short for this model. Make it longer, or choose another one.",
  audio_duration_too_long: "The recording is too long for this model. Make it shorter, or choose another one.",
  audio_duration_too_short: "The recording is too short for this model. Make it longer, or choose another one.",
};
/** Kinds that are no fault of what was ordered. */
const notTheOrder = new Set(["file_download_error", "generation_timeout", "internal_server_error", "downstream_service_error", "downstream_service_unavailable", "no_media_generated"]);

function unfit(ticket: Ticket, details: z.infer<typeof DetailList>["detail"]): Sight {
  const refused = details.find(({ type }) => type === "content_policy_violation");
  if (refused) {
    const isInput = (refused.loc ?? []).some((part) => /prompt|text|image|video|audio/.test(String(part)));
    return { state: "refused", ticket, problem: isInput ? refusal("description or picture") : HELD_BACK, stage: isInput ? "input" : "output", costMicros: null };
  }
  const [first] = details;
  if (first && notTheOrder.has(first.type)) return failed(ticket, first.type === "no_media_generated" ? EMPTY : FAILED, null);
  const words = advice[first?.type ?? ""] ?? `The model did not accept this.${quoted(first?.msg)} Change the description or what it is made from, or choose another model.`;
  return failed(ticket, { code: "bad_input", detail: words }, null);
}

const HELD_BACK: Problem = { code: "refused", detail: "It was made and then held back, because of what can be seen or heard in it. Describe the shot more plainly, or choose another model." };

const isObject = (value: unknown): value is { [name: string]: unknown } => typeof value === "object" && value !== null && !Array.isArray(value);

const namesOf = ({ model, files }: Endpoint): string[] => (model.tool === "transcribe" ? ["text", "words"] : Object.values(files).map((place) => place.split(".")[0] ?? place));

/** The files of an answer by role; null where one is missing. */
function outputOf({ model, files }: Endpoint, json: unknown): Json | null {
  if (model.tool === "transcribe") {
    const transcript = Transcript.safeParse(json);
    if (!transcript.success) return null;
    const words = transcript.data.words.flatMap(({ text, start, end, type }) => (type === "word" && typeof start === "number" && typeof end === "number" && end >= start ? [{ text, start, end }] : []));
    return { text: transcript.data.text, language: transcript.data.language_code ?? null, words };
  }
  const found = Object.entries(files).map(([role, place]) => [role, File.safeParse(place.split(".").reduce<unknown>((at, name) => (Array.isArray(at) ? at[Number(name)] : isObject(at) ? at[name] : undefined), json)).data?.url] as const);
  return found.every(([, url]) => url !== undefined) ? (Object.fromEntries(found) as Json) : null;
}
