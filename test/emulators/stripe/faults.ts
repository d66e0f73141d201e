/** Where something goes wrong, and how. */
export interface Fault {
  method?: "GET" | "POST" | "DELETE";
  /** What the path starts with, or a pattern that it fits. */
  path?: string | RegExp;
  /** So often; without it, always. */
  times?: number;
  /**
   * `lost`: it is done, and the answer never arrives. `unreached`: it never arrives. `hang`: nothing, until the caller gives up.
   * `slow`: it is done when `until` has come, and its idempotency key is in use until then. A status: refused before anything was done.
   */
  does: "lost" | "unreached" | "hang" | "slow" | 429 | 500 | 503;
  until?: Promise<unknown>;
}

/** The fault that a request meets, if any. */
export function take(faults: Fault[], method: string, path: string): Fault | null {
  const index = faults.findIndex((fault) => (fault.method ?? method) === method && (fault.path === undefined || (typeof fault.path === "string" ? path.startsWith(fault.path) : fault.path.test(path))));
  const fault = faults[index];
  if (!fault) return null;
  if (fault.times !== undefined && (fault.times -= 1) <= 0) faults.splice(index, 1);
  return fault;
}

export async function failing({ does }: Fault, signal: AbortSignal, headers: Record<string, string>): Promise<Response> {
  if (does === "hang") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")), { once: true }));
  if (typeof does !== "number") throw new TypeError("connect ECONNREFUSED");
  const error = does === 429 ? { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded." } : { type: "api_error", message: "An unknown error occurred" };
  return Response.json({ error }, { status: does, headers });
}
