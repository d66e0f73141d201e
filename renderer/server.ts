import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createApi } from "./api.ts";
import { Predictions } from "./predictions.ts";
import { readSettings, type Settings } from "./settings.ts";

interface Renderer {
  /** `http://host:port` */
  origin: string;
  close(): Promise<void>;
}

/** Starts the renderer and resolves when it listens; its children warm up behind that. */
async function startRenderer(settings: Settings): Promise<Renderer> {
  mkdirSync(settings.dataDir, { recursive: true });
  let answer: ReturnType<typeof createApi> | null = null;
  const server = createServer((request, response) => void answer?.(request, response));
  await listen(server, settings);
  const { port } = server.address() as AddressInfo;
  const origin = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
  const predictions = new Predictions({ ...settings, dataDir: resolve(settings.dataDir) }, settings.publicUrl ?? origin);
  answer = createApi(settings, predictions);
  return {
    origin,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await predictions.close();
    },
  };
}

function listen(server: Server, settings: Settings): Promise<void> {
  return new Promise((listening, refused) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      refused(error.code === "EADDRINUSE" ? new Error(`port ${settings.port} is in use: choose another with --port`) : error);
    });
    server.listen(settings.port, settings.host, listening);
  });
}

async function main(): Promise<void> {
  const renderer = await startRenderer(readSettings(process.argv.slice(2), process.env));
  process.stdout.write(`renderer listening on ${renderer.origin}\n`);
  const stop = (): void => void renderer.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // Whoever started it with a channel is gone, and may be started again on the same folder.
  process.once("disconnect", stop);
}

if (import.meta.main) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
