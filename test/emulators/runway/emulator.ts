/** Runway's API at version 2024-11-06: tasks, their states and their costs, of the endpoints that are used here. */
import { fileJob, VendorEmulator, type Asked, type Job, type Json } from "../vendor/emulator.ts";
import type { FileSpec } from "../vendor/files.ts";
import type { Place } from "../vendor/faults.ts";
import { faultsIn, shapes } from "./parameters.ts";

const VERSION = "2024-11-06";
/** Who asks about a task more often than this is asked not to. */
const APART_MS = 5_000;
const STATUSES: Readonly<Record<string, string>> = { succeeded: "SUCCEEDED", failed: "FAILED", canceled: "CANCELLED", aborted: "CANCELLED" };

export class RunwayEmulator extends VendorEmulator {
  readonly backoff = [];
  /** Tasks that run at the same time; what is over this is throttled. */
  concurrency = Infinity;
  creditBalance = 1_000_000;
  /** Milliseconds between two questions about one task, where they were too few. */
  readonly hasty: number[] = [];
  readonly #askedAt = new Map<string, number>();
  readonly #estimates = new Map<string, number>();
  readonly #deleted = new Set<string>();

  locate(method: string, url: URL): { at: Place; job: string | null } {
    const file = fileJob(url);
    if (file !== null) return { at: "file", job: file };
    const task = /^\/v1\/tasks\/([^/]+)$/.exec(url.pathname)?.[1] ?? null;
    if (task !== null) return { at: method === "DELETE" ? "cancel" : "check", job: task };
    return { at: method === "POST" && url.pathname in shapes ? "create" : "other", job: null };
  }

  failure(status: number): Response {
    const words: Readonly<Record<number, string>> = { 400: "Validation of body failed", 401: "The API key provided is invalid.", 404: "Not found", 405: "Method not allowed", 429: "You have exceeded your daily task limit for this model.", 503: "The server is overloaded." };
    return Response.json({ error: words[status] ?? "An unexpected error occurred." }, { status });
  }

  async answer({ request, url, body, where }: Asked): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return this.failure(401);
    const version = request.headers.get("x-runway-version");
    if (version !== VERSION) return Response.json({ error: version === null ? "Missing X-Runway-Version header." : `The API version "${version}" is not supported.`, docUrl: "https://docs.dev.runwayml.com/api-details/versioning/" }, { status: 400 });
    if (url.pathname === "/v1/organization" && request.method === "GET") return Response.json({ creditBalance: this.creditBalance, tier: { maxMonthlyCreditSpend: 100_000, models: {} }, usage: { models: {} } });
    if (where.at === "create") return this.#create(url.pathname, body);
    const job = where.job === null || this.#deleted.has(where.job) ? undefined : this.jobs.get(where.job);
    if (!job) return this.failure(404);
    if (where.at === "cancel") {
      if (job.state === "ended") this.#deleted.add(job.id);
      else this.cancelJob(job);
      return new Response(null, { status: 204 });
    }
    this.#note(job.id);
    return Response.json(this.#view(job));
  }

  #note(task: string): void {
    const now = this.options.now();
    const apart = now - (this.#askedAt.get(task) ?? -Infinity);
    if (apart < APART_MS) this.hasty.push(apart);
    this.#askedAt.set(task, now);
  }

  messageOf(): Json | null {
    return null;
  }

  sign(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  #create(path: string, text: string): Response {
    let body: { [key: string]: Json };
    try {
      body = JSON.parse(text) as typeof body;
    } catch {
      return Response.json({ error: "Invalid JSON" }, { status: 400 });
    }
    const shape = shapes[path]?.[String(body["model"])];
    if (!shape) return Response.json({ error: "Validation of body failed", issues: [{ path: ["model"], message: "Invalid discriminator value" }] }, { status: 400 });
    const issues = faultsIn(shape, body);
    if (issues.length > 0) return Response.json({ error: "Validation of body failed", issues, docUrl: "https://docs.dev.runwayml.com/api" }, { status: 400 });
    const credits = shape.credits(body);
    if (credits > this.creditBalance) return Response.json({ error: "You do not have enough credits to run this task." }, { status: 400 });
    const job = this.add({ id: crypto.randomUUID(), model: String(body["model"]), input: body, webhook: null });
    this.#estimates.set(job.id, credits);
    return Response.json({ id: job.id, estimatedCost: { credits } });
  }

  #view(job: Job): Json {
    const estimate = this.#estimates.get(job.id) ?? 0;
    const base = { id: job.id, createdAt: new Date(job.createdAt).toISOString() };
    const state = this.stateSeen(job);
    if (state === "queued") {
      const running = [...this.jobs.values()].filter((other) => other.state === "running").length;
      return { ...base, status: running >= this.concurrency ? "THROTTLED" : "PENDING", estimatedCost: { credits: estimate } };
    }
    if (state === "running") return { ...base, status: "RUNNING", progress: job.progress, estimatedCost: { credits: estimate } };
    const ending = job.ending ?? { as: "succeeded" as const };
    const status = STATUSES[ending.as] ?? "FAILED";
    // Refusals cost what good ones do; other failures are refunded.
    const cost = { credits: ending.cost ?? (ending.as === "succeeded" || ending.code?.includes("SAFETY") ? estimate : 0) };
    if (status === "FAILED") return { ...base, status, failure: ending.words ?? "An error occurred while generating the output.", failureCode: ending.code ?? "INTERNAL", cost };
    if (status === "CANCELLED") return { ...base, status, cost };
    return { ...base, status, output: this.meets(job, "empty") ? [] : [`${this.fileUrl(job, "output", specOf(job))}?_jwt=signed`], cost };
  }
}

/** What a model gives, in the size that was asked for. */
function specOf({ model, input }: Job): FileSpec {
  const [width = 1280, height = 720] = String(input["ratio"] ?? "1280:720").split(":").map(Number);
  if (model === "gen4_image") return { ending: "png", width, height };
  if (model.startsWith("eleven")) return { ending: "mp3", seconds: Number(input["duration"] ?? 2) };
  return { ending: "mp4", width, height, seconds: Number(input["duration"] ?? 8), hasAudio: model.startsWith("veo") && input["audio"] !== false };
}
