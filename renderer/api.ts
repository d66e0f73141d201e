import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { complain, notFound, Problem } from "./problem.ts";
import type { Predictions } from "./predictions.ts";
import type { Settings } from "./settings.ts";
import { isOver, type Prediction } from "./store.ts";
import { OWNER } from "./versions.ts";

const LONGEST_WAIT_SECONDS = 60;
/** A container's webhook has its files in it. */
const WEBHOOK_BYTES_MAX = 400 * 1024 * 1024;
const ID = /^[A-Za-z0-9_-]{1,128}$/;

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What the route's groups matched. */
  parts: string[];
}

interface Route {
  method: string;
  path: RegExp;
  open?: "open";
  run(call: Call): Promise<{ status: number; body: unknown } | "answered">;
}

/** The HTTP face: Replicate's predictions contract, Cog's health check and idempotent create, and the outputs. */
export function createApi(settings: Settings, predictions: Predictions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const routes = [...predictionRoutes(settings, predictions), ...otherRoutes(settings, predictions)];
  return async (request, response) => {
    try {
      const url = new URL(request.url ?? "/", "http://renderer");
      const { route, parts } = match(routes, request.method ?? "GET", url.pathname);
      if (!route.open) authorize(request, settings.token);
      const answer = await route.run({ request, response, url, parts });
      if (answer !== "answered") reply(response, answer.status, answer.body);
    } catch (error) {
      fail(response, error);
    }
  };
}

function predictionRoutes(settings: Settings, predictions: Predictions): Route[] {
  const create = async (call: Call, at: { id: string | null; model: string | null }): Promise<{ status: number; body: unknown }> => {
    const body = await readJson(call.request, settings.bodyBytes);
    const { prediction, created } = await predictions.create({ ...at, body, cancelAfterMs: cancelAfter(call.request) });
    const waitMs = preferredWait(call.request);
    if (waitMs === null) return { status: created ? 201 : 200, body: predictions.view(prediction) };
    const settled = await predictions.settled(prediction.id, waitMs);
    // Whoever waited in vain is told `starting`: Replicate's own client takes any other status for the end.
    const view = predictions.view(settled);
    return { status: created ? 201 : 200, body: isOver(settled.status) ? view : { ...view, status: "starting" } };
  };
  const one = (prediction: Prediction): { status: number; body: unknown } => ({ status: 200, body: predictions.view(prediction) });
  return [
    { method: "POST", path: /^\/v1\/predictions$/, run: (call) => create(call, { id: null, model: null }) },
    { method: "PUT", path: /^\/(?:v1\/)?predictions\/([^/]+)$/, run: (call) => create(call, { id: validId(call.parts[0]), model: null }) },
    { method: "POST", path: /^\/v1\/models\/([^/]+)\/([^/]+)\/predictions$/, run: (call) => create(call, { id: null, model: owned(call.parts) }) },
    { method: "GET", path: /^\/v1\/predictions\/([^/]+)$/, run: async (call) => one(predictions.get(call.parts[0] ?? "")) },
    { method: "POST", path: /^\/v1\/predictions\/([^/]+)\/cancel$/, run: async (call) => one(predictions.cancel(call.parts[0] ?? "")) },
    {
      method: "GET",
      path: /^\/v1\/predictions$/,
      run: async (call) => {
        const { page, next } = predictions.list(call.url.searchParams.get("cursor"));
        const { origin } = predictions;
        return { status: 200, body: { previous: null, next: next === null ? null : `${origin}/v1/predictions?cursor=${next}`, results: page.map((prediction) => predictions.view(prediction)) } };
      },
    },
  ];
}

function otherRoutes(settings: Settings, predictions: Predictions): Route[] {
  return [
    {
      method: "GET",
      path: /^\/health-check$/,
      open: "open",
      run: async () => ({ status: 200, body: { status: predictions.pool.warm === 0 ? "STARTING" : predictions.pool.free === 0 ? "BUSY" : "READY", setup: null } }),
    },
    {
      method: "GET",
      path: /^\/v1\/health$/,
      open: "open",
      run: async () => {
        const ready = predictions.pool.warm > 0;
        return { status: ready ? 200 : 503, body: { status: ready ? "ok" : "starting", workers: predictions.pool.warm, concurrency: settings.concurrency, ...predictions.counts } };
      },
    },
    { method: "GET", path: /^\/v1\/models\/([^/]+)\/([^/]+)$/, run: async (call) => ({ status: 200, body: await predictions.versions.describe(owned(call.parts)) }) },
    {
      method: "GET",
      path: /^\/v1\/models$/,
      run: async () => ({ status: 200, body: { previous: null, next: null, results: await Promise.all(predictions.versions.names.map((name) => predictions.versions.describe(name))) } }),
    },
    {
      method: "POST",
      path: /^\/cogs\/([^/]+)\/([0-9a-f]{40})$/,
      open: "open",
      run: async ({ request, parts: [id = "", proof = ""] }) => {
        if (!predictions.cogs.knows(id, proof)) throw notFound("page");
        predictions.cogs.hear(id, await readJson(request, WEBHOOK_BYTES_MAX));
        return { status: 200, body: {} };
      },
    },
    { method: "GET", path: /^\/v1\/webhooks\/default\/secret$/, run: async () => ({ status: 200, body: { key: settings.webhookSecret } }) },
    ...(["GET", "HEAD"] as const).map((method): Route => ({
      method,
      path: /^\/files\/([0-9a-f]{40})\/([A-Za-z0-9][A-Za-z0-9._-]*)$/,
      open: "open",
      run: async ({ request, response, parts: [folder = "", name = ""] }) => {
        await predictions.files.serve(request, response, { folder, name });
        return "answered";
      },
    })),
  ];
}

function match(routes: Route[], method: string, path: string): { route: Route; parts: string[] } {
  const there = routes.filter((route) => route.path.test(path));
  if (there.length === 0) throw notFound("page");
  const route = there.find((one) => one.method === method);
  if (!route) throw new Problem(405, "Method not allowed", `Use ${there.map((one) => one.method).join(" or ")}.`);
  return { route, parts: route.path.exec(path)?.slice(1) ?? [] };
}

function authorize(request: IncomingMessage, token: string): void {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(given), digest(token))) throw new Problem(401, "Unauthenticated", "You did not pass a valid authentication token.");
}

async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw new Problem(413, "Body too large", `A body has at most ${limit} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Problem(400, "Malformed body", "The body is not JSON.");
  }
}

function owned(parts: string[]): string {
  const [owner, name] = parts;
  if (owner === undefined || name === undefined) throw notFound("model");
  return owner === OWNER ? name : `${owner}/${name}`;
}

function validId(id: string | undefined): string {
  if (id === undefined || !ID.test(id)) throw new Problem(422, "Input validation failed", "An id has 1 to 128 letters, digits, - and _.");
  return id;
}

/** `Prefer: wait` or `wait=<seconds>`; null where the caller does not wait. */
function preferredWait(request: IncomingMessage): number | null {
  const found = /(?:^|[,;\s])wait(?:=(\d+))?(?:$|[,;\s])/.exec(String(request.headers.prefer ?? ""));
  if (!found) return null;
  return 1000 * Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Number(found[1] ?? LONGEST_WAIT_SECONDS)));
}

/** `Cancel-After: 90`, `90s`, `10m` or `1h30m`, in milliseconds; null where there is none. */
function cancelAfter(request: IncomingMessage): number | null {
  const text = request.headers["cancel-after"];
  if (text === undefined) return null;
  const found = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s?)?$/.exec(String(text).trim());
  const seconds = found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0) : 0;
  if (seconds < 1) throw new Problem(422, "Input validation failed", "Cancel-After is a duration such as 90s, 10m or 1h.");
  return seconds * 1000;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text), "cache-control": "no-store" });
  response.end(text);
}

function fail(response: ServerResponse, error: unknown): void {
  const problem = error instanceof Problem ? error : new Problem(500, "Internal error", "Something went wrong in the renderer.");
  if (!(error instanceof Problem || response.destroyed || response.req.destroyed)) complain(error);
  if (response.headersSent) response.destroy();
  else {
    // An unread body would keep the connection from serving the next request.
    if (problem.status === 413) response.setHeader("connection", "close");
    reply(response, problem.status, problem.body());
  }
}
