import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { serveReplicate } from "../emulators/replicate-server.ts";
import type { ReplicateEmulator } from "../emulators/replicate.ts";
import { workerSettings } from "./settings.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Builds the worker as it is deployed. */
export function buildWorker(): string {
  const build = mkdtempSync(path.join(tmpdir(), "dailies-build-"));
  const result = spawnSync(process.execPath, [path.join(root, "node_modules/wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", build], { cwd: root, encoding: "utf8", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } });
  if (result.status !== 0) throw new Error(result.stderr || result.stdout);
  return build;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Headers = Record<string, string>;

/** The whole system in processes of their own: worker and provider. The worker can be killed at any moment and started again. */
export class System {
  readonly provider: ReplicateEmulator;
  readonly origin: string;
  readonly #start: () => ChildProcess;
  readonly #close: () => Promise<void>;
  #child: ChildProcess | null = null;
  #cookie = "";

  private constructor({ provider, origin, start, close }: { provider: ReplicateEmulator; origin: string; start: () => ChildProcess; close: () => Promise<void> }) {
    this.provider = provider;
    this.origin = origin;
    this.#start = start;
    this.#close = close;
  }

  static async open(build: string, delayMs: number | null): Promise<System> {
    const data = mkdtempSync(path.join(tmpdir(), "dailies-kill-"));
    const port = await freePort();
    const replicate = await serveReplicate({ token: workerSettings.RENDERER_TOKEN, webhookSecret: workerSettings.RENDERER_WEBHOOK_SECRET, delayMs });
    const start = () => fork(path.join(root, "test/kill/serve.ts"), [String(port), data, replicate.origin, build], { detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"], env: { ...process.env, NODE_NO_WARNINGS: "1" } });
    const close = async () => {
      await replicate.close();
      rmSync(data, { recursive: true, force: true });
    };
    const system = new System({ provider: replicate.provider, origin: `http://127.0.0.1:${port}`, start, close });
    await system.start();
    return system;
  }

  async start(): Promise<void> {
    const child = this.#start();
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    });
    child.removeAllListeners("exit");
  }

  /** SIGKILL for the process and all that it started: nothing is closed, flushed or said. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child?.pid) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await gone;
    this.#child = null;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#close();
  }

  async send(method: string, at: string, body?: unknown, headers: Headers = {}): Promise<Response> {
    const standing: Headers = { origin: this.origin, cookie: this.#cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    return fetch(`${this.origin}${at}`, { method, headers: { ...standing, ...headers }, body: body === undefined ? null : JSON.stringify(body) });
  }

  /** A JSON answer; repeats a request whose answer was lost, as a client does. */
  async ask<T>(method: string, at: string, body?: unknown, headers: Headers = {}): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.send(method, at, body, headers).catch(() => null);
      if (answer?.ok) return (await answer.json()) as T;
      if (answer && answer.status < 500) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
      if (tries > 100) throw new Error(`${method} ${at} got no answer`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Signs somebody up and gives them a project with this script. */
  async newProject(script: string): Promise<string> {
    const answer = await this.send("POST", "/api/auth/sign-up/email", { name: "Ada", email: `ada-${crypto.randomUUID()}@example.com`, password: "correct horse battery" });
    this.#cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    for (let tries = 0; tries < 100; tries += 1) {
      const { available } = await this.ask<{ available: number }>("GET", "/api/v1/wallet");
      if (available > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { id } = await this.ask<{ id: string }>("POST", "/api/v1/projects", { title: "A film" });
    await this.ask("PUT", `/api/v1/projects/${id}/script`, { text: script });
    return id;
  }
}
