/** Replicate's API: predictions of official models and of pinned versions, their list, and the hour after which everything of them is gone. */
import { Webhook } from "standardwebhooks";
import { fileJob, VendorEmulator, type Asked, type Job, type Json, type VendorOptions } from "../vendor/emulator.ts";
import type { Place } from "../vendor/faults.ts";
import { isLink } from "../vendor/files.ts";
import { catalogue, faultIn } from "./catalogue.ts";

const KEPT_MS = 3_600_000;
const ONE = /^\/v1\/predictions\/(\w+)(\/cancel)?$/;
const OF_MODEL = /^\/v1\/models\/([\w.-]+\/[\w.-]+)\/predictions$/;

export class ReplicateCloudEmulator extends VendorEmulator {
  readonly backoff = [5, 30, 120, 600, 1_800];
  readonly webhookSecret: string;
  /** Predictions on a page of the list. */
  pageSize = 100;
  /** Whether lists tell the address of a prediction's webhook. */
  listsWebhooks = true;
  readonly #deadlines = new Map<string, number>();
  #count = 0;

  constructor({ webhookSecret, ...options }: VendorOptions & { webhookSecret: string }) {
    super(options);
    this.webhookSecret = webhookSecret;
  }

  locate(method: string, url: URL): { at: Place; job: string | null } {
    const file = fileJob(url);
    if (file !== null) return { at: "file", job: file };
    const [, job = null, action] = ONE.exec(url.pathname) ?? [];
    if (job !== null) return { at: action === "/cancel" ? "cancel" : "check", job };
    if (method === "POST" && (url.pathname === "/v1/predictions" || OF_MODEL.test(url.pathname))) return { at: "create", job: null };
    return { at: url.pathname === "/v1/predictions" ? "list" : "other", job: null };
  }

  failure(status: number): Response {
    const words: Readonly<Record<number, readonly [string, string]>> = {
      401: ["Unauthenticated", "You did not pass a valid authentication token"], 402: ["Insufficient credit", "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit."],
      404: ["Not found", "The requested resource could not be found."], 429: ["Too Many Requests", "Request was throttled. Your rate limit resets in ~30s."],
    };
    const [title, detail] = words[status] ?? ["Error", "An error occurred."];
    return Response.json({ title, detail, status }, { status });
  }

  async answer({ request, url, body, where }: Asked): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return this.failure(401);
    if (url.pathname === "/v1/webhooks/default/secret") return Response.json({ key: this.webhookSecret });
    if (where.at === "create") return this.#create(url, body, request.headers.get("cancel-after"));
    if (where.at === "list") return this.#list(url);
    const job = where.job === null ? undefined : this.jobs.get(where.job);
    if (!job) return this.failure(404);
    if (where.at === "cancel") {
      if (request.method !== "POST") return this.failure(405);
      this.cancelJob(job);
    }
    return Response.json(this.#view(job));
  }

  messageOf(job: Job): Json {
    return this.#view(job);
  }

  sign({ id, body, seconds, isForged }: { id: string; body: string; seconds: number; isForged: boolean }): Promise<Record<string, string>> {
    const secret = isForged ? `whsec_${btoa("a secret of somebody else's account")}` : this.webhookSecret;
    return Promise.resolve({ "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": new Webhook(secret).sign(id, new Date(seconds * 1_000), body) });
  }

  /** What has not begun by its deadline is aborted, and free; what runs is cancelled, and billed. */
  override pump(): void {
    super.pump();
    for (const [id, at] of this.#deadlines) {
      const job = this.job(id);
      if (job.state !== "ended" && at <= this.options.now()) this.end(id, { as: job.state === "queued" ? "aborted" : "canceled" });
    }
  }

  #create(url: URL, text: string, cancelAfter: string | null): Response {
    const { version, input, webhook, webhook_events_filter: events } = JSON.parse(text) as { version?: string; input?: { [name: string]: Json }; webhook?: string; webhook_events_filter?: string[] };
    const named = OF_MODEL.exec(url.pathname)?.[1];
    const name = named ?? Object.keys(catalogue).find((known) => catalogue[known]?.version === version?.split(":").at(-1));
    const shape = name === undefined ? undefined : catalogue[name];
    if (named !== undefined && shape?.version !== null) return this.failure(404);
    if (name === undefined || !shape) return Response.json({ title: "Invalid version or not permitted", detail: "The specified version does not exist (or perhaps you don't have permission to use it?)", status: 422 }, { status: 422 });
    if (webhook !== undefined && !isLink(webhook)) return Response.json({ title: "Input validation failed", detail: "- webhook: must be an HTTPS URL", status: 422 }, { status: 422 });
    if (events?.some((event) => !["start", "output", "logs", "completed"].includes(event))) return Response.json({ title: "Input validation failed", detail: "- webhook_events_filter: unknown event", status: 422 }, { status: 422 });
    const fault = input === undefined ? "- input is required" : faultIn(shape, input);
    if (fault !== null) return Response.json({ title: "Input validation failed", detail: fault, status: 422, invalid_fields: [{ type: "invalid", field: "input", description: fault }] }, { status: 422 });
    const job = this.add({ id: `p${(this.#count += 1)}x${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`, model: name, input: input ?? {}, webhook: webhook ?? null });
    const after = /^(\d+)(s|m|h)?$/.exec(cancelAfter ?? "");
    if (after) this.#deadlines.set(job.id, this.options.now() + Number(after[1]) * (after[2] === "h" ? 3_600_000 : after[2] === "m" ? 60_000 : 1_000));
    return Response.json(this.#view(job), { status: 201 });
  }

  #list(url: URL): Response {
    const newest = [...this.jobs.values()].toReversed();
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const results = newest.slice(from, from + this.pageSize).map((job) => this.#listed(job));
    const next = from + this.pageSize < newest.length ? `${this.options.origin}/v1/predictions?cursor=${from + this.pageSize}` : null;
    return Response.json({ previous: null, next, results });
  }

  #listed(job: Job): { [name: string]: Json } {
    const { webhook, ...view } = this.#view(job);
    return this.listsWebhooks && webhook !== undefined ? { ...view, webhook } : view;
  }

  #view(job: Job): { [name: string]: Json } {
    const now = this.options.now();
    const state = this.stateSeen(job);
    const isRemoved = job.endedAt !== null && now >= job.endedAt + KEPT_MS;
    const ending = job.ending;
    const seconds = job.startedAt === null || job.endedAt === null ? null : (job.endedAt - job.startedAt) / 1_000;
    const at = `${this.options.origin}/v1/predictions/${job.id}`;
    const status = state === "queued" ? "starting" : state === "running" ? "processing" : (ending?.as ?? "succeeded");
    return {
      id: job.id, model: job.model, version: catalogue[job.model]?.version ?? "hidden", source: "api", status, input: isRemoved ? {} : job.input, data_removed: isRemoved,
      output: status === "succeeded" && !isRemoved && !this.meets(job, "empty") ? this.#output(job) : null,
      error: status === "failed" ? (ending?.words ?? "Prediction failed.") : null,
      logs: isRemoved ? "" : state === "running" ? `${Math.round(job.progress * 100)}%|###   | 3/10\n` : "",
      metrics: seconds === null || ending?.as === "aborted" ? {} : { predict_time: seconds, total_time: seconds },
      created_at: new Date(job.createdAt).toISOString(), started_at: job.startedAt === null ? null : new Date(job.startedAt).toISOString(), completed_at: job.endedAt === null ? null : new Date(job.endedAt).toISOString(),
      ...(job.webhook === null ? {} : { webhook: job.webhook }), urls: { get: at, cancel: `${at}/cancel`, web: `https://replicate.com/p/${job.id}` },
    };
  }

  #output(job: Job): Json {
    const shape = catalogue[job.model];
    if (!shape) return null;
    return shape.output(Object.fromEntries(Object.entries(shape.files(job.input)).map(([name, spec]) => [name, this.fileUrl(job, name, spec)])));
  }
}
