/** A container that Cog built, as docs/http.md of github.com/replicate/cog describes it: one prediction at a time, webhooks for progress, nothing to poll but its health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Job {
  id: string;
  input: Record<string, unknown>;
  webhook: string | null;
  events: readonly string[];
  logs: string;
}

type Status = "READY" | "BUSY" | "STARTING" | "SETUP_FAILED" | "DEFUNCT";

/** What was asked of it. */
export interface Asked {
  method: string;
  path: string;
  prefer: string | undefined;
  body: unknown;
}

export class CogEmulator {
  readonly asked: Asked[] = [];
  /** Webhooks that were answered, by their status. */
  readonly told: number[] = [];
  /** Stands in for what it would say of its health. */
  status: Status | null = null;
  /** It answers at once when it is done, like one that knows no `respond-async`. */
  output: unknown = undefined;
  /** Its webhooks are lost. */
  isMute = false;
  /** How long a creation takes to be answered; null: never. */
  answerMs: number | null = 0;
  readonly files = new Map<string, Buffer>();
  readonly #server: Server;
  #job: Job | null = null;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response).catch(() => response.destroy()));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Listens; on the port that it had before, where it is told. */
  start(port = 0): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Which prediction it is at. */
  get running(): string | null {
    return this.#job?.id ?? null;
  }

  /** The running one writes to its log. */
  async log(text: string): Promise<void> {
    if (!this.#job) throw new Error("nothing runs");
    this.#job.logs += text;
    await this.#tell("logs", { status: "processing" });
  }

  /** The running one ends. */
  async end(end: { status: "succeeded"; output: unknown } | { status: "failed"; error: string } | { status: "canceled" }): Promise<void> {
    const job = this.#job;
    if (!job) throw new Error("nothing runs");
    await this.#tell("completed", { ...end, metrics: { predict_time: 0.5 } });
    if (this.#job === job) this.#job = null;
  }

  async #tell(event: string, more: object): Promise<void> {
    const job = this.#job;
    if (job?.webhook === null || !job?.events.includes(event) || this.isMute) return;
    const response = await fetch(job.webhook, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id: job.id, input: job.input, logs: job.logs, ...more }) }).catch(() => null);
    this.told.push(response?.status ?? 0);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://cog");
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = text === "" ? null : (JSON.parse(text) as Record<string, unknown>);
    const prefer = request.headers["prefer"];
    if (pathname !== "/health-check") this.asked.push({ method: request.method ?? "", path: pathname, prefer: typeof prefer === "string" ? prefer : undefined, body });
    const reply = (status: number, json: unknown): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    const file = this.files.get(pathname);
    if (file) return void response.writeHead(200, { "content-length": file.length }).end(file);
    const [, id = null, what] = /^\/predictions(?:\/([^/]+))?(\/cancel)?$/.exec(pathname) ?? [];
    if (request.method === "GET" && pathname === "/health-check") return reply(200, { status: this.status ?? (this.#job ? "BUSY" : "READY"), setup: null });
    if (request.method === "GET" && pathname === "/openapi.json") return reply(200, { openapi: "3.0.2", components: { schemas: { Input: { properties: { prompt: { type: "string" } } } } } });
    if (request.method === "POST" && what !== undefined) return this.#cancel(id, reply);
    if ((request.method === "PUT" && id !== null) || (request.method === "POST" && pathname === "/predictions")) return this.#create(id, body ?? {}, reply);
    reply(404, { detail: "Not Found" });
  }

  async #create(id: string | null, body: Record<string, unknown>, reply: (status: number, json: unknown) => void): Promise<void> {
    const input = body["input"] as Record<string, unknown> | undefined;
    if (this.answerMs === null) return;
    if (this.status === "STARTING" || this.status === "SETUP_FAILED") return reply(503, { detail: "Setup has not finished" });
    if (typeof input?.["prompt"] !== "string") return reply(422, { detail: [{ loc: ["body", "input", "prompt"], msg: "Field required", type: "value_error" }] });
    if (this.output !== undefined) return reply(200, { id, status: "succeeded", output: this.output, logs: "at once\n", metrics: { predict_time: 0.1 } });
    if (this.#job && this.#job.id !== id) return reply(409, { detail: "Already running a prediction" });
    this.#job ??= { id: id ?? "made-up", input, webhook: (body["webhook"] as string | undefined) ?? null, events: (body["webhook_events_filter"] as string[] | undefined) ?? ["start", "output", "logs", "completed"], logs: "" };
    reply(202, { id: this.#job.id, status: "starting" });
    await this.#tell("start", { status: "starting" });
  }

  #cancel(id: string | null, reply: (status: number, json: unknown) => void): void {
    if (this.#job?.id !== id) return reply(404, {});
    reply(200, {});
    void this.end({ status: "canceled" });
  }
}
