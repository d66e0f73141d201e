import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ReplicateEmulator } from "./replicate.ts";

const PUMP_MS = 20;

/** The emulator behind a port of loopback, as a provider is. */
export async function serveReplicate(options: { token: string; webhookSecret: string; delayMs: number | null }): Promise<{ provider: ReplicateEmulator; origin: string; close(): Promise<void> }> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new ReplicateEmulator({ ...options, origin, deliver: (url, init) => fetch(url, init), read: (url) => fetch(url) });
  const pump = setInterval(() => provider.pump(), PUMP_MS);
  server.on("request", async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const stopped = new AbortController();
    request.on("close", () => stopped.abort());
    try {
      const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
      const body = request.method === "GET" || request.method === "HEAD" ? null : Buffer.concat(chunks);
      const answer = await provider.handle(new Request(`${origin}${request.url ?? "/"}`, { method: request.method ?? "GET", headers, body, signal: stopped.signal }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch {
      request.socket.destroy();
    }
  });
  return {
    provider, origin,
    close: async () => {
      clearInterval(pump);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
