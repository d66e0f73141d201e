import createClient, { type Client } from "openapi-fetch";
import { chosenStudio } from "./chosen-studio.ts";
import { OFFLINE, ProblemError, problemOf } from "./problem.ts";
import type { paths } from "./schema.d.ts";
import { noteWriting } from "./writing.ts";

export type Fetch = typeof globalThis.fetch;

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  query?: Record<string, string | number | null | undefined>;
  /** Makes a create safe to repeat when its answer was lost. */
  idempotencyKey?: string;
}

/** A base that requests can be made from on the server too; only the path behind it is ever sent. */
const BASE = "https://api.invalid";

function offline(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  return new ProblemError({ status: 0, code: OFFLINE, detail: "There is no connection to Dailies. What you typed is kept; try again when you are back online." });
}

/** Sends a request to this origin with the page's own `fetch`, so that during rendering cookies travel. */
async function send(fetch: Fetch, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const body = request.method === "GET" ? null : await request.text();
  const studio = chosenStudio();
  if (studio) request.headers.set("dailies-studio", studio);
  return fetch(pathname + search, { method: request.method, headers: request.headers, credentials: "same-origin", signal: request.signal, ...(body && { body }) });
}

/** Sends it, so that whoever ends the session can wait for what is saved. */
function sendNoted(fetch: Fetch, request: Request): Promise<Response> {
  const answer = send(fetch, request);
  if (request.method !== "GET") noteWriting(answer);
  return answer;
}

const clients = new WeakMap<Fetch, Client<paths>>();

/** The API with the paths, bodies and answers of `docs/openapi.json`. `fetch` is the page's own during rendering. */
export function api(fetch: Fetch): Client<paths> {
  const known = clients.get(fetch);
  if (known) return known;
  const client = createClient<paths>({ baseUrl: BASE, fetch: (request) => sendNoted(fetch, request), headers: { accept: "application/json" } });
  clients.set(fetch, client);
  return client;
}

/** What a call answered; throws a `ProblemError` where it was refused or never arrived. */
export async function answerOf<Data>(call: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await call.catch((failure: unknown) => { throw offline(failure); });
  if (!response.ok || data === undefined) throw problemOf(error, response);
  return data;
}

/** Waits for a call that answers nothing. */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await call.catch((failure: unknown) => { throw offline(failure); });
  if (!response.ok) throw problemOf(error, response);
}

/** Asks what is not in the API's description: the sign-in routes under `/api/auth`. Answers the JSON, throws a `ProblemError`. */
export async function ask<Answer>(fetch: Fetch, call: Call): Promise<Answer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== null && value !== undefined) query.set(name, String(value));
  const headers = new Headers({ accept: "application/json", ...(call.body !== undefined && { "content-type": "application/json" }), ...(call.idempotencyKey && { "idempotency-key": call.idempotencyKey }) });
  const address = `/api${call.path}${query.size > 0 ? `?${query}` : ""}`;
  const response = await fetch(address, { method: call.method ?? "GET", headers, credentials: "same-origin", ...(call.body !== undefined && { body: JSON.stringify(call.body) }) })
    .catch((failure: unknown) => { throw offline(failure); });
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  const answer: Answer = response.status === 204 ? undefined : await response.json();
  return answer;
}

/** A key for one create, made when its form opens and kept until it worked. (Only secure contexts have `randomUUID`.) */
export const newIdempotencyKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
