/** Cloudflare Stream: copies from an address, what becomes of them, one webhook for the account, and films that play by a signed token. */
import { VendorEmulator, type Asked, type Ending, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Place } from "../vendor/faults.ts";
import { packaged, type HlsFile } from "./hls.ts";
import { newSigningKey, openedBy, signedToken, subjectOf, type SigningKey } from "./tokens.ts";

const KNOWN = new Set(["url", "meta", "creator", "requireSignedURLs", "allowedOrigins", "scheduledDeletion", "thumbnailTimestampPct", "watermark"]);
const CREATOR_LETTERS_MAX = 64;
const TOKEN_SECONDS = 3_600;
const PLAYED = /^\/([\w.-]+)\/manifest\/([\w./-]+)$/;

export interface StreamOptions extends VendorOptions {
  account: string;
  webhookSecret: string;
  /** Where news goes; `PUT …/stream/webhook` changes it. */
  notificationUrl: string | null;
  key: string;
  keys: SigningKey[];
  /** How a file is fetched from the address of a copy. */
  fetchFile(url: string): Promise<Response>;
}

type Source = { bytes: Uint8Array<ArrayBuffer> } | { code: string };

export class StreamEmulator extends VendorEmulator {
  readonly backoff = [60, 300, 900];
  /** Milliseconds until a list shows what was made. */
  lagMs = 0;
  notificationUrl: string | null;
  readonly #own: StreamOptions;
  readonly #sources = new Map<string, Source>();
  readonly #played = new Map<string, Promise<ReadonlyMap<string, HlsFile>>>();

  constructor(options: StreamOptions) {
    super(options);
    this.#own = options;
    this.notificationUrl = options.notificationUrl;
  }

  get #root(): string {
    return `/client/v4/accounts/${this.#own.account}/stream`;
  }

  locate(method: string, url: URL): { at: Place; job: string | null } {
    const token = PLAYED.exec(url.pathname)?.[1];
    if (token !== undefined) return { at: "result", job: subjectOf(token) ?? token };
    const rest = url.pathname.startsWith(this.#root) ? url.pathname.slice(this.#root.length) : null;
    if (rest === "/copy") return { at: "create", job: null };
    if (rest === "") return { at: "list", job: null };
    const uid = /^\/([0-9a-f]{32})(?:\/|$)/.exec(rest ?? "")?.[1] ?? null;
    if (uid === null) return { at: "other", job: null };
    return { at: method === "DELETE" ? "cancel" : method === "GET" ? "check" : "other", job: uid };
  }

  failure(status: number): Response {
    const words: Readonly<Record<number, [number, string]>> = { 400: [10_005, "Bad Request"], 401: [10_000, "Authentication error"], 403: [10_000, "Authentication error"], 404: [10_003, "Not Found: Unable to find video"], 413: [10_011, "Quota exceeded"], 429: [971, "Please wait and consider throttling your request speed"] };
    const [code, message] = words[status] ?? [10_001, "Internal Error"];
    return Response.json({ success: false, errors: [{ code, message }], messages: [], result: null }, { status });
  }

  async answer(asked: Asked): Promise<Response> {
    const { request, url, body, where } = asked;
    if (where.at === "result") return this.#play(request, url);
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return this.failure(401);
    if (!url.pathname.startsWith(this.#root)) return this.failure(404);
    if (where.at === "create" && request.method === "POST") return this.#copy(body);
    if (where.at === "list" && request.method === "GET") return this.#list(url);
    if (where.at === "other" && where.job === null) return this.#account(request.method, url.pathname.slice(this.#root.length), body);
    const job = where.job === null ? undefined : this.jobs.get(where.job);
    if (!job) return this.failure(404);
    if (where.at === "cancel") {
      this.delete(job.id);
      return new Response(null, { status: 200 });
    }
    if (where.at === "check") return ok(this.#view(job));
    const [key] = this.#own.keys;
    return url.pathname.endsWith("/token") && key ? ok({ token: await signedToken(key, { sub: job.id, exp: Math.floor(this.options.now() / 1_000) + TOKEN_SECONDS }) }) : this.failure(405);
  }

  /** A file that could not be fetched fails by itself. */
  override end(id: string, ending?: Ending): void {
    const source = this.#sources.get(id);
    const own: Ending | undefined = source && "code" in source ? { as: "failed", code: source.code } : undefined;
    super.end(id, ending ?? own);
  }

  /** Somebody deletes a film at Stream. News about it may still be under way. */
  delete(uid: string): void {
    for (const kept of [this.jobs, this.#sources, this.#played]) kept.delete(uid);
  }

  messageOf(job: Job): Json {
    return this.#view(job);
  }

  async sign({ body, seconds, isForged }: { body: string; seconds: number; isForged: boolean }): Promise<Record<string, string>> {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(isForged ? "the secret of somebody else" : this.#own.webhookSecret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${seconds}.${body}`)));
    return { "webhook-signature": `time=${seconds},sig1=${Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("")}` };
  }

  async #copy(text: string): Promise<Response> {
    const body = objectIn(text);
    const { url, creator, meta } = body ?? {};
    const isWrong = !body || typeof url !== "string" || !/^https?:\/\//.test(url) || Object.keys(body).some((name) => !KNOWN.has(name)) || (creator !== undefined && (typeof creator !== "string" || creator.length > CREATOR_LETTERS_MAX)) || (meta !== undefined && (typeof meta !== "object" || meta === null));
    if (isWrong) return this.failure(400);
    const id = crypto.randomUUID().replaceAll("-", "");
    this.#sources.set(id, await this.#fetched(url));
    return ok(this.#view(this.add({ id, model: "copy", input: body, webhook: this.notificationUrl })));
  }

  async #fetched(url: string): Promise<Source> {
    try {
      const answer = await this.#own.fetchFile(url);
      if (!answer.ok) return { code: "ERR_FETCH_ORIGIN_ERROR" };
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return new TextDecoder().decode(bytes.subarray(4, 8)) === "ftyp" ? { bytes } : { code: "ERR_NON_VIDEO" };
    } catch {
      return { code: "ERR_FETCH_ORIGIN_ERROR" };
    }
  }

  #list({ searchParams }: URL): Response {
    const [creator, search, status] = ["creator", "search", "status"].map((name) => searchParams.get(name));
    const seen = [...this.jobs.values()].filter(({ createdAt }) => createdAt + this.lagMs <= this.options.now()).map((job) => this.#view(job));
    return ok(seen.filter((video) => (creator === null || video.creator === creator) && (search === null || String(video.meta["name"] ?? "").includes(search ?? "")) && (status === null || video.status.state === status)).toReversed());
  }

  async #account(method: string, path: string, text: string): Promise<Response> {
    if (path === "/keys" && method === "POST") {
      const key = await newSigningKey();
      this.#own.keys.push(key);
      return ok({ ...key, created: new Date(this.options.now()).toISOString() });
    }
    if (path !== "/webhook") return this.failure(404);
    const { notificationUrl } = objectIn(text) ?? {};
    if (method === "PUT" && typeof notificationUrl === "string") this.notificationUrl = notificationUrl;
    return ok({ notificationUrl: this.notificationUrl, modified: new Date(this.options.now()).toISOString(), secret: this.#own.webhookSecret });
  }

  async #play(request: Request, { pathname }: URL): Promise<Response> {
    const headers = { "access-control-allow-origin": "*", "cache-control": "no-store" };
    const [, token = "", path = ""] = PLAYED.exec(pathname) ?? [];
    const uid = (await openedBy(token, this.#own.keys, this.options.now())) ?? token;
    const job = this.jobs.get(uid);
    const source = this.#sources.get(uid);
    if (!job || (uid === token && job.input["requireSignedURLs"] === true)) return new Response("Unauthorized", { status: 401, headers });
    if (job.state !== "ended" || job.ending?.as !== "succeeded" || !source || !("bytes" in source)) return new Response("Not found", { status: 404, headers });
    const files = this.#played.get(uid) ?? packaged(source.bytes);
    this.#played.set(uid, files);
    const file = (await files).get(path);
    return file ? new Response(request.method === "HEAD" ? null : file.bytes, { headers: { ...headers, "content-type": file.contentType } }) : new Response("Not found", { status: 404, headers });
  }

  #view({ id, input, createdAt, ending, progress, ...job }: Job) {
    const isReady = job.state === "ended" && ending?.as === "succeeded";
    const state = job.state === "ended" ? (isReady ? "ready" : "error") : job.state === "running" ? "inprogress" : "queued";
    const meta = (input["meta"] ?? {}) as { [key: string]: Json };
    return {
      uid: id, creator: (input["creator"] ?? null) as string | null, meta, requireSignedURLs: input["requireSignedURLs"] === true, readyToStream: isReady,
      status: { state, pctComplete: (isReady ? 100 : progress * 100).toFixed(6), errorReasonCode: state === "error" ? (ending?.code ?? "ERR_UNKNOWN") : "", errorReasonText: state === "error" ? (ending?.words ?? "The video could not be processed.") : "" },
      created: new Date(createdAt).toISOString(), modified: new Date(this.options.now()).toISOString(), allowedOrigins: [], duration: isReady ? 1 : -1, input: { width: -1, height: -1 }, size: 0,
      playback: { hls: `${this.options.filesOrigin}/${id}/manifest/video.m3u8`, dash: `${this.options.filesOrigin}/${id}/manifest/video.mpd` },
    };
  }
}

const ok = (result: unknown): Response => Response.json({ success: true, errors: [], messages: [], result });

function objectIn(text: string): { [key: string]: Json } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { [key: string]: Json }) : null;
  } catch {
    return null;
  }
}
