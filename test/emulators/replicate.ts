/**
 * An emulator of the predictions contract with scripted faults. It keeps count of what it was asked to make, so that a test can say that
 * nothing was submitted twice.
 */
import { Webhook } from "standardwebhooks";
import { mp4, png, wav } from "./media.ts";
import { pictures } from "./pictures.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled";

interface Prediction {
  id: string;
  model: string;
  input: { [key: string]: Json };
  status: Status;
  output: Json;
  error: string | null;
  /** What is at fault where it failed, as our renderer says it. */
  fault?: "input" | "fetch" | "internal";
  logs: string;
  webhook: string | null;
  cancels: number;
  finishAt: number;
}

/** Where something goes wrong, and how. `lost`: it is done, and the answer never arrives. `unreached`: it never arrives. */
export interface Fault {
  at: "create" | "get" | "file" | "webhook" | "cancel";
  /** Of this model only. */
  model?: string;
  /** Of this prediction only. */
  id?: string;
  /** So often; without it, always. */
  times?: number;
  does: "lost" | "unreached" | "hang" | "garbage" | "silence" | "twice" | "forge" | "corrupt" | "short" | "elsewhere" | "empty" | "loud" | "hushed" | "silent" | { status: number; body?: string; headers?: Record<string, string> };
}

interface Options {
  origin: string;
  token: string;
  webhookSecret: string;
  /** How webhooks leave; null: there are none. */
  deliver: ((url: string, init: RequestInit) => Promise<unknown>) | null;
  /** How files that predictions are given are read. */
  read: (url: string) => Promise<Response>;
  /** Milliseconds until a prediction is over; null: until `finish` says so. */
  delayMs: number | null;
}

const sizes: Record<string, { width: number; height: number }> = { "16:9": { width: 1280, height: 720 }, "9:16": { width: 720, height: 1280 }, "1:1": { width: 720, height: 720 } };
const FILE_TYPES: Record<string, string> = { mp4: "video/mp4", wav: "audio/wav", png: "image/png", json: "application/json", vtt: "text/vtt", avif: "image/avif", webp: "image/webp", jpg: "image/jpeg" };

export class ReplicateEmulator {
  readonly predictions = new Map<string, Prediction>();
  /** How often each id was asked to be created. */
  readonly creates = new Map<string, number>();
  readonly faults: Fault[] = [];
  readonly webhooks: { url: string; init: RequestInit }[] = [];
  /** What it was asked to cancel, whether it did or not. */
  readonly cancelsAsked: string[] = [];
  /** Models that fail, with the words in which they do. */
  readonly failing = new Map<string, string>();
  isDown = false;
  /** What is not over yet: of very many predictions a few. */
  readonly #going = new Set<Prediction>();
  readonly #files = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /** Answers a request, or throws where the network would. */
  async handle(request: Request): Promise<Response> {
    if (this.isDown) throw new TypeError("connect ECONNREFUSED");
    const url = new URL(request.url);
    const [, , , id = "", action] = url.pathname.split("/");
    if (url.pathname === "/health-check") return Response.json({ status: "READY" });
    if (url.pathname.startsWith("/files/")) return this.#file(url.pathname);
    if (request.headers.get("authorization") !== `Bearer ${this.options.token}`) return Response.json({ detail: "Unauthenticated", status: 401 }, { status: 401 });
    if (request.method === "PUT") return this.#create(id, request);
    const prediction = this.predictions.get(id);
    if (action === "cancel") this.cancelsAsked.push(id);
    const fault = this.#fault(action === "cancel" ? "cancel" : "get", { id, model: prediction?.model ?? "" });
    if (fault) return this.#fail(fault, request.signal);
    if (!prediction) return Response.json({ detail: "Not found.", status: 404 }, { status: 404 });
    if (action === "cancel") {
      prediction.cancels += 1;
      if (prediction.status === "starting" || prediction.status === "processing") this.end(id, "canceled");
    }
    return Response.json(this.#view(prediction));
  }

  /** Ends a prediction now. */
  end(id: string, status: "succeeded" | "failed" | "canceled", error: string | null = null, fault?: Prediction["fault"]): void {
    const prediction = this.predictions.get(id);
    if (!prediction || (prediction.status !== "starting" && prediction.status !== "processing")) return;
    this.#going.delete(prediction);
    Object.assign(prediction, { status, error, fault, output: status === "succeeded" ? this.#output(prediction) : null });
    void this.#notify(prediction);
  }

  /** Ends what is due. Whoever runs the emulator calls this every now and then; a timer would belong to the request that set it. */
  pump(): void {
    const now = Date.now();
    for (const prediction of this.#going) if (prediction.finishAt <= now) this.#finish(prediction);
  }

  #finish({ id, model }: Prediction): void {
    const failure = this.failing.get(model);
    if (failure === undefined) this.end(id, "succeeded");
    else this.end(id, "failed", failure);
  }

  /** Ends all that are under way. */
  finishAll(): void {
    for (const { id } of this.predictions.values()) this.end(id, "succeeded");
  }

  /** What is not over yet. */
  get underWay(): string[] {
    return [...this.predictions.values()].flatMap(({ id, status }) => (status === "starting" || status === "processing" ? [id] : []));
  }

  /** Every id that was created more than once. */
  get doubles(): string[] {
    return [...this.creates].filter(([, count]) => count > 1).map(([id]) => id);
  }

  async #create(id: string, request: Request): Promise<Response> {
    const { version, input, webhook = null } = (await request.json()) as { version: string; input: Prediction["input"]; webhook?: string };
    const fault = this.#fault("create", { id, model: version });
    if (fault && fault.does !== "lost") return this.#fail(fault, request.signal);
    this.creates.set(id, (this.creates.get(id) ?? 0) + 1);
    const known = this.predictions.get(id);
    if (known && JSON.stringify([known.model, known.input]) !== JSON.stringify([version, input])) return Response.json({ detail: "A prediction with this id was created with another body.", status: 409 }, { status: 409 });
    const prediction: Prediction = known ?? { id, model: version, input, status: "starting", output: null, error: null, logs: "", webhook, cancels: 0, finishAt: this.options.delayMs === null ? Infinity : Date.now() + this.options.delayMs };
    if (!known) {
      this.predictions.set(id, prediction);
      this.#going.add(prediction);
      if (this.options.delayMs === 0) this.#finish(prediction);
    }
    if (fault) throw new TypeError("Network connection lost.");
    return Response.json(this.#view(prediction), { status: known ? 200 : 201 });
  }

  #view({ webhook: _webhook, cancels: _cancels, finishAt: _finishAt, ...prediction }: Prediction) {
    return { ...prediction, version: "1", urls: {}, metrics: {}, created_at: "2026-11-20T00:00:00Z" };
  }

  #fault(at: Fault["at"], { id, model }: Pick<Prediction, "id" | "model">): Fault | null {
    const index = this.faults.findIndex((fault) => fault.at === at && (fault.model === undefined || fault.model === model) && (fault.id === undefined || fault.id === id));
    const fault = this.faults[index];
    if (!fault) return null;
    if (fault.times !== undefined && (fault.times -= 1) <= 0) this.faults.splice(index, 1);
    return fault;
  }

  async #fail({ does }: Fault, signal: AbortSignal): Promise<Response> {
    if (typeof does === "object") return new Response(does.body ?? JSON.stringify({ detail: "No.", status: does.status }), { status: does.status, headers: does.headers ?? {} });
    if (does === "garbage") return new Response("<html>Bad gateway</html>", { headers: { "content-type": "text/html" } });
    if (does === "hang") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new TypeError("aborted")), { once: true }));
    throw new TypeError("connect ECONNREFUSED");
  }

  async #notify(prediction: Prediction): Promise<void> {
    const fault = this.#fault("webhook", prediction);
    if (prediction.webhook === null || !this.options.deliver || fault?.does === "silence") return;
    const body = JSON.stringify(this.#view(prediction));
    const id = `msg_${prediction.id}`;
    const at = new Date();
    const secret = fault?.does === "forge" ? `whsec_${btoa("another secret, of somebody else")}` : this.options.webhookSecret;
    const headers = { "content-type": "application/json", "webhook-id": id, "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)), "webhook-signature": new Webhook(secret).sign(id, at, body) };
    const init: RequestInit = { method: "POST", headers, body };
    this.webhooks.push({ url: prediction.webhook, init });
    for (let count = 0; count < (fault?.does === "twice" ? 10 : 1); count += 1) await this.options.deliver(prediction.webhook, init).catch(() => undefined);
  }

  #output(prediction: Prediction): Json {
    const fault = this.#fault("file", prediction);
    const output = this.#made(prediction, fault);
    // As a model that missed its level would say.
    if (fault?.does === "loud") return { ...output, integratedLufs: -4, truePeakDbtp: 2 };
    if (fault?.does === "silent") return { ...output, integratedLufs: -70, truePeakDbtp: -120 };
    return fault?.does === "hushed" ? { ...output, integratedLufs: -41.2, truePeakDbtp: -30 } : output;
  }

  #made({ id, model, input }: Prediction, fault: Fault | null): { [key: string]: Json } {
    const bad = fault?.does === "corrupt" ? "-corrupt" : fault?.does === "short" ? "-short" : fault?.does === "empty" ? "-empty" : "";
    const origin = fault?.does === "elsewhere" ? "http://169.254.169.254" : this.options.origin;
    const file = (role: string, spec: string, ending: string) => `${origin}/files/${id}/${role}-${spec}${bad}.${ending}`;
    const frames = Number(input["frames"] ?? 24);
    const { width, height } = sizes[String(input["aspect"])] ?? { width: 1280, height: 720 };
    switch (model) {
      case "dailies/voice": {
        const spoken = Math.max(12, Math.min(240, String(input["text"]).length));
        return { audio: file("audio", `1x${spoken}`, "wav"), timings: file("timings", "0", "json"), frames: spoken, seconds: spoken / 24, spoken: true, integratedLufs: -20, truePeakDbtp: -6 };
      }
      case "dailies/frame":
        return { panel: file("panel", `${width}x${height}`, "png"), planes: [0, 1, 2].map((plane) => file(`plane${plane}`, `${width}x${height}`, "png")), depths: [0, 0.5, 1], overscan: 1.2 };
      case "dailies/conform":
        if (input["kind"] === "image") return { panel: file("panel", `${width}x${height}`, "png") };
        if (input["kind"] === "audio") return { audio: file("audio", `${Number(input["channels"] ?? 1)}x48`, "wav"), timings: file("timings", "0", "json"), frames: 48, seconds: 2, integratedLufs: Number(input["lufs"] ?? -20), truePeakDbtp: -6 };
        return { video: file("video", `${width}x${height}x${frames}`, "mp4"), frames, seconds: frames / 24 };
      case "dailies/remux": {
        const heard = { seconds: 2, integratedLufs: -20, truePeakDbtp: -6 };
        return input["kind"] === "audio" ? heard : { video: file("video", "copy", "mp4"), ...heard };
      }
      case "dailies/ingest":
        if (input["kind"] === "image") return { panel: file("panel", `${width}x${height}`, "png"), width, height };
        if (input["kind"] === "audio") return { audio: file("audio", "1x48", "wav"), timings: file("timings", "0", "json"), frames: 48, seconds: 2 };
        return { video: file("video", `${width}x${height}x48`, "mp4"), audio: null, frames: 48, seconds: 2, width, height };
      case "dailies/music":
        return { audio: file("audio", `2x${Math.round(Number(input["seconds"] ?? 10) * 24)}`, "wav"), seconds: Number(input["seconds"] ?? 10), integratedLufs: -25, truePeakDbtp: -9 };
      case "dailies/captions":
        return { captions: file("captions", "0", "vtt"), cues: 1 };
      case "dailies/animatic":
      case "dailies/cut":
        return { video: file("video", `${width}x${height}x${lengthOf(input)}xaac`, "mp4"), frames: lengthOf(input), seconds: lengthOf(input) / 24, integratedLufs: -16, truePeakDbtp: -2 };
      case "dailies/clean-audio":
        return { audio: file("audio", "1x48", "wav"), noiseDb: -12, before: {}, after: {}, seconds: 2 };
      case "dailies/grade":
        return { video: file("video", "1280x720x48", "mp4"), frames: 48, seconds: 2 };
      case "dailies/roto":
        return { video: file("video", "1280x720x48", "mp4"), mask: file("mask", "1280x720x48", "mp4"), frames: 48, seconds: 2, coverage: 0.4 };
      case "dailies/upscale":
        return { video: file("video", input["resolution"] === "1080p" ? "1920x1080x48" : "1280x720x48", "mp4"), width: 1920, height: 1080, frames: 48, seconds: 2 };
      case "dailies/mesh":
      case "dailies/rig":
        return { mesh: file("mesh", "0", "glb"), vertices: 8 };
      case "dailies/poster":
        return { ...Object.fromEntries(["avif480", "avif960", "webp480", "webp960"].map((role) => [role, file(role, "0", role.slice(0, 4))])), jpeg1280: file("jpeg1280", "0", "jpg"), color: "#808080" };
      case "dailies/preview":
        return { video: file("video", "640x360x96", "mp4"), sprite: file("sprite", "0", "jpg"), spriteMap: file("map", "0", "vtt") };
      default:
        return { video: file("video", `${width}x${height}x${frames}`, "mp4") };
    }
  }

  /** What a prediction was given, as it was. */
  async #copied(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const [, , id = ""] = path.split("/");
    const answer = await this.options.read(String(this.predictions.get(id)?.input["file"]));
    return new Uint8Array(await answer.arrayBuffer());
  }

  async #file(path: string): Promise<Response> {
    const match = /-(copy|(?:\d+x?)+(?:aac)?)(-corrupt|-short|-empty)?\.(\w+)$/.exec(path);
    if (!match) return new Response(null, { status: 404 });
    const [, spec = "", bad, ending = ""] = match;
    const key = spec === "copy" ? path : `${spec}.${ending}`;
    const made = this.#files.get(key) ?? (spec === "copy" ? this.#copied(path) : fileOf(spec, ending));
    this.#files.set(key, made);
    const whole = await made;
    const bytes = bad === "-corrupt" ? whole.map((byte, index) => byte ^ ((index * 151) & 0xff)) : bad === "-short" ? await fileOf(shorter(spec), ending) : bad === "-empty" ? new Uint8Array(0) : whole;
    // Without a length, as real providers answer.
    return new Response(new ReadableStream({ start: (controller) => { controller.enqueue(bytes); controller.close(); } }), { headers: { "content-type": FILE_TYPES[ending] ?? "application/octet-stream" } });
  }
}

const shorter = (spec: string): string => spec.replace(/x(\d+)(?=x?(aac)?$)/, (_, frames: string) => `x${Math.max(1, Number(frames) - 5)}`);

function fileOf(spec: string, ending: string): Promise<Uint8Array<ArrayBuffer>> {
  const [a = 0, b = 0, c = 0] = spec.split("x").map(Number);
  switch (ending) {
    case "wav":
      return Promise.resolve(wav({ channels: a === 2 ? 2 : 1, frames: b }));
    case "png":
      return png({ width: a, height: b });
    case "mp4":
      return mp4({ width: a, height: b, frames: c, audio: spec.endsWith("aac") ? "aac" : null });
    case "avif":
    case "webp":
    case "jpg":
      return Promise.resolve(Uint8Array.from(atob(pictures[ending] ?? ""), (char) => char.charCodeAt(0)));
    case "glb":
      return Promise.resolve(Uint8Array.from(new TextEncoder().encode("glTF\u0002\0\0\0\u000c\0\0\0 then nothing")));
    case "vtt":
      return Promise.resolve(Uint8Array.from(new TextEncoder().encode("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")));
    default:
      return Promise.resolve(Uint8Array.from(new TextEncoder().encode('{"words":[],"seconds":1}')));
  }
}

/** Frames of a sequence: clips less their trims, where a dissolve overlaps the one before by 12. */
function lengthOf(input: { [key: string]: Json }): number {
  const entries = (input["entries"] ?? []) as { frames: number; trimStart: number; trimEnd: number; transition: string }[];
  return entries.reduce((sum, { frames, trimStart, trimEnd, transition }, index) => sum + frames - trimStart - trimEnd - (index > 0 && transition === "dissolve" ? 12 : 0), 0);
}
