/** Gemini's Interactions API, webhooks of both kinds and files, as @google/genai 3.1.0 and the documentation describe them. */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { Webhook } from "standardwebhooks";
import { fileJob, VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Where } from "../vendor/faults.ts";
import { TextScript } from "../vendor/texts.ts";
import type { Sender } from "../vendor/webhooks.ts";
import { generateContent } from "./text.ts";

interface Options extends VendorOptions {
  /** Of a webhook that is registered; null: webhooks are those that requests name. */
  webhookSecret: string | null;
}

const fieldsKnown: ReadonlySet<string> = new Set(["model", "background", "store", "stream", "input", "response_format", "generation_config", "previous_interaction_id", "webhook_config", "system_instruction"]);
const formatKnown: ReadonlySet<string> = new Set(["type", "delivery", "aspect_ratio", "resolution", "duration", "gcs_uri"]);
const models: ReadonlySet<string> = new Set(["gemini-omni-1.1-flash", "gemini-omni-1.2-flash"]);
const KID = "key-of-the-emulator";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export class GeminiEmulator extends VendorEmulator {
  override readonly backoff = [30, 120, 600, 3_600];
  readonly #webhookSecret: string | null;
  readonly #keys: Promise<Pair> = generateKeyPair("RS256", { extractable: true });
  readonly #foreign: Promise<Pair> = generateKeyPair("RS256", { extractable: true });
  #count = 0;
  readonly texts = new TextScript();

  constructor({ webhookSecret, ...options }: Options) {
    super(options);
    this.#webhookSecret = webhookSecret;
  }

  locate(method: string, url: URL): Pick<Where, "at" | "job"> {
    if (url.pathname.endsWith("/jwks.json")) return { at: "keys", job: null };
    const download = /^\/v1beta\/files\/([^/:]+):download$/.exec(url.pathname);
    if (download) return { at: "result", job: download[1] ?? null };
    const file = fileJob(url);
    if (file !== null) return { at: "file", job: file };
    const interaction = /^\/v1(?:beta)?\/interactions(?:\/([^/]+))?(\/cancel)?$/.exec(url.pathname);
    const job = interaction?.[1] ? decodeURIComponent(interaction[1]) : null;
    if (method === "POST") return { at: interaction?.[2] ? "cancel" : "create", job };
    return { at: interaction ? "check" : "other", job };
  }

  async answer({ request, url, body, where }: Asked): Promise<Response> {
    if (where.at === "keys") return Response.json({ keys: [{ ...(await exportJWK((await this.#keys).publicKey)), kid: KID, alg: "RS256", use: "sig" }] }, { headers: { "cache-control": "public, max-age=19800" } });
    if (request.headers.get("x-goog-api-key") !== this.options.key) return error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.");
    if (url.pathname.endsWith(":generateContent")) return generateContent(this.texts, url.pathname, body);
    if (where.at === "create") return this.#create(body);
    const job = where.job === null ? undefined : this.jobs.get(where.job);
    if (!job) return error(400, "INVALID_ARGUMENT", "Invalid interaction name.");
    if (where.at === "result") return new Response(null, { status: 302, headers: { location: this.fileUrl(job, "video", this.#specOf(job)) } });
    if (where.at === "cancel") this.cancelJob(job);
    return Response.json(this.#view(job));
  }

  failure(status: number): Response {
    const names: Record<number, string> = { 400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE" };
    return error(status, names[status] ?? "UNKNOWN", "It did not work.");
  }

  #create(body: string): Response {
    const wanted = JSON.parse(body) as { [key: string]: Json };
    const refusal = refusalOf(wanted);
    if (refusal !== null) return error(400, "INVALID_ARGUMENT", refusal);
    if (!models.has(String(wanted["model"]))) return error(404, "NOT_FOUND", `models/${String(wanted["model"])} is no longer available.`);
    this.#count += 1;
    const webhook = (wanted["webhook_config"] as { uris?: string[] } | undefined)?.uris?.[0] ?? null;
    return Response.json(this.#view(this.add({ id: `v1_int_${this.#count}`, model: String(wanted["model"]), input: wanted, webhook })));
  }

  #specOf({ input }: Job): Parameters<VendorEmulator["fileUrl"]>[2] {
    const { aspect_ratio: aspect, resolution, duration } = input["response_format"] as { aspect_ratio: string; resolution: string; duration: string };
    const [short, long] = resolution === "1080p" ? [1_080, 1_920] : [720, 1_280];
    return { ending: "mp4", ...(aspect === "9:16" ? { width: short, height: long } : { width: long, height: short }), seconds: Number.parseInt(duration, 10), hasAudio: true };
  }

  /** No percentage, and a refusal looks like success: it has words and no picture. */
  #view(job: Job): Json {
    const { id, model, createdAt, ending } = job;
    const times = { created: new Date(createdAt).toISOString(), updated: new Date(job.endedAt ?? createdAt).toISOString() };
    const base = { id, object: "interaction", model, ...times };
    if (ending === null) return { ...base, status: this.stateSeen(job) === "queued" ? "queued" : "in_progress" };
    if (ending.as === "canceled" || ending.as === "aborted") return { ...base, status: "cancelled" };
    if (ending.as === "failed" && ending.code !== "words_only") return { ...base, status: ending.code ?? "failed", errors: [{ code: "INTERNAL", message: ending.words ?? "It failed." }] };
    const words = { type: "text", text: ending.words ?? "Here is your video." };
    if (ending.as === "failed" || this.meets(job, "empty")) return { ...base, status: "completed", steps: [{ type: "model_output", content: [words] }], usage: { output_tokens_by_modality: [{ modality: "text", tokens: 12 }] } };
    const uri = this.meets(job, "elsewhere") ? "http://169.254.169.254/video.mp4" : `${this.options.origin}/v1beta/files/${id}:download?alt=media`;
    return { ...base, status: "completed", steps: [{ type: "model_output", content: [{ type: "video", mime_type: "video/mp4", uri }] }], usage: { output_tokens_by_modality: [{ modality: "video", tokens: 46_000 }] } };
  }

  messageOf({ id, ending, endedAt }: Job): Json {
    const type = ending?.as === "succeeded" ? "interaction.completed" : ending?.as === "failed" ? "interaction.failed" : "interaction.cancelled";
    return { type, version: "v1", timestamp: new Date(endedAt ?? this.options.now()).toISOString(), data: { id } };
  }

  async sign({ id, job, body, seconds, isForged }: Parameters<Sender["sign"]>[0]): Promise<Record<string, string>> {
    const headers = { "webhook-id": id, "webhook-timestamp": String(seconds) };
    if (this.#webhookSecret !== null) return { ...headers, "webhook-signature": new Webhook(isForged ? `whsec_${btoa("another secret, of somebody else")}` : this.#webhookSecret).sign(id, new Date(seconds * 1_000), body) };
    const { privateKey } = await (isForged ? this.#foreign : this.#keys);
    const claims = { ...(JSON.parse(body) as Record<string, unknown>), user_metadata: {} };
    const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: KID, typ: "JWT" }).setIssuer("https://generativelanguage.googleapis.com").setAudience(this.jobs.get(job)?.webhook ?? "").setIssuedAt(seconds).setExpirationTime(seconds + 300);
    return { ...headers, "webhook-signature": await token.sign(privateKey) };
  }
}

export const error = (code: number, status: string, message: string): Response => Response.json({ error: { code, message, status, details: [] } }, { status: code });

function refusalOf(wanted: { [key: string]: Json }): string | null {
  const odd = Object.keys(wanted).find((field) => !fieldsKnown.has(field));
  if (odd !== undefined) return `Invalid JSON payload received. Unknown name "${odd}".`;
  const format = wanted["response_format"] as { [key: string]: Json } | undefined;
  if (format?.["type"] !== "video") return "Only video can be generated by this model.";
  const oddFormat = Object.keys(format).find((field) => !formatKnown.has(field));
  if (oddFormat !== undefined) return `Invalid JSON payload received. Unknown name "${oddFormat}" at 'response_format'.`;
  const { duration, aspect_ratio: aspect, resolution, delivery } = format;
  if (typeof duration !== "string" || !/^\d+s$/.test(duration)) return "Invalid value at 'response_format.duration' (type.googleapis.com/google.protobuf.Duration).";
  if (Number.parseInt(duration, 10) < 3 || Number.parseInt(duration, 10) > 10) return "Duration must be between 3s and 10s.";
  if (aspect !== "16:9" && aspect !== "9:16") return "Unsupported aspect ratio.";
  if (!["360p", "720p", "1080p", "4k"].includes(String(resolution ?? "720p"))) return "Unsupported resolution.";
  if (delivery !== "uri" && delivery !== "inline") return "Unsupported delivery.";
  if (wanted["webhook_config"] !== undefined && wanted["background"] !== true) return "webhook_config requires background to be true.";
  if (JSON.stringify(wanted["input"]).includes("FORBIDDEN")) return "The request was blocked: PROHIBITED_CONTENT.";
  return null;
}
