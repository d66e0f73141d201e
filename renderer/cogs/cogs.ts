import { createHmac, timingSafeEqual } from "node:crypto";
import { InputError } from "../model.ts";
import type { Outcome, Running } from "../pool.ts";
import type { DownloadLimits } from "../settings.ts";
import type { CogSettings } from "./config.ts";
import { CogPrediction, Container } from "./container.ts";
import { checkInput, takeFiles } from "./files.ts";

/** How often, and how long, a container is waited for. Milliseconds. */
export interface Patience {
  /** Between two tries of one that is busy, and two looks at its health. */
  pauseMs: number;
  /** One that does not answer is given up after this. */
  downMs: number;
  /** One that is idle and has not said how ours ended is given up after this. */
  lostMs: number;
}
const PATIENCE: Patience = { pauseMs: 3_000, downMs: 60_000, lostMs: 30_000 };

interface Options {
  cogs: ReadonlyMap<string, CogSettings>;
  /** Origin by which containers reach the renderer. */
  callback: string;
  secret: string;
  download: DownloadLimits;
  patience?: Patience;
  onFree(): void;
}

interface Task {
  id: string;
  model: string;
  input: unknown;
  dir: string;
}

interface Own {
  model: string;
  stop: AbortController;
  log(line: string): void;
  /** Letters of its log that were passed on. */
  logged: number;
  told: PromiseWithResolvers<CogPrediction>;
}

/** Models that are Cog containers: a prediction is forwarded to one, and its webhooks are heard. */
export class Cogs {
  private readonly options: Options;
  private readonly patience: Patience;
  private readonly running = new Map<string, Own>();

  constructor(options: Options) {
    this.options = options;
    this.patience = options.patience ?? PATIENCE;
  }

  get names(): string[] {
    return [...this.options.cogs.keys()];
  }

  has(model: string): boolean {
    return this.options.cogs.has(model);
  }

  version(model: string): string | null {
    return this.options.cogs.get(model)?.version ?? null;
  }

  /** What a container says of itself. */
  async openapi(model: string): Promise<unknown> {
    return this.container(model).openapi();
  }

  /** Whether a container takes one more, as far as this renderer knows. */
  isFree(model: string): boolean {
    return [...this.running.values()].filter((own) => own.model === model).length < (this.options.cogs.get(model)?.concurrency ?? 0);
  }

  run(task: Task, log: (line: string) => void): Running {
    const own: Own = { model: task.model, stop: new AbortController(), log, logged: 0, told: Promise.withResolvers() };
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
    const container = this.container(task.model);
    this.running.set(task.id, own);
    const free = (): void => {
      if (this.running.get(task.id) === own) this.running.delete(task.id);
      this.options.onFree();
    };
    void this.make(task, own, container).catch((error: unknown): Outcome => failed(error)).then((made) => {
      resolve(made);
      if (!own.stop.signal.aborted) free();
    });
    return {
      outcome,
      kill: () => {
        if (own.stop.signal.aborted || this.running.get(task.id) !== own) return;
        own.stop.abort();
        resolve({ type: "killed" });
        // Its place is free again once the container has heard.
        void container.cancel(task.id).then(free);
      },
    };
  }

  /** Whether a webhook's address is one that we gave, of a prediction that goes on. */
  knows(id: string, proof: string): boolean {
    const [given, right] = [Buffer.from(proof), Buffer.from(this.proofOf(id))];
    return given.length === right.length && timingSafeEqual(given, right) && this.running.has(id);
  }

  /** Takes a container's webhook, whose address is known. */
  hear(id: string, body: unknown): void {
    const own = this.running.get(id);
    const prediction = CogPrediction.safeParse(body);
    if (own && prediction.success && (prediction.data.id ?? id) === id) this.take(own, prediction.data);
  }

  /** Leaves what runs to the containers: under the same id it is found again after a restart. */
  close(): void {
    for (const own of this.running.values()) own.stop.abort();
    this.running.clear();
  }

  private async make({ id, model, input, dir }: Task, own: Own, container: Container): Promise<Outcome> {
    const { signal } = own.stop;
    checkInput(input, this.options.download.allowedHosts);
    const begun = await this.begin(id, { input, model, container }, signal);
    if ("type" in begun) return begun;
    this.take(own, begun);
    const watching = new AbortController();
    const end = await Promise.race([own.told.promise, this.watch(model, container, AbortSignal.any([signal, watching.signal]))]).finally(() => watching.abort());
    if ("type" in end) {
      // It may be at it still.
      if (end.type === "failed") await container.cancel(id);
      return end;
    }
    if (end.status === "succeeded") return { type: "done", output: await takeFiles(end.output ?? null, { dir, origin: container.url, limits: this.options.download, signal }) };
    return { type: "failed", message: end.status === "canceled" ? "it was cancelled at its container" : (end.error ?? "").slice(0, 2_000) || "its container failed without a word", fault: "internal" };
  }

  /** Creates it, once the container is up and has room. */
  private async begin(id: string, { input, model, container }: { input: unknown; model: string; container: Container }, signal: AbortSignal): Promise<CogPrediction | Outcome> {
    const webhook = `${this.options.callback}/cogs/${id}/${this.proofOf(id)}`;
    let downSince: number | null = null;
    while (!signal.aborted) {
      const created = await container.create(id, { input, webhook }, signal);
      if (created.end === "made") return created.prediction;
      if (created.end === "wrong") return { type: "failed", message: created.message, fault: "input" };
      if (created.end === "failed") return { type: "failed", message: created.message, fault: "internal" };
      downSince = created.end === "down" ? (downSince ?? Date.now()) : null;
      if (downSince !== null && Date.now() - downSince >= this.patience.downMs) return doesNotAnswer(model);
      if (created.end === "later" && isBroken(await container.health())) return broken(model);
      await pause(this.patience.pauseMs, signal);
    }
    return { type: "killed" };
  }

  /** Looks at a container's health while it works: how it ended is told by webhook alone, and that can be lost. */
  private async watch(model: string, container: Container, signal: AbortSignal): Promise<Outcome> {
    let downSince: number | null = null;
    let idleSince: number | null = null;
    for (;;) {
      await pause(this.patience.pauseMs, signal);
      if (signal.aborted) return { type: "killed" };
      const health = await container.health();
      if (isBroken(health)) return broken(model);
      downSince = health === "down" ? (downSince ?? Date.now()) : null;
      if (downSince !== null && Date.now() - downSince >= this.patience.downMs) return doesNotAnswer(model);
      // One that makes several may have room and be at ours.
      idleSince = health === "READY" && this.options.cogs.get(model)?.concurrency === 1 ? (idleSince ?? Date.now()) : null;
      if (idleSince !== null && Date.now() - idleSince >= this.patience.lostMs) return { type: "failed", message: `the container of ${model} has nothing to do, and did not say how this ended: its webhook must reach ${this.options.callback}`, fault: "internal" };
    }
  }

  private take(own: Own, prediction: CogPrediction): void {
    const logs = prediction.logs ?? "";
    const isOver = prediction.status !== "starting" && prediction.status !== "processing";
    // A line is passed on when it is whole; bars of progress go back to its begin.
    const upTo = isOver ? logs.length : Math.max(logs.lastIndexOf("\n"), logs.lastIndexOf("\r")) + 1;
    for (const line of logs.slice(own.logged, upTo).split(/[\r\n]+/)) if (line.trim() !== "") own.log(line.slice(0, 2_000));
    own.logged = Math.max(own.logged, upTo);
    if (isOver) own.told.resolve(prediction);
  }

  private container(model: string): Container {
    return new Container(this.options.cogs.get(model)?.url ?? "");
  }

  /** The same after a restart, so that what a container was told to call is still right. */
  private proofOf(id: string): string {
    return createHmac("sha256", this.options.secret).update(`cog\n${id}`).digest("hex").slice(0, 40);
  }
}

const isBroken = (health: string): boolean => health === "SETUP_FAILED" || health === "DEFUNCT";
const broken = (model: string): Outcome => ({ type: "failed", message: `the container of ${model} could not be set up, or has broken down`, fault: "internal" });
const doesNotAnswer = (model: string): Outcome => ({ type: "failed", message: `the container of ${model} does not answer`, fault: "internal" });
const failed = (error: unknown): Outcome => ({ type: "failed", message: error instanceof Error ? error.message : String(error), fault: error instanceof InputError ? "input" : "internal" });

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

