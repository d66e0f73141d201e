import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

export const TOKEN = "a-token-for-the-tests-only";
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

/** The renderer as a process of its own, as an operator starts it. */
export interface RendererProcess {
  origin: string;
  process: ChildProcess;
  /** Process ids of its workers. */
  workers(): number[];
  /** Ends it as a power cut would. */
  crash(): Promise<void>;
}

export async function startProcess(dataDir: string, env: Record<string, string> = {}): Promise<RendererProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../server.ts"), "--port", "0", "--data", dataDir], {
    env: { PATH: process.env.PATH ?? "", RENDERER_TOKEN: TOKEN, RENDERER_WEBHOOK_SECRET: SECRET, RENDERER_CONCURRENCY: "2", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const origin = /http:\S+/.exec(line.toString())?.[0];
  if (!origin) throw new Error(`the renderer did not start: ${line.toString()}`);
  return {
    origin,
    process: child,
    workers: () => readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === child.pid).map(Number),
    crash: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
  } catch {
    return null;
  }
}

export interface Host {
  origin: string;
  requests: { path: string; headers: IncomingMessage["headers"]; body: string }[];
  /** Answers paths that begin so; without one, files of the folder are served. */
  on(prefix: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): void;
}

/** A web server of the test: it has the input files, and hears the webhooks. */
export async function startHost(dir: string): Promise<Host> {
  const answers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  const requests: Host["requests"] = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    requests.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const own = [...answers].find(([prefix]) => path.startsWith(prefix));
    if (own) return own[1](request, response);
    const file = join(dir, path);
    response.setHeader("content-length", statSync(file).size);
    await pipeline(createReadStream(file), response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    on: (prefix, answer) => answers.set(prefix, answer),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Asks again until the answer is there; fails after `withinMs`. */
export async function until<T>(ask: () => T | undefined | false | Promise<T | undefined | false>, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const newId = (): string => `job_${randomBytes(8).toString("hex")}`;
