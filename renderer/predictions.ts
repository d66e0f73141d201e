import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Cogs } from "./cogs/cogs.ts";
import { createBody, type CreateCommand, hashOfAsked, invalid } from "./create-body.ts";
import { allowedUrl } from "./download.ts";
import { Files } from "./files.ts";
import { type Outcome, Pool, type Running } from "./pool.ts";
import { complain, notFound, Problem } from "./problem.ts";
import type { Settings } from "./settings.ts";
import { type Fault, isOver, type Json, newPrediction, type Prediction, type Status, Store, type WebhookEvent, webhookEvents } from "./store.ts";
import { Versions } from "./versions.ts";
import { viewOf } from "./view.ts";
import { Waiters } from "./waiters.ts";
import { Webhooks } from "./webhooks.ts";

const LOG_CHARACTERS = 64 * 1024;
const LOG_WEBHOOK_MS = 500;
const MOST_ATTEMPTS = 3;
const MOST_SWEEP_MS = 30_000;
/** The record outlives its data by this factor, so that a repeated create still finds it. */
const RECORD_KEPT_TIMES = 24;

/** The queue and the life of every prediction: starting, processing, and one of four ends. */
export class Predictions {
  readonly files: Files;
  readonly versions: Versions;
  readonly pool: Pool;
  readonly cogs: Cogs;
  private readonly settings: Settings;
  readonly origin: string;
  private readonly store: Store;
  private readonly webhooks: Webhooks;
  private readonly tmp: string;
  private readonly queue: string[] = [];
  private readonly running = new Map<string, Running>();
  private readonly waiters = new Waiters();
  private readonly loggedAt = new Map<string, number>();
  private readonly sweeper: NodeJS.Timeout;
  private closed = false;

  constructor(settings: Settings, origin: string) {
    this.settings = settings;
    this.origin = origin;
    this.files = new Files(settings.dataDir);
    this.store = new Store(settings.dataDir);
    this.webhooks = new Webhooks(settings.webhookSecret);
    this.tmp = join(settings.dataDir, "tmp");
    // What a killed renderer left half made is of no use.
    rmSync(this.tmp, { recursive: true, force: true });
    mkdirSync(this.tmp, { recursive: true });
    this.cogs = new Cogs({ cogs: settings.cogs, callback: settings.cogCallbackUrl ?? origin, secret: settings.webhookSecret, download: settings.download, onFree: () => this.pump() });
    this.versions = new Versions(this.cogs);
    this.pool = new Pool(settings.concurrency, () => this.pump());
    this.resume();
    this.sweeper = setInterval(() => this.sweep(), Math.min(MOST_SWEEP_MS, settings.keepMs));
  }

  get counts(): { queued: number; running: number } {
    return { queued: this.queue.length, running: this.running.size };
  }

  /** Creates a prediction; with an id, answers the one that is there if it was asked for in the same words. */
  async create(command: CreateCommand): Promise<{ prediction: Prediction; created: boolean }> {
    const parsed = createBody.safeParse(command.body);
    if (!parsed.success) throw invalid(parsed.error, []);
    const { version, input, webhook, webhook_events_filter: filter } = parsed.data;
    const { model, version: hash } = command.model === null ? await this.versions.resolve(version ?? "") : await this.versions.named(command.model);
    const askedHash = hashOfAsked([model.name, input, webhook ?? null, filter ?? null]);
    const known = command.id === null ? undefined : this.store.get(command.id);
    if (known) {
      if (known.askedHash !== askedHash) throw new Problem(409, "Conflict", "A prediction with this id was created with another body.");
      return { prediction: known, created: false };
    }
    const valid = await model.input.safeParseAsync(input);
    if (!valid.success) throw invalid(valid.error, ["input"]);
    if (webhook && !allowedUrl(webhook, this.settings.download.allowedHosts)) throw new Problem(422, "Input validation failed", "- webhook: an http or https address of an allowed host");
    if (this.queue.length >= this.settings.queueLimit) throw new Problem(429, "Too many requests", "The queue is full. Try again in ~10s.");
    const prediction = newPrediction({
      id: command.id ?? randomBytes(16).toString("hex"),
      model: model.name,
      version: hash,
      input: input as { [key: string]: Json },
      askedHash,
      webhook: webhook ?? null,
      events: filter ?? [...webhookEvents],
      cancelAt: command.cancelAfterMs === null ? null : Date.now() + command.cancelAfterMs,
    });
    // Between the look-up above and here others had their turn: whoever came first with this id made it.
    if (this.store.get(prediction.id)) return this.create(command);
    this.saveNew(prediction);
    this.enqueue(prediction);
    return { prediction, created: true };
  }

  /** A prediction as Replicate shows it. */
  view(prediction: Prediction): { [key: string]: unknown } {
    return viewOf(prediction, this.origin);
  }

  get(id: string): Prediction {
    const prediction = this.store.get(id);
    if (!prediction) throw notFound("prediction");
    return prediction;
  }

  /** A page of at most 100, newest first, after the prediction that `cursor` names. */
  list(cursor: string | null): { page: Prediction[]; next: string | null } {
    const newest = this.store.all().reverse();
    const start = cursor === null ? 0 : newest.findIndex((one) => one.id === cursor) + 1;
    if (cursor !== null && start === 0) throw notFound("page");
    const page = newest.slice(start, start + 100);
    return { page, next: newest.length > start + 100 ? (page.at(-1)?.id ?? null) : null };
  }

  cancel(id: string): Prediction {
    const prediction = this.get(id);
    if (!isOver(prediction.status)) this.finish(prediction, { status: "canceled" });
    return prediction;
  }

  /** Resolves when the prediction is over, or when the time is. */
  async settled(id: string, withinMs: number): Promise<Prediction> {
    const prediction = this.get(id);
    if (isOver(prediction.status) || withinMs <= 0) return prediction;
    await this.waiters.wait(id, withinMs);
    return prediction;
  }

  /** Stops; what is under way is begun again by the next start. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.sweeper);
    this.webhooks.close();
    this.cogs.close();
    await this.pool.close();
  }

  /** What cannot be kept is not accepted. */
  private saveNew(prediction: Prediction): void {
    try {
      this.store.save(prediction);
    } catch (error) {
      this.store.remove(prediction.id);
      throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? new Problem(507, "Insufficient storage", "The renderer's disk is full. Try again later.") : error;
    }
  }

  /** Keeps a change of what was accepted. Where the disk refuses, memory knows it and the next change is kept again. */
  private keep(prediction: Prediction): void {
    try {
      this.store.save(prediction);
    } catch (error) {
      complain(error);
    }
  }

  private resume(): void {
    for (const prediction of this.store.all()) {
      if (prediction.webhookDue) this.notify(prediction, "completed");
      if (isOver(prediction.status)) continue;
      prediction.status = "starting";
      if (prediction.attempts >= MOST_ATTEMPTS) this.finish(prediction, { status: "failed", error: "the renderer stopped each time it made this" });
      else this.enqueue(prediction);
    }
  }

  private enqueue(prediction: Prediction): void {
    this.queue.push(prediction.id);
    if (prediction.cancelAt !== null) this.stopAt(prediction, prediction.cancelAt - Date.now());
    setImmediate(() => this.pump());
  }

  /** `Cancel-After`: what has not begun by then is aborted, what is running is canceled. */
  private stopAt(prediction: Prediction, inMs: number): void {
    const timer = setTimeout(() => {
      if (isOver(prediction.status) || this.closed) return;
      this.finish(prediction, { status: prediction.status === "starting" ? "aborted" : "canceled" });
    }, Math.max(0, Math.min(inMs, 2_000_000_000)));
    timer.unref();
  }

  private pump(): void {
    for (const id of this.queue.slice()) {
      const [prediction, at] = [this.store.get(id), this.queue.indexOf(id)];
      if (this.closed || at < 0 || (prediction?.status === "starting" && !this.hasRoomFor(prediction))) continue;
      this.queue.splice(at, 1);
      if (prediction?.status === "starting") void this.begin(prediction);
    }
  }

  /** The renderer's own models are made in its children, others by their containers. */
  private hasRoomFor({ model }: Prediction): boolean {
    return this.cogs.has(model) ? this.cogs.isFree(model) : this.pool.free > 0;
  }

  private async begin(prediction: Prediction): Promise<void> {
    prediction.status = "processing";
    prediction.startedAt = Date.now();
    prediction.attempts += 1;
    const dir = join(this.tmp, `${prediction.folder}-${prediction.attempts}`);
    prediction.logs = "";
    this.keep(prediction);
    const timer = setTimeout(() => {
      this.finish(prediction, { status: "failed", error: `it took longer than ${this.settings.predictionTimeoutMs / 1000} s` });
    }, this.settings.predictionTimeoutMs);
    try {
      mkdirSync(dir);
      const { id, model, input } = prediction;
      const log = (line: string): void => this.log(prediction, line);
      const running = this.cogs.has(model) ? this.cogs.run({ id, model, input, dir }, log) : this.pool.run({ model, input, dir, download: this.settings.download }, log);
      this.running.set(prediction.id, running);
      this.notify(prediction, "start");
      await this.deliver(prediction, await running.outcome, dir);
    } catch (error) {
      this.finish(prediction, { status: "failed", error: error instanceof Error ? error.message : String(error) });
    } finally {
      clearTimeout(timer);
      // A child that was just killed may still have been writing: it is tried again until nothing is left.
      await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }).catch(complain);
    }
  }

  private async deliver(prediction: Prediction, outcome: Outcome, dir: string): Promise<void> {
    if (outcome.type === "killed" || this.closed) return;
    if (outcome.type === "unbegun" && !isOver(prediction.status)) {
      this.running.delete(prediction.id);
      prediction.status = "starting";
      this.queue.unshift(prediction.id);
      setImmediate(() => this.pump());
    }
    if (outcome.type === "unbegun") return;
    if (outcome.type === "failed") {
      this.finish(prediction, { status: "failed", error: outcome.message, fault: outcome.fault });
      return;
    }
    const output = await this.files.publish(outcome.output, { dir, folder: prediction.folder, origin: this.origin });
    if (isOver(prediction.status)) this.files.remove(prediction.folder);
    this.finish(prediction, { status: "succeeded", output });
  }

  private finish(prediction: Prediction, end: { status: Status; output?: Json; error?: string; fault?: Fault }): void {
    if (isOver(prediction.status)) return;
    const now = Date.now();
    prediction.status = end.status;
    prediction.output = end.output ?? null;
    prediction.error = end.error ?? null;
    prediction.fault = end.fault ?? (end.status === "failed" ? "internal" : null);
    prediction.completedAt = now;
    prediction.predictSeconds = prediction.startedAt === null ? null : (now - prediction.startedAt) / 1000;
    prediction.webhookDue = prediction.webhook !== null && prediction.events.includes("completed");
    this.keep(prediction);
    if (end.status !== "succeeded") this.running.get(prediction.id)?.kill();
    this.running.delete(prediction.id);
    this.loggedAt.delete(prediction.id);
    if (end.status === "succeeded") this.notify(prediction, "output");
    this.notify(prediction, "completed");
    this.waiters.release(prediction.id);
    this.pump();
  }

  private log(prediction: Prediction, line: string): void {
    if (isOver(prediction.status)) return;
    prediction.logs = `${prediction.logs}${line}\n`.slice(-LOG_CHARACTERS);
    const now = Date.now();
    if (now - (this.loggedAt.get(prediction.id) ?? 0) < LOG_WEBHOOK_MS) return;
    this.loggedAt.set(prediction.id, now);
    this.notify(prediction, "logs");
  }

  private notify(prediction: Prediction, event: WebhookEvent): void {
    if (prediction.webhook === null || !prediction.events.includes(event)) return;
    const id = `msg_${createHash("sha256").update(`${prediction.folder} ${event} ${event === "completed" ? "" : `${prediction.attempts} ${prediction.logs.length}`}`).digest("hex").slice(0, 32)}`;
    const delivery = { id, url: prediction.webhook, body: JSON.stringify(viewOf(prediction, this.origin)), retry: event === "completed" ? "until-accepted" : "never" } as const;
    const sent = this.webhooks.send(prediction.id, delivery);
    if (event !== "completed") return;
    void sent.then(() => {
      if (this.closed) return;
      prediction.webhookDue = false;
      this.keep(prediction);
    });
  }

  /** Removes what was kept long enough: first the data, much later the record. */
  private sweep(): void {
    const now = Date.now();
    for (const prediction of this.store.all()) {
      if (prediction.completedAt === null) continue;
      const age = now - prediction.completedAt;
      if (age > this.settings.keepMs * RECORD_KEPT_TIMES) this.store.remove(prediction.id);
      else if (age > this.settings.keepMs && !prediction.dataRemoved) {
        this.files.remove(prediction.folder);
        this.keep(Object.assign(prediction, { dataRemoved: true, output: null, input: null, logs: "" }));
      }
    }
  }
}
