import { fork, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf, unstable_splitSqlQuery as splitSql } from "wrangler";
import { serveReplicate } from "../emulators/replicate-server.ts";
import type { ReplicateEmulator } from "../emulators/replicate.ts";
import { Gatehouse } from "./gatehouse.ts";
import { PLAN, workerSettings, type Plan } from "./settings.ts";

const root = path.resolve(import.meta.dirname, "../..");

function planOf(): Plan {
  const { modulesRules: _rules, rootPath: _root, ...options } = workerOptionsOf(path.join(root, "wrangler.toml")).workerOptions;
  const files = readdirSync(path.join(root, "migrations")).filter((name) => name.endsWith(".sql")).toSorted();
  return { options: { ...options, bindings: options.bindings as Record<string, string> }, migrations: files.map((file) => splitSql(readFileSync(path.join(root, "migrations", file), "utf8"))) };
}

/** Builds the worker as it is deployed, or another entry to it. */
export function buildWorker(entry = "worker/index.ts"): string {
  const build = mkdtempSync(path.join(tmpdir(), "dailies-build-"));
  const result = spawnSync(process.execPath, [path.join(root, "scripts/local/bundle.mjs"), entry, build], { cwd: root, encoding: "utf8", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } });
  if (result.status !== 0) {
    rmSync(build, { recursive: true, force: true });
    throw new Error(result.stderr || result.stdout);
  }
  writeFileSync(path.join(build, PLAN), JSON.stringify(planOf()));
  return build;
}

/** Ports that the system gives to nobody by itself: one that is free between a kill and the start after it stays so. */
const PORTS = { first: 20_000, count: 10_000 } as const;

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)));
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

const TRIES_MAX = 300;
const RETRY_MS = 50;

type Headers = Record<string, string>;

/** The whole system in processes of their own: worker and provider. The worker can be killed at any moment and started again. */
export class System {
  readonly provider: ReplicateEmulator;
  readonly gatehouse: Gatehouse;
  readonly origin: string;
  killedAt = 0;
  readonly #data: string;
  readonly #stop: () => Promise<void>;
  #cookie = "";

  private constructor({ provider, gatehouse, origin, data, stop }: { provider: ReplicateEmulator; gatehouse: Gatehouse; origin: string; data: string; stop: () => Promise<void> }) {
    this.provider = provider;
    this.gatehouse = gatehouse;
    this.origin = origin;
    this.#data = data;
    this.#stop = stop;
    gatehouse.kill = () => this.kill();
  }

  static async open(build: string, delayMs: number | null): Promise<System> {
    const data = mkdtempSync(path.join(tmpdir(), "dailies-kill-"));
    const port = await freePort();
    const gatehouse = await Gatehouse.open();
    const replicate = await serveReplicate({ token: workerSettings.RENDERER_TOKEN, webhookSecret: workerSettings.RENDERER_WEBHOOK_SECRET, delayMs });
    const child = fork(path.join(root, "test/kill/serve.ts"), [String(port), data, replicate.origin, build, gatehouse.origin], { detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"], env: { ...process.env, NODE_NO_WARNINGS: "1" } });
    const gone = new Promise<never>((_, reject) => child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`))));
    await Promise.race([new Promise((resolve) => child.once("message", resolve)), gone]);
    gone.catch(() => undefined);
    const stop = async () => {
      if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      process.kill(-child.pid, "SIGKILL");
      await ended;
      await replicate.close();
      await gatehouse.close();
    };
    return new System({ provider: replicate.provider, gatehouse, data, origin: `http://127.0.0.1:${port}`, stop });
  }

  /** SIGKILL for the worker: nothing is closed, flushed or said. It is started again at once. */
  kill(): void {
    this.killedAt = performance.now();
    process.kill(Number(readFileSync(path.join(this.#data, "process/pid"), "utf8")), "SIGKILL");
  }

  /** Ends the worker for good. What it stored is there until `close`. */
  stop(): Promise<void> {
    return this.#stop();
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Reads the database of a worker that was stopped. */
  rows(): (sql: string) => unknown[] {
    const folder = path.join(this.#data, "platform");
    const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => /(^|\/)d1\/.*\.sqlite$/.test(name) && !name.endsWith("metadata.sqlite"));
    const database = new DatabaseSync(path.join(folder, file ?? "none"));
    return (sql) => database.prepare(sql).all();
  }

  async send(method: string, at: string, body?: unknown, headers: Headers = {}): Promise<Response> {
    const standing: Headers = { origin: this.origin, cookie: this.#cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    return fetch(`${this.origin}${at}`, { method, headers: { ...standing, ...headers }, body: body === undefined ? null : JSON.stringify(body) });
  }

  /** An answer; a request whose answer was lost is sent again, as a client does. */
  async answer(method: string, at: string, body?: unknown, headers: Headers = {}): Promise<Response> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const answer = await this.send(method, at, body, headers).catch(() => null);
      if (answer && answer.status < 500) return answer;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`${method} ${at} got no answer`);
  }

  /** A JSON answer to something that is not refused. */
  async ask<T>(method: string, at: string, body?: unknown, headers: Headers = {}): Promise<T> {
    for (;;) {
      const answer = await this.answer(method, at, body, headers);
      const text = await answer.text().catch(() => null);
      if (text === null) continue;
      if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
      return JSON.parse(text) as T;
    }
  }

  /** Signs somebody up, and waits for their first credits. Their cookie. */
  async signUp(): Promise<string> {
    const answer = await this.send("POST", "/api/auth/sign-up/email", { name: "Ada", email: `ada-${crypto.randomUUID()}@example.com`, password: "correct horse battery" }, { cookie: "" });
    const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    for (let tries = 0; tries < 100; tries += 1) {
      const { available } = await this.ask<{ available: number }>("GET", "/api/v1/wallet", undefined, { cookie });
      if (available > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return cookie;
  }

  /** A project with this script, of whoever these headers speak for. */
  async newFilm(script: string, headers: Headers = {}): Promise<string> {
    const { id } = await this.ask<{ id: string }>("POST", "/api/v1/projects", { title: "A film" }, headers);
    await this.ask("PUT", `/api/v1/projects/${id}/script`, { text: script }, headers);
    return id;
  }

  /** Signs somebody up, in whose name everything is asked from then on, and gives them a project with this script. */
  async newProject(script: string): Promise<string> {
    this.#cookie = await this.signUp();
    return this.newFilm(script);
  }
}
