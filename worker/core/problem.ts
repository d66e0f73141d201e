import type { Context } from "hono";
import { AppError, problems, type ProblemCode } from "./errors.ts";
import { logLine } from "./log.ts";

/** The wire form of a failure, RFC 9457. `extra` members are documented beside the code that sends them. */
function problemBody(code: ProblemCode, detail: string, requestId: string, extra: Record<string, unknown> = {}) {
  const [status, title] = problems[code];
  return { type: `/docs/problems#${code}`, title, status, detail, instance: requestId, code, ...extra };
}

/** Answer a failure as `application/problem+json`. */
export function problemResponse(code: ProblemCode, detail: string, requestId: string, extra: Record<string, unknown> = {}): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store", "dailies-request-id": requestId });
  if (typeof extra["retryAfterSeconds"] === "number") headers.set("retry-after", String(extra["retryAfterSeconds"]));
  return new Response(JSON.stringify(problemBody(code, detail, requestId, extra)), { status: problems[code][0], headers });
}

/** What the router refused with, known by its form: a bundle may hold its class twice. */
const statusOf = (error: Error): unknown => ("getResponse" in error && "status" in error ? error.status : null);

/** The one handler of thrown errors: what is unknown leaks nothing but a request id to quote. */
export function onError(error: Error, c: Context): Response {
  const requestId: string = c.get("requestId") ?? "req_unknown";
  if (error instanceof AppError) return problemResponse(error.code, error.detail, requestId, error.extra);
  const status = statusOf(error);
  if (status === 400) return problemResponse("request.malformed", "The body is not valid JSON. Check its syntax and send it again.", requestId);
  if (status === 415) return problemResponse("request.not_json", "Send the body as application/json.", requestId);
  logLine({ evt: "request.failed", requestId, path: c.req.path, error: error.message, stack: error.stack });
  return problemResponse("internal", `This is our fault, and nothing was charged. Try again, and quote ${requestId} if it happens again.`, requestId);
}
