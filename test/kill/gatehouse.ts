import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the worker says around each call that crosses a binding, and waits for an answer to. */
interface Announcement {
  /** Which life of the worker says it. */
  life: string;
  /** Who calls. */
  caller: string;
  call: string;
  when: "before" | "after";
}

const pointOf = ({ caller, call, when }: Announcement): string => `${caller} → ${call}, ${when}`;

/** Points at which the worker is to be killed: at each once, by whichever of the films that share this gets there first. */
export class Sweep {
  readonly killed = new Set<string>();
  /** How long whoever is there is kept waiting first, while everybody else goes on. */
  readonly heldMs: number;
  readonly #isWanted: (point: string) => boolean;

  constructor(isWanted: (point: string) => boolean = () => true, heldMs = 0) {
    this.#isWanted = isWanted;
    this.heldMs = heldMs;
  }

  wants(point: string): boolean {
    return !this.killed.has(point) && this.#isWanted(point);
  }
}

/** Where the worker asks whether it may go on. Normally it may; at a point that is swept it gets no answer and is killed. */
export class Gatehouse {
  readonly origin: string;
  /** Every point that was passed or died at. */
  readonly seen = new Set<string>();
  sweep: Sweep | null = null;
  kill: () => void = () => undefined;
  readonly #server: Server;
  readonly #dead = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => void this.#hear(request, response).catch(() => response.destroy()));
  }

  static async open(): Promise<Gatehouse> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Gatehouse(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const announcement = JSON.parse(Buffer.concat(chunks).toString()) as Announcement;
    if (this.#dead.has(announcement.life)) return;
    const point = pointOf(announcement);
    this.seen.add(point);
    if (this.sweep?.wants(point)) {
      this.sweep.killed.add(point);
      if (this.sweep.heldMs > 0) await new Promise((resolve) => setTimeout(resolve, this.sweep?.heldMs));
      this.#dead.add(announcement.life);
      this.kill();
    } else response.writeHead(204).end();
  }
}
