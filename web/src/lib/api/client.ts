import { OFFLINE, ProblemError, readProblem } from "./problem.ts";

export type Fetch = typeof globalThis.fetch;

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  query?: Record<string, string | number | null | undefined>;
  /** Makes a create safe to repeat when its answer was lost. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

function addressOf(call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== null && value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return `/api${call.path}${text ? `?${text}` : ""}`;
}

async function send(fetch: Fetch, call: Call): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (call.body !== undefined) headers.set("content-type", "application/json");
  if (call.idempotencyKey) headers.set("idempotency-key", call.idempotencyKey);
  try {
    return await fetch(addressOf(call), {
      method: call.method ?? "GET", headers, credentials: "same-origin",
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(call.signal && { signal: call.signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError({ status: 0, code: OFFLINE, detail: "There is no connection to Dailies. What you typed is kept; try again when you are back online." });
  }
}

/** Ask the API; answers its JSON, throws a `ProblemError`. `fetch` is the page's own during rendering, so that cookies travel. */
export async function ask<Answer>(fetch: Fetch, call: Call): Promise<Answer> {
  const response = await send(fetch, call);
  if (!response.ok) throw await readProblem(response);
  // 204 has no body; every other success of this API is JSON in the shape that its contract states.
  const answer: Answer = response.status === 204 ? undefined : await response.json();
  return answer;
}

/** A key for one create, made when its form opens and kept until it worked. */
export const newIdempotencyKey = (): string => crypto.randomUUID();
