import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { OutputValue } from "./model.ts";
import type { DownloadLimits } from "./settings.ts";
import type { Fault } from "./store.ts";

export interface ToChild {
  model: string;
  input: unknown;
  dir: string;
  download: DownloadLimits;
}

export type FromChild =
  | { type: "ready" }
  | { type: "begun" }
  | { type: "log"; line: string }
  | { type: "done"; output: { [key: string]: OutputValue }; rssBytes: number }
  | { type: "failed"; message: string; fault: Fault; rssBytes: number };

/** `unbegun`: the child was gone before it had heard of the prediction; another one can make it. */
export type Outcome = { type: "done"; output: OutputValue } | { type: "failed"; message: string; fault: Fault } | { type: "killed" } | { type: "unbegun" };

/** A prediction that runs in a child. */
export interface Running {
  outcome: Promise<Outcome>;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
}

/** After so many predictions, or holding so much memory, a child makes room for a fresh one. */
const PREDICTIONS_PER_CHILD = 64;
const BYTES_PER_CHILD = 280 * 1024 * 1024;
/** V8's own heap stays small: pictures and sound live outside it. */
const CHILD_HEAP_MB = 256;
/** A child that dies before it is ready is replaced after a pause, so that a broken installation does not fork without end. */
const RESPAWN_PAUSE_MS = 1000;

interface Child {
  process: ChildProcess;
  ready: boolean;
  predictions: number;
  task: { finish(outcome: Outcome): void; log(line: string): void; begun: boolean } | null;
}

/** A fixed number of warm child processes. A crash, a kill or a leak ends one prediction, never the renderer. */
export class Pool {
  private readonly size: number;
  private readonly onFree: () => void;
  private readonly children = new Set<Child>();
  private closing = false;

  constructor(size: number, onFree: () => void) {
    this.size = size;
    this.onFree = onFree;
    for (let n = 0; n < size; n += 1) this.spawn();
  }

  /** Children that could take a prediction now. */
  get free(): number {
    return [...this.children].filter((child) => child.ready && child.task === null).length;
  }

  get warm(): number {
    return [...this.children].filter((child) => child.ready).length;
  }

  /** Runs a task in a free child; call only while there is one. */
  run(task: ToChild, log: (line: string) => void): Running {
    const child = [...this.children].find((one) => one.ready && one.task === null);
    if (!child) throw new Error("no free child");
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
    const own = { finish: resolve, log, begun: false };
    child.task = own;
    child.predictions += 1;
    child.process.send(task);
    return {
      outcome,
      kill: () => {
        // A child that answered makes somebody else's prediction by now.
        if (child.task !== own) return;
        own.finish({ type: "killed" });
        child.task = null;
        this.replace(child);
      },
    };
  }

  /** Ends all children and waits until they are gone. */
  async close(): Promise<void> {
    this.closing = true;
    const gone = [...this.children].map((child) => new Promise((resolve) => child.process.once("exit", resolve)));
    for (const child of this.children) child.process.kill("SIGKILL");
    await Promise.all(gone);
  }

  private spawn(): void {
    const child: Child = {
      process: fork(join(import.meta.dirname, "child.ts"), [], { serialization: "advanced", execArgv: [`--max-old-space-size=${CHILD_HEAP_MB}`, "--expose-gc", "--disable-warning=ExperimentalWarning"], env: childEnvironment(), stdio: ["ignore", "ignore", "inherit", "ipc"] }),
      ready: false,
      predictions: 0,
      task: null,
    };
    this.children.add(child);
    child.process.on("message", (message) => this.hear(child, message as FromChild));
    child.process.on("error", (error) => {
      child.process.kill("SIGKILL");
      this.gone(child, error.message);
    });
    child.process.on("exit", (code, signal) => this.gone(child, signal ?? `code ${code}`));
  }

  private hear(child: Child, message: FromChild): void {
    if (message.type === "ready") {
      child.ready = true;
      this.onFree();
      return;
    }
    if (message.type === "begun") {
      if (child.task) child.task.begun = true;
      return;
    }
    if (message.type === "log") {
      child.task?.log(message.line);
      return;
    }
    const task = child.task;
    child.task = null;
    task?.finish(message.type === "done" ? { type: "done", output: message.output } : { type: "failed", message: message.message, fault: message.fault });
    const faulty = message.type === "failed" && message.fault === "internal";
    if (faulty || child.predictions >= PREDICTIONS_PER_CHILD || message.rssBytes > BYTES_PER_CHILD) this.replace(child);
    else this.onFree();
  }

  private gone(child: Child, how: string): void {
    const wasReady = child.ready;
    child.task?.finish(child.task.begun ? { type: "failed", message: `the process that made it ended unexpectedly (${how})`, fault: "internal" } : { type: "unbegun" });
    child.task = null;
    if (!this.children.delete(child) || this.closing) return;
    if (wasReady) this.spawn();
    else setTimeout(() => this.closing || this.spawn(), RESPAWN_PAUSE_MS);
  }

  private replace(child: Child): void {
    if (!this.children.delete(child)) return;
    child.process.kill("SIGKILL");
    if (!this.closing && this.children.size < this.size) this.spawn();
  }
}

/** Children see no secrets: they decode what strangers made. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ, LANG } = process.env;
  // Fewer arenas: glibc keeps less of what pictures leave behind.
  return { PATH, HOME, TZ, LANG, MALLOC_ARENA_MAX: "2" };
}
