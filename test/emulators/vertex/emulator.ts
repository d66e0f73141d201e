/** Vertex AI's Veo as a long-running operation, Google's token endpoint and a bucket, as @google/genai 3.1.0 and the documentation describe them. */
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { PRIVATE_ADDRESS, VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Where } from "../vendor/faults.ts";
import { fileOf, type FileSpec } from "../vendor/files.ts";
import { inPieces } from "../vendor/forms.ts";

interface Options extends VendorOptions {
  project: string;
  location: string;
  /** The bucket that it may write to. */
  bucket: string;
  /** Address of the token endpoint, as assertions are made out to it. */
  tokenUrl: string;
}

const EMAIL = "films@project-of-the-tests.iam.gserviceaccount.com";
const TOKEN_SECONDS = 3_600;
const parametersKnown: ReadonlySet<string> = new Set(["aspectRatio", "resolution", "durationSeconds", "sampleCount", "generateAudio", "seed", "storageUri", "personGeneration", "negativePrompt", "enhancePrompt", "compressionQuality"]);

export class VertexEmulator extends VendorEmulator {
  override readonly backoff = [];
  readonly place: Pick<Options, "project" | "location" | "bucket" | "tokenUrl">;
  readonly #keys = generateKeyPair("RS256", { extractable: true });
  readonly tokens = new Map<string, number>();
  #count = 0;

  constructor({ project, location, bucket, tokenUrl, ...options }: Options) {
    super(options);
    this.place = { project, location, bucket, tokenUrl };
  }

  /** A service account's key, as Google hands it out; `isForeign`: signed by a key that nobody knows. */
  async serviceAccount({ isForeign = false } = {}): Promise<string> {
    const pair = isForeign ? await generateKeyPair("RS256", { extractable: true }) : await this.#keys;
    return JSON.stringify({ type: "service_account", project_id: this.place.project, private_key_id: isForeign ? "foreign" : "key1", private_key: await exportPKCS8(pair.privateKey), client_email: EMAIL, token_uri: this.place.tokenUrl });
  }

  locate(method: string, { pathname }: URL, body: string): Pick<Where, "at" | "job"> {
    if (pathname === new URL(this.place.tokenUrl).pathname) return { at: "keys", job: null };
    if (pathname.endsWith(":predictLongRunning")) return { at: "create", job: null };
    if (pathname.endsWith(":fetchPredictOperation")) return { at: "check", job: operationIn(body) };
    return method === "GET" ? { at: "file", job: this.#jobOf(pathname)?.id ?? null } : { at: "other", job: null };
  }

  async answer({ request, url, body, where }: Asked): Promise<Response> {
    if (where.at === "keys") return this.#token(body);
    if (!this.#isLetIn(request)) return this.#error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    const { project, location } = this.place;
    const match = new RegExp(`^/v1(?:beta1)?/projects/${project}/locations/${location}/publishers/google/models/([^/:]+):(\\w+)$`).exec(url.pathname);
    if (!match) return this.#error(404, "NOT_FOUND", "Requested entity was not found.");
    const wanted = JSON.parse(body) as { [key: string]: Json };
    return match[2] === "predictLongRunning" ? this.#create(match[1] ?? "", wanted) : this.#operation(String(wanted["operationName"]));
  }

  failure(status: number): Response {
    const names: Record<number, string> = { 400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE" };
    return this.#error(status, names[status] ?? "UNKNOWN", "It did not work.");
  }

  messageOf(): null {
    return null;
  }

  sign(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  #error(code: number, status: string, message: string): Response {
    return Response.json({ error: { code, message, status } }, { status: code });
  }

  async #token(body: string): Promise<Response> {
    const form = new URLSearchParams(body);
    if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") return Response.json({ error: "unsupported_grant_type" }, { status: 400 });
    try {
      const { payload } = await jwtVerify(form.get("assertion") ?? "", (await this.#keys).publicKey, { algorithms: ["RS256"], issuer: EMAIL, audience: this.place.tokenUrl, currentDate: new Date(this.options.now()) });
      if (!String(payload["scope"]).includes("cloud-platform") || (payload.exp ?? 0) - (payload.iat ?? 0) > TOKEN_SECONDS) throw new Error("scope or life");
    } catch {
      return Response.json({ error: "invalid_grant", error_description: "Invalid JWT Signature." }, { status: 400 });
    }
    const token = `ya29.of-the-tests-${this.tokens.size + 1}`;
    this.tokens.set(token, this.options.now() + TOKEN_SECONDS * 1_000);
    return Response.json({ access_token: token, expires_in: TOKEN_SECONDS, token_type: "Bearer" });
  }

  #create(model: string, wanted: { [key: string]: Json }): Response {
    if (!/^veo-3\.1(-fast)?-generate-001$/.test(model)) return this.#error(404, "NOT_FOUND", `Publisher Model ${model} was not found.`);
    const [instance] = (wanted["instances"] ?? []) as { prompt?: string; image?: { bytesBase64Encoded?: string; gcsUri?: string; mimeType?: string } }[];
    const parameters = (wanted["parameters"] ?? {}) as { [key: string]: Json };
    const odd = Object.keys(parameters).find((name) => !parametersKnown.has(name));
    if (!instance?.prompt) return this.#error(400, "INVALID_ARGUMENT", "prompt is required.");
    if (odd !== undefined) return this.#error(400, "INVALID_ARGUMENT", `Unknown parameter ${odd}.`);
    if (![4, 6, 8].includes(Number(parameters["durationSeconds"] ?? 8))) return this.#error(400, "INVALID_ARGUMENT", "Unsupported output video duration.");
    if (!["16:9", "9:16"].includes(String(parameters["aspectRatio"] ?? "16:9"))) return this.#error(400, "INVALID_ARGUMENT", "Unsupported aspect ratio.");
    if (instance.image && !instance.image.gcsUri && !(instance.image.bytesBase64Encoded && instance.image.mimeType)) return this.#error(400, "INVALID_ARGUMENT", "image needs bytesBase64Encoded and mimeType, or gcsUri.");
    if (instance.prompt.includes("FORBIDDEN")) return this.#error(400, "INVALID_ARGUMENT", "The prompt could not be submitted. This prompt contains words that violate Vertex AI's usage guidelines.");
    this.#count += 1;
    const { project, location } = this.place;
    const job = this.add({ id: `projects/${project}/locations/${location}/publishers/google/models/${model}/operations/${this.#count}`, model, input: wanted, webhook: null });
    return Response.json({ name: job.id });
  }

  async #operation(name: string): Promise<Response> {
    const job = this.jobs.get(name);
    if (!job) return this.#error(404, "NOT_FOUND", "The operation was not found.");
    const { ending } = job;
    if (ending === null) return Response.json({ name });
    if (ending.as !== "succeeded" && ending.code !== "filtered") return Response.json({ name, done: true, error: { code: Number(ending.code ?? 13), message: ending.words ?? "Internal error." } });
    if (ending.code === "filtered") return Response.json({ name, done: true, response: { "@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse", raiMediaFilteredCount: 1, raiMediaFilteredReasons: [ending.words ?? "Videos were filtered out because they violated the guidelines. Support codes: 58061214"] } });
    if (this.meets(job, "empty")) return Response.json({ name, done: true, response: { raiMediaFilteredCount: 0, videos: [] } });
    const folder = (job.input["parameters"] as { storageUri?: string }).storageUri;
    if (folder === undefined) return Response.json({ name, done: true, response: { raiMediaFilteredCount: 0, videos: [{ bytesBase64Encoded: "A".repeat(Number(ending.words ?? 1_000)), mimeType: "video/mp4" }] } });
    const place = this.meets(job, "elsewhere") ? "gs://bucket-of-somebody-else" : folder;
    return Response.json({ name, done: true, response: { raiMediaFilteredCount: 0, videos: [{ gcsUri: `${place}/sample_0.mp4`, mimeType: "video/mp4" }] } });
  }

  protected override async file({ request, url }: Asked): Promise<Response> {
    if (!this.#isLetIn(request)) return this.#error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    const job = this.#jobOf(url.pathname);
    if (job?.ending?.as !== "succeeded" || this.meets(job, "expired")) return new Response("<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", { status: 404, headers: { "content-type": "application/xml" } });
    if (this.meets(job, "private")) return new Response(null, { status: 302, headers: { location: PRIVATE_ADDRESS } });
    return new Response(inPieces(await fileOf(specOf(job))), { headers: { "content-type": "video/mp4" } });
  }

  #isLetIn({ headers }: Request): boolean {
    return (this.tokens.get((headers.get("authorization") ?? "").replace(/^Bearer /, "")) ?? 0) > this.options.now();
  }

  #jobOf(pathname: string): Job | undefined {
    return [...this.jobs.values()].find(({ input }) => `/${String((input["parameters"] as { storageUri?: string }).storageUri ?? "").slice(5)}/sample_0.mp4` === decodeURIComponent(pathname));
  }
}

/** The operation that a check asks about. */
function operationIn(body: string): string | null {
  try {
    return (JSON.parse(body) as { operationName?: string }).operationName ?? null;
  } catch {
    return null;
  }
}

function specOf({ input }: Job): FileSpec {
  const { aspectRatio, resolution, durationSeconds, generateAudio } = input["parameters"] as { aspectRatio?: string; resolution?: string; durationSeconds?: number; generateAudio?: boolean };
  const [short, long] = resolution === "1080p" ? [1_080, 1_920] : [720, 1_280];
  return { ending: "mp4", ...(aspectRatio === "9:16" ? { width: short, height: long } : { width: long, height: short }), seconds: durationSeconds ?? 8, hasAudio: generateAudio !== false };
}
