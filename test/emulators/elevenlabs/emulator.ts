/** ElevenLabs as its SDK 2.73.0 and its documentation describe it: speech, isolation, sound, music, transcription at once, dubbing as a job. */
import { fileJob, PRIVATE_ADDRESS, VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import { fileOf } from "../vendor/files.ts";
import type { Place, Where } from "../vendor/faults.ts";
import { base64Of, fieldsOf, inPieces } from "../vendor/forms.ts";
import type { Sender } from "../vendor/webhooks.ts";
import { fieldsKnown, formats, voicesKnown } from "./catalogue.ts";

interface Options extends VendorOptions {
  webhookSecret: string;
}

/** What its texts last: signs that are a syllable each take longer. */
const SECONDS_PER_LETTER = 0.06;
const SECONDS_PER_SYLLABLE = 0.23;
const isSyllable = (letter: string): boolean => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(letter);

export class ElevenLabsEmulator extends VendorEmulator {
  override readonly backoff = [60, 300, 1_800];
  readonly #secret: string;
  #count = 0;
  /** Where it gives no times with its letters. */
  hasTimes = true;
  /** What it hears in whatever it is asked to transcribe. */
  heard = "You're late. The bridge was closed.";

  constructor({ webhookSecret, ...options }: Options) {
    super(options);
    this.#secret = webhookSecret;
  }

  locate(method: string, { pathname }: URL): Pick<Where, "at" | "job"> {
    const dubbing = /^\/v1\/dubbing\/([^/]+)(\/audio\/)?/.exec(pathname);
    if (!dubbing) return { at: method === "POST" ? "create" : "list", job: fileJob(new URL(pathname, "https://x")) };
    const places: Record<string, Place> = { GET: dubbing[2] ? "file" : "check", DELETE: "cancel" };
    return { at: places[method] ?? "other", job: dubbing[1] ?? null };
  }

  async answer({ request, url, body }: Asked): Promise<Response> {
    if (request.headers.get("xi-api-key") !== this.options.key) return this.#failure(401, "invalid_api_key", "Invalid API key");
    if (request.method === "GET" && url.pathname === "/v2/voices") return Response.json({ voices: voicesKnown.map(([voice_id, name]) => ({ voice_id, name, category: "premade" })), has_more: false, total_count: voicesKnown.length });
    const dubbing = /^\/v1\/dubbing\/([^/]+)(?:\/audio\/([^/]+))?$/.exec(url.pathname);
    if (dubbing) return this.#dubbing(request.method, decodeURIComponent(dubbing[1] ?? ""), dubbing[2] ?? null);
    if (request.method !== "POST") return this.#failure(404, "not_found", "Not Found");
    const fields = await fieldsOf(body, request.headers.get("content-type") ?? "");
    const endpoint = endpointOf(url.pathname);
    if (!endpoint) return Response.json({ detail: "Not Found" }, { status: 404 });
    const refusal = fields && this.#refusal(endpoint, fields, url);
    if (!fields || refusal) return refusal ?? Response.json({ detail: [{ loc: ["body"], msg: "invalid body", type: "json_invalid" }] }, { status: 422 });
    const model = String(fields["model_id"] ?? endpoint.name);
    this.#count += 1;
    const job = this.add({ id: `req_${this.#count}`, model, input: { ...(fields as Job["input"]), path: url.pathname }, webhook: null });
    if (endpoint.name === "dubbing") return Response.json({ dubbing_id: job.id, expected_duration_sec: 10 });
    const ending = this.endings.get(model);
    if (ending?.as === "failed") return this.#failure(ending.status ?? 400, ending.code ?? "content_moderated", ending.words ?? "Your request violates our terms of service.");
    job.state = "ended";
    return this.#made(endpoint, job, fields);
  }

  /** A dub is given by the API itself, to whoever has the key. */
  protected override async file(asked: Asked): Promise<Response> {
    const job = this.jobs.get(asked.where.job ?? "");
    if (job && this.meets(job, "expired")) return this.#failure(404, "dubbing_not_found", "There is no dubbing with this id.");
    if (job && this.meets(job, "private")) return new Response(null, { status: 302, headers: { location: PRIVATE_ADDRESS } });
    return this.answer(asked);
  }

  failure(status: number): Response {
    const codes: Record<number, string> = { 401: "invalid_api_key", 404: "voice_not_found", 429: "too_many_concurrent_requests", 500: "internal_server_error", 503: "service_unavailable" };
    return this.#failure(status, codes[status] ?? "error", "No.");
  }

  #failure(status: number, code: string, message: string): Response {
    return Response.json({ detail: { status: code, message } }, { status, headers: { "request-id": `req_${this.#count}` } });
  }

  #refusal({ name, voice, hasTimes }: Endpoint, fields: Record<string, unknown>, url: URL): Response | null {
    const known = new Set<string>(fieldsKnown[name]);
    const odd = Object.keys(fields).find((field) => !known.has(field));
    if (odd !== undefined) return Response.json({ detail: [{ loc: ["body", odd], msg: "Extra inputs are not permitted", type: "extra_forbidden" }] }, { status: 422 });
    const format = url.searchParams.get("output_format");
    if (format !== null && !formats.test(format)) return Response.json({ detail: [{ loc: ["query", "output_format"], msg: "unknown format", type: "enum" }] }, { status: 422 });
    if (voice !== null && !voicesKnown.some(([id]) => id === voice)) return this.#failure(404, "voice_not_found", `A voice with the voice_id ${voice} was not found.`);
    if (hasTimes && typeof fields["text"] !== "string") return Response.json({ detail: [{ loc: ["body", "text"], msg: "Field required", type: "missing" }] }, { status: 422 });
    const most: Record<string, number> = { eleven_v3: 5_000, eleven_multilingual_v2: 10_000, eleven_flash_v2_5: 40_000 };
    if (name === "speech" && String(fields["text"]).length > (most[String(fields["model_id"])] ?? 10_000)) return this.#failure(400, "max_character_limit_exceeded", "Too long.");
    if (name === "sound" && (Number(fields["duration_seconds"] ?? 1) < 0.5 || Number(fields["duration_seconds"] ?? 1) > 30)) return this.#failure(400, "invalid_duration", "Duration must be between 0.5 and 30.");
    if (name === "music" && fields["seed"] !== undefined && fields["prompt"] !== undefined) return this.#failure(400, "invalid_parameters", "seed cannot be used with prompt.");
    return null;
  }

  async #made({ name, hasTimes }: Endpoint, job: Job, fields: Record<string, unknown>): Promise<Response> {
    const text = String(fields["text"] ?? "");
    const headers = { "request-id": job.id, "current-concurrent-requests": "1", "maximum-concurrent-requests": "5" };
    if (name === "transcription") {
      const words = this.heard.split(" ").flatMap((word, at) => [...(at > 0 ? [{ text: " ", start: at * 0.4 - 0.1, end: at * 0.4, type: "spacing", speaker_id: null, logprob: 0 }] : []), { text: word, start: at * 0.4, end: at * 0.4 + 0.3, type: "word", speaker_id: null, logprob: -0.1 }]);
      return Response.json({ language_code: "eng", language_probability: 0.98, text: this.heard, words, transcription_id: job.id }, { headers });
    }
    const letters = [...text];
    const ends = letters.map((at => (letter: string) => (at += isSyllable(letter) ? SECONDS_PER_SYLLABLE : SECONDS_PER_LETTER))(0));
    const seconds = name === "speech" ? Math.max(0.3, ends.at(-1) ?? 0) : Number(fields["duration_seconds"] ?? Number(fields["music_length_ms"] ?? 2_000) / 1_000);
    const recording = this.meets(job, "empty") ? new Uint8Array(0) : await fileOf({ ending: "mp3", seconds });
    const cost: Record<string, string> = name === "speech" ? { "character-cost": String(fields["model_id"] === "eleven_flash_v2_5" ? Math.ceil(text.length / 2) : text.length) } : {};
    if (!hasTimes) return new Response(inPieces(recording), { headers: { ...headers, ...cost, "content-type": "audio/mpeg" } });
    const alignment = this.hasTimes ? { characters: letters, character_start_times_seconds: [0, ...ends.slice(0, -1)], character_end_times_seconds: ends } : null;
    return Response.json({ audio_base64: base64Of(recording), alignment, normalized_alignment: alignment }, { headers: { ...headers, ...cost } });
  }

  async #dubbing(method: string, id: string, language: string | null): Promise<Response> {
    const job = this.jobs.get(id);
    if (!job) return this.#failure(404, "dubbing_not_found", "There is no dubbing with this id.");
    if (method === "DELETE") {
      this.cancelJob(job);
      this.jobs.delete(id);
      return Response.json({ status: "ok" });
    }
    if (language !== null) {
      if (job.ending?.as !== "succeeded") return this.#failure(425, "dubbing_not_finished", "Dubbing has not finished yet.");
      return new Response(inPieces(await fileOf({ ending: "mp3", seconds: 2 })), { headers: { "content-type": "audio/mpeg" } });
    }
    const status = job.ending === null ? "dubbing" : job.ending.as === "succeeded" ? "dubbed" : "failed";
    return Response.json({
      dubbing_id: id, name: "a recording", status, target_languages: [job.input["target_lang"]], source_language: "en", editable: false, created_at: new Date(job.createdAt).toISOString(),
      ...(status === "failed" && { error: job.ending?.words ?? "Dubbing failed" }), media_metadata: { content_type: "audio/mpeg", duration: 2 },
    });
  }

  messageOf(job: Job): Json {
    return { type: "speech_to_text_transcription", event_timestamp: Math.floor(job.createdAt / 1_000), data: { request_id: job.id, transcription: { text: this.heard } } };
  }

  async sign({ body, seconds, isForged }: Parameters<Sender["sign"]>[0]): Promise<Record<string, string>> {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(isForged ? "another secret" : this.#secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${seconds}.${body}`)));
    return { "elevenlabs-signature": `t=${seconds},v0=${Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("")}` };
  }
}

interface Endpoint {
  name: keyof typeof fieldsKnown;
  voice: string | null;
  /** Whether the answer is JSON with times in it. */
  hasTimes: boolean;
}

function endpointOf(path: string): Endpoint | null {
  const speech = /^\/v1\/text-to-speech\/([^/]+)(\/with-timestamps|\/stream)?$/.exec(path);
  if (speech) return { name: "speech", voice: speech[1] ?? "", hasTimes: speech[2] === "/with-timestamps" };
  const names: Record<string, Endpoint["name"]> = { "/v1/sound-generation": "sound", "/v1/music": "music", "/v1/audio-isolation": "isolation", "/v1/speech-to-text": "transcription", "/v1/dubbing": "dubbing" };
  const name = names[path];
  return name ? { name, voice: null, hasTimes: false } : null;
}
