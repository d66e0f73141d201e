/** An emulator behind a port of loopback, as its vendor is: answers stream, and one that nobody reads any more stops. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { VendorEmulator } from "./emulator.ts";

const PUMP_MS = 50;
const BODY_BYTES_MAX = 64_000_000;

export interface Served<Emulator> {
  emulator: Emulator;
  origin: string;
  close(): Promise<void>;
}

/** Starts it and resolves when it listens; `make` is told where it is. */
export async function serveVendor<Emulator extends VendorEmulator>(make: (origin: string) => Emulator, { host = "127.0.0.1", port = 0 }: { host?: string; port?: number } = {}): Promise<Served<Emulator>> {
  const server = createServer();
  await new Promise<void>((listening, refused) => {
    server.once("error", refused);
    server.listen(port, host, listening);
  });
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  const emulator = make(origin);
  // A caller that is killed in the middle of its request ends nothing but that.
  server.on("request", (request, response) => void answer(emulator, origin, request, response).catch(() => request.socket.destroy()));
  let isBusy = false;
  const pump = setInterval(() => {
    emulator.pump();
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

async function answer(emulator: VendorEmulator, origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return void response.writeHead(413).end();
    chunks.push(chunk);
  }
  const stopped = new AbortController();
  response.on("close", () => stopped.abort());
  const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  const method = request.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(chunks);
  const answered = await emulator.handle(new Request(new URL(request.url ?? "/", origin), { method, headers, body, signal: stopped.signal }));
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  const reader = (answered.body as ReadableStream<Uint8Array> | null)?.getReader();
  for (let part = await reader?.read(); part && !part.done && !stopped.signal.aborted; part = await reader?.read()) {
    if (!response.write(part.value)) await drained(response);
  }
  if (stopped.signal.aborted) await reader?.cancel();
  else response.end();
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((ready) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      ready();
    };
    response.on("drain", done);
    response.on("close", done);
  });
