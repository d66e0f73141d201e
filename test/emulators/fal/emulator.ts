/** fal's queue: three addresses of a request, no state for failure, results that say what went wrong, and webhooks signed by Ed25519. */
import { fileJob, VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Place } from "../vendor/faults.ts";
import { bytesOf, fileTypes } from "../vendor/files.ts";
import { catalogue, faultsIn } from "./catalogue.ts";

const KEYS_PATH = "/.well-known/jwks.json";
const REQUEST = /^\/([^/]+\/[^/]+)\/requests\/([\w-]+)(\/status|\/cancel)?$/;

export class FalEmulator extends VendorEmulator {
  /** Ten tries in two hours. */
  readonly backoff = [15, 60, 180, 300, 600, 900, 1_200, 1_500, 2_400];
  /** Webhooks come without what was made. */
  hasPayload = true;
  userId = "fal-account-of-the-tests";
  #keys: Promise<CryptoKeyPair>;
  readonly #strangers: Promise<CryptoKeyPair>;

  constructor(options: VendorOptions) {
    super(options);
    this.#keys = newKeys();
    this.#strangers = newKeys();
  }

  /** New keys: what the old ones signed is not verified any more. */
  rotateKeys(): void {
    this.#keys = newKeys();
  }

  locate(method: string, url: URL): { at: Place; job: string | null } {
    const file = fileJob(url);
    if (file !== null) return { at: "file", job: file };
    if (url.pathname === KEYS_PATH) return { at: "keys", job: null };
    const [, , job = null, action] = REQUEST.exec(url.pathname) ?? [];
    if (job !== null) return { at: action === "/status" ? "check" : action === "/cancel" ? "cancel" : "result", job };
    return { at: method === "POST" ? "create" : "other", job: null };
  }

  failure(status: number): Response {
    const words: Readonly<Record<number, string>> = { 401: "No user found for Key ID and Secret", 403: "User is locked. Reason: Exhausted balance.", 404: "Not Found", 405: "Method Not Allowed", 429: "Too many requests", 503: "Service unavailable", 504: "Gateway timeout" };
    return Response.json({ detail: words[status] ?? "Internal Server Error" }, { status });
  }

  async answer({ request, url, body, where }: Asked): Promise<Response> {
    if (where.at === "keys") {
      const { publicKey } = await this.#keys;
      const { x, kty, crv } = (await crypto.subtle.exportKey("jwk", publicKey)) as JsonWebKey;
      return Response.json({ keys: [{ x, kty, crv, use: "sig", kid: "1" }] });
    }
    if (request.headers.get("authorization") !== `Key ${this.options.key}`) return this.failure(401);
    if (where.at === "create") return this.#create(url, body);
    // Addresses have the owner and the name of the model alone: with what follows, nothing is there.
    const [, app = "", id = "", action] = REQUEST.exec(url.pathname) ?? [];
    if (id === "") return this.failure(url.pathname.includes("/requests/") ? 405 : 404);
    const job = this.jobs.get(id);
    if (!job || appOf(job.model) !== app) return where.at === "cancel" ? Response.json({ status: "NOT_FOUND" }, { status: 404 }) : this.failure(404);
    if (action === "/cancel") return this.#cancel(request, job);
    if (request.method !== "GET") return this.failure(405);
    return action === "/status" ? this.#status(url, job) : this.#result(job);
  }

  messageOf(job: Job): Json {
    const isFine = job.ending?.as === "succeeded";
    const base = { request_id: job.id, gateway_request_id: job.id, status: isFine ? "OK" : "ERROR" };
    if (!this.hasPayload) return { ...base, payload: null, payload_error: "Payload is too large" };
    return isFine ? { ...base, payload: this.#output(job) } : { ...base, payload: { detail: this.#detail(job) }, error: `Unexpected status code: ${job.ending?.status ?? 500}` };
  }

  async sign({ job, body, seconds, isForged }: { job: string; body: string; seconds: number; isForged: boolean }): Promise<Record<string, string>> {
    const { privateKey } = await (isForged ? this.#strangers : this.#keys);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(body)));
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, bytesOf([job, this.userId, String(seconds), hex(digest)].join("\n"))));
    return { "x-fal-webhook-request-id": job, "x-fal-webhook-user-id": this.userId, "x-fal-webhook-timestamp": String(seconds), "x-fal-webhook-signature": hex(signature) };
  }

  #create(url: URL, text: string): Response {
    const model = url.pathname.slice(1);
    const shape = catalogue[model];
    if (!shape) return Response.json({ detail: `Application "${model.split("/")[1] ?? model}" not found` }, { status: 404 });
    let input: { [key: string]: Json };
    try {
      input = JSON.parse(text) as typeof input;
    } catch {
      return Response.json({ detail: [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }] }, { status: 422 });
    }
    const faults = faultsIn(shape, input);
    if (faults.length > 0) return Response.json({ detail: faults.map((fault) => ({ ...fault, url: "https://docs.fal.ai/errors", input: null })) }, { status: 422 });
    const job = this.add({ id: crypto.randomUUID(), model, input, webhook: url.searchParams.get("fal_webhook") });
    const at = `${this.options.origin}/${appOf(model)}/requests/${job.id}`;
    return Response.json({ status: "IN_QUEUE", request_id: job.id, gateway_request_id: job.id, response_url: at, status_url: `${at}/status`, cancel_url: `${at}/cancel`, logs: null, metrics: {}, queue_position: 0 }, { headers: { "x-fal-request-id": job.id } });
  }

  #cancel(request: Request, job: Job): Response {
    if (request.method !== "PUT") return this.failure(405);
    if (job.state === "ended") return Response.json({ status: "ALREADY_COMPLETED" }, { status: 400 });
    this.cancelJob(job);
    return Response.json({ status: "CANCELLATION_REQUESTED" }, { status: 202 });
  }

  #status(url: URL, job: Job): Response {
    const at = `${this.options.origin}/${appOf(job.model)}/requests/${job.id}`;
    const base = { request_id: job.id, response_url: at, status_url: `${at}/status`, cancel_url: `${at}/cancel` };
    const logs = url.searchParams.get("logs") === "1" && job.progress > 0 ? [{ message: `generating ${Math.round(job.progress * 100)}%`, level: "INFO", timestamp: new Date(this.options.now()).toISOString() }] : null;
    const state = this.stateSeen(job);
    if (state === "queued") return Response.json({ ...base, status: "IN_QUEUE", queue_position: [...this.jobs.values()].filter((other) => other.state === "queued" && other.createdAt < job.createdAt).length }, { status: 202 });
    if (state === "running") return Response.json({ ...base, status: "IN_PROGRESS", logs }, { status: 202 });
    return Response.json({ ...base, status: "COMPLETED", logs, metrics: { inference_time: ((job.endedAt ?? 0) - (job.startedAt ?? 0)) / 1_000 } });
  }

  #result(job: Job): Response {
    if (job.state !== "ended") return Response.json({ detail: "Request is still in progress" }, { status: 400 });
    const { as, status } = job.ending ?? { as: "succeeded" as const, status: undefined };
    if (as === "succeeded") return Response.json(this.#output(job), { headers: { "x-fal-request-id": job.id } });
    return Response.json({ detail: this.#detail(job) }, { status: status ?? (as === "failed" ? 500 : 499) });
  }

  #detail(job: Job): Json {
    const { as, status = 500, code, words } = job.ending ?? { as: "failed" as const };
    if (as !== "failed") return "Request was cancelled";
    if (status !== 422 && code === undefined) return words ?? "Internal Server Error";
    const loc = code === "content_policy_violation" && words !== "output" ? ["body", "prompt"] : ["body"];
    return [{ loc, msg: words ?? "The content could not be processed because it contained material flagged by a content checker.", type: code ?? "value_error", url: `https://docs.fal.ai/errors#${code ?? "value_error"}`, input: null }];
  }

  #output(job: Job): { [key: string]: Json } {
    const shape = catalogue[job.model];
    if (!shape) return {};
    if (this.meets(job, "empty")) return Object.fromEntries(Object.keys(shape.files(job.input)).map((place) => [place.split(".")[0] ?? place, place.includes(".") ? [] : null]));
    const output: { [key: string]: Json } = { ...shape.values?.(job.input) };
    for (const [place, spec] of Object.entries(shape.files(job.input))) {
      const [name = place, index] = place.split(".");
      const file = { url: this.fileUrl(job, name, spec), content_type: fileTypes[spec.ending], file_name: `${name}.${spec.ending}`, file_size: 1 };
      output[name] = index === undefined ? file : [file];
    }
    return output;
  }
}

/** Owner and name of a model: what its requests' addresses have of it. */
const appOf = (model: string): string => model.split("/").slice(0, 2).join("/");
const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
