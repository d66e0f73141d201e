/** OpenAI's speech, transcription, pictures, responses and list of models, as its SDK 7.55.0 describes them. */
import { Webhook } from "standardwebhooks";
import { VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Where } from "../vendor/faults.ts";
import { fileOf, isLink } from "../vendor/files.ts";
import { base64Of, fieldsOf, inPieces } from "../vendor/forms.ts";
import { TextScript } from "../vendor/texts.ts";
import type { Sender } from "../vendor/webhooks.ts";
import { respond } from "./responses.ts";

interface Options extends VendorOptions {
  webhookSecret: string;
}

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  "/v1/audio/speech": new Set(["input", "model", "voice", "instructions", "response_format", "speed", "stream_format"]),
  "/v1/audio/transcriptions": new Set(["file", "model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]", "include", "stream", "chunking_strategy"]),
  "/v1/images/generations": new Set(["prompt", "background", "model", "moderation", "n", "output_compression", "output_format", "partial_images", "quality", "size", "stream", "safety_identifier", "user"]),
};
const voices: ReadonlySet<string> = new Set(["alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"]);

export class OpenAiEmulator extends VendorEmulator {
  override readonly backoff = [60, 300];
  readonly texts = new TextScript();
  /** What it hears in whatever it is given. */
  heard = "You're late. The bridge was closed.";
  /** Models and when they are shut down. */
  readonly shutdowns = new Map<string, string | null>([["gpt-4o-mini-tts", "2027-01-06"], ["whisper-1", "2027-02-26"], ["gpt-image-2", null]]);
  readonly #secret: string;
  #count = 0;

  constructor({ webhookSecret, ...options }: Options) {
    super(options);
    this.#secret = webhookSecret;
  }

  locate(method: string, url: URL): Pick<Where, "at" | "job"> {
    return { at: url.pathname === "/v1/moderations" ? "other" : method === "POST" ? "create" : "list", job: null };
  }

  async answer({ request, url, body }: Asked): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return this.#error(401, "invalid_request_error", "invalid_api_key", `Incorrect API key provided: ${(request.headers.get("authorization") ?? "").slice(7, 12)}***.`);
    if (url.pathname === "/v1/models") return Response.json({ object: "list", data: [...this.shutdowns].map(([id, shutdown_date]) => ({ id, object: "model", created: 1_700_000_000, owned_by: "openai", shutdown_date })) });
    if (url.pathname === "/v1/moderations") return this.#moderation(body);
    if (url.pathname === "/v1/responses") return respond(this.texts, body);
    const fields = await fieldsOf(body, request.headers.get("content-type") ?? "");
    const allowed = known[url.pathname];
    if (!fields || !allowed) return this.#error(404, "invalid_request_error", null, `Invalid URL (POST ${url.pathname})`);
    const odd = Object.keys(fields).find((name) => !allowed.has(name));
    if (odd !== undefined) return this.#error(400, "invalid_request_error", "unknown_parameter", `Unknown parameter: '${odd}'.`);
    if (!this.shutdowns.has(String(fields["model"]))) return this.#error(404, "invalid_request_error", "model_not_found", `The model '${String(fields["model"])}' does not exist or you do not have access to it.`);
    this.#count += 1;
    const job = this.add({ id: `req_${this.#count}`, model: String(fields["model"]), input: fields as Job["input"], webhook: null });
    job.state = "ended";
    const ending = this.endings.get(job.model);
    if (ending?.as === "failed") return this.#error(ending.status ?? 400, "image_generation_user_error", ending.code ?? "moderation_blocked", ending.words ?? "Your request was rejected by the safety system.");
    const headers = { "x-request-id": job.id, "openai-processing-ms": "12" };
    if (url.pathname.endsWith("speech")) return this.#speech(fields, headers);
    return url.pathname.endsWith("transcriptions") ? this.#transcript(fields, headers) : this.#picture(job, fields, headers);
  }

  failure(status: number): Response {
    return this.#error(status, status === 429 ? "requests" : "server_error", status === 429 ? "rate_limit_exceeded" : null, "It did not work.");
  }

  messageOf({ id }: Job): Json {
    return { id: `evt_${id}`, object: "event", type: "response.completed", created_at: Math.floor(this.options.now() / 1_000), data: { id: `resp_${id}` } };
  }

  sign({ id, body, seconds, isForged }: Parameters<Sender["sign"]>[0]): Promise<Record<string, string>> {
    const secret = isForged ? `whsec_${btoa("another secret, of somebody else")}` : this.#secret;
    return Promise.resolve({ "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": new Webhook(secret).sign(id, new Date(seconds * 1_000), body) });
  }

  #error(status: number, type: string, code: string | null, message: string): Response {
    return Response.json({ error: { message, type, param: null, code } }, { status, headers: { "x-request-id": `req_${this.#count}` } });
  }

  async #speech(fields: Record<string, unknown>, headers: Record<string, string>): Promise<Response> {
    const text = String(fields["input"]);
    if (text.length > 4_096) return this.#error(400, "invalid_request_error", "string_above_max_length", "Invalid 'input': string too long.");
    if (!voices.has(String(fields["voice"]))) return this.#error(400, "invalid_request_error", "invalid_value", "Invalid value for 'voice'.");
    const isWav = fields["response_format"] === "wav";
    const seconds = Math.max(0.3, text.length * 0.06);
    return new Response(inPieces(await fileOf(isWav ? { ending: "wav", seconds, channels: 1 } : { ending: "mp3", seconds })), { headers: { ...headers, "content-type": isWav ? "audio/wav" : "audio/mpeg" } });
  }

  /** Everything with FORBIDDEN in it is violence to it; a picture it has to fetch, and some it cannot. */
  #moderation(body: string): Response {
    const { input, model } = JSON.parse(body) as { input: string | { type: string; text?: string; image_url?: { url: string } }[]; model?: string };
    const parts = typeof input === "string" ? [{ type: "text", text: input }] : input;
    if (parts.some(({ type, image_url: image }) => type === "image_url" && (!isLink(image?.url) || image?.url.includes("unreached")))) return this.#error(400, "invalid_request_error", "invalid_image_url", "Timeout while downloading the image.");
    const where = parts.flatMap(({ type, ...part }) => (JSON.stringify(part).includes("FORBIDDEN") ? [type === "image_url" ? "image" : "text"] : []));
    const flagged = where.length > 0;
    const categories = { violence: flagged, "violence/graphic": false, hate: false, sexual: false, harassment: false, "self-harm": false, illicit: false };
    return Response.json({ id: "modr-1", model: model ?? "omni-moderation-latest", results: [{ flagged, categories, category_applied_input_types: { violence: where }, category_scores: Object.fromEntries(Object.keys(categories).map((name) => [name, flagged ? 0.9 : 0.001])) }] });
  }

  #transcript(fields: Record<string, unknown>, headers: Record<string, string>): Response {
    if (typeof fields["file"] !== "object") return this.#error(400, "invalid_request_error", null, "file is required.");
    const words = this.heard.split(" ").map((word, at) => ({ word: word.replace(/[.,]$/, ""), start: at * 0.4, end: at * 0.4 + 0.3 }));
    const isVerbose = fields["response_format"] === "verbose_json";
    return Response.json(isVerbose ? { task: "transcribe", language: "english", duration: words.length * 0.4, text: this.heard, ...(fields["timestamp_granularities[]"] === "word" && { words }), usage: { type: "duration", seconds: 3 } } : { text: this.heard }, { headers });
  }

  async #picture(job: Job, fields: Record<string, unknown>, headers: Record<string, string>): Promise<Response> {
    const [width = 0, height = 0] = String(fields["size"] ?? "1024x1024").split("x").map(Number);
    if (width % 16 !== 0 || height % 16 !== 0 || width / height > 3 || height / width > 3) return this.#error(400, "invalid_request_error", "invalid_value", "Invalid size: width and height must be divisible by 16.");
    if (String(fields["prompt"]).includes("FORBIDDEN")) return this.#error(400, "image_generation_user_error", "moderation_blocked", "Your request was rejected by the safety system.");
    const format = String(fields["output_format"] ?? "png");
    const bytes = await fileOf(format === "jpeg" ? { ending: "jpg" } : { ending: "png", width, height });
    const data = this.meets(job, "empty") ? [] : [{ b64_json: base64Of(bytes) }];
    return Response.json({ created: Math.floor(this.options.now() / 1_000), size: fields["size"], quality: fields["quality"], output_format: format, data, usage: { input_tokens: 40, output_tokens: 1_700, total_tokens: 1_740, input_tokens_details: { text_tokens: 40, image_tokens: 0 } } }, { headers });
  }
}
