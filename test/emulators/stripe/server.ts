/**
 * The emulator behind a port of loopback, for `npm start` and for trying things by hand. What it knows is kept in a file, so that a restart
 * of the platform finds its customers again.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Store } from "./account.ts";
import { StripeEmulator } from "./emulator.ts";

const PUMP_MS = 250;
const DELIVERY_MS_MAX = 20_000;
const BODY_BYTES_MAX = 1_000_000;
const DEBIT_CLEARS_S = 20;
const USAGE = "Usage: node test/emulators/stripe/server.ts --port N --data DIR --webhook URL --secret whsec_… --key sk_test_… [--host 127.0.0.1]";

export interface Settings {
  host: string;
  port: number;
  dataDir: string;
  webhookUrl: string | null;
  /** One, or several with commas between them. */
  secrets: string[];
  key: string;
}

/** Starts the emulator and resolves when it listens. */
export async function serveStripe({ host, port, dataDir, webhookUrl, secrets, key }: Settings): Promise<{ emulator: StripeEmulator; origin: string; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((listening, refused) => {
    server.once("error", (error: NodeJS.ErrnoException) => refused(error.code === "EADDRINUSE" ? new Error(`port ${port} is in use: choose another with --port`) : error));
    server.listen(port, host, listening);
  });
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  const emulator = new StripeEmulator({ origin, key, webhookUrl, webhookSecrets: secrets, now: () => Date.now(), deliver: (url, init) => fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(DELIVERY_MS_MAX) }), store: fileStore(dataDir), clearsAfter: DEBIT_CLEARS_S });
  // A caller that is killed in the middle of its request ends nothing but that.
  server.on("request", (request, response) => void answer(emulator, origin, request, response).catch(() => request.socket.destroy()));
  let isBusy = false;
  const pump = setInterval(() => {
    emulator.tick();
    if (isBusy) return;
    isBusy = true;
    void emulator.deliverPending().finally(() => (isBusy = false));
  }, PUMP_MS);
  return {
    emulator, origin,
    close: async () => {
      clearInterval(pump);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Written whole beside the old one, and then put in its place: a crash leaves either. */
function fileStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "stripe.json");
  let written = "";
  return {
    load: () => {
      try {
        return (written = readFileSync(file, "utf8"));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
    save: (text) => {
      if (text === written) return;
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      written = text;
    },
  };
}

async function answer(emulator: StripeEmulator, origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return void response.writeHead(413).end();
    chunks.push(chunk);
  }
  const stopped = new AbortController();
  response.on("close", () => stopped.abort());
  try {
    const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
    const method = request.method ?? "GET";
    const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(chunks);
    const answered = await emulator.handle(new Request(new URL(request.url ?? "/", origin), { method, headers, body, signal: stopped.signal }));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(Buffer.from(await answered.arrayBuffer()));
  } catch {
    request.socket.destroy();
  }
}

function readSettings(args: string[]): Settings {
  const { values } = parseArgs({ args, options: { port: { type: "string" }, data: { type: "string" }, webhook: { type: "string" }, secret: { type: "string" }, key: { type: "string" }, host: { type: "string", default: "127.0.0.1" } } });
  const { port, data, webhook, secret, key, host } = values;
  if (port === undefined || data === undefined || secret === undefined || key === undefined) throw new Error(USAGE);
  if (!/^\d+$/.test(port) || Number(port) > 65_535) throw new Error(`--port needs a number up to 65535, not ${port}.`);
  return { host, port: Number(port), dataDir: resolve(data), webhookUrl: webhook ?? null, secrets: secret.split(",").filter((one) => one !== ""), key };
}

async function main(): Promise<void> {
  const { origin, close } = await serveStripe(readSettings(process.argv.slice(2)));
  process.stdout.write(`stripe emulator listening on ${origin}\n`);
  const stop = (): void => void close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  process.once("disconnect", stop);
}

if (import.meta.main) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
