import { Hono } from "hono";
import type { AppEnv } from "#core/access.ts";
import { settings } from "#core/env.ts";
import { AppError, type ProblemCode } from "#core/errors.ts";
import { problemResponse } from "#core/problem.ts";
import { takeTurn } from "../limits.ts";
import { auth } from "./library.ts";

/** What is mounted of better-auth: nothing else of it can be reached. */
const allowed: readonly [method: string, path: RegExp][] = [
  ["POST", /^\/sign-up\/email$/], ["POST", /^\/sign-in\/email$/], ["POST", /^\/sign-in\/social$/], ["GET", /^\/callback\/(google|github)$/], ["POST", /^\/sign-out$/],
  ["GET", /^\/get-session$/], ["POST", /^\/request-password-reset$/], ["POST", /^\/reset-password$/], ["GET", /^\/verify-email$/],
  ["POST", /^\/send-verification-email$/], ["POST", /^\/change-password$/], ["GET", /^\/error$/],
];

/** Tries at one account's password, from wherever they come. */
const TRIES = { max: 10, windowMs: 60_000 };

/** Sign-up, sign-in and what belongs to them, under `/api/auth`. Refusals have the form of all others. */
export const authRoutes = new Hono<AppEnv>().all("/*", async (c) => {
  const path = new URL(c.req.url).pathname.replace(/^\/api\/auth/, "");
  if (!allowed.some(([method, pattern]) => method === c.req.method && pattern.test(path))) {
    throw new AppError("route.not_found", "There is nothing at this address.");
  }
  if (c.req.method === "POST") requireOwnPage(c.req.raw, settings(c.env).APP_ORIGIN);
  if (path === "/sign-in/email") await countTry(c.req.raw);
  const { authOf } = await auth();
  const answer = await authOf(c.var.ctx).handler(c.req.raw);
  return answer.status < 400 ? answer : asProblem(answer, c.var.requestId);

  async function countTry(request: Request): Promise<void> {
    const body: unknown = await request.clone().json().catch(() => null);
    const email: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "email") : undefined;
    if (typeof email !== "string") return;
    const waitMs = await takeTurn(c.var.ctx, `sign-in:${email.toLowerCase().slice(0, 320)}`, TRIES);
    if (waitMs === null) return;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new AppError("request.rate_limited", `Too many tries at this account. Wait ${retryAfterSeconds} s, or choose a new password.`, { retryAfterSeconds });
  }
});

function requireOwnPage(request: Request, ownOrigin: string): void {
  const origin = request.headers.get("origin");
  if (origin === ownOrigin || (origin === null && !request.headers.has("cookie"))) return;
  throw new AppError("request.origin_refused", "Sign-in works from our own pages only.");
}

const codes: Record<number, ProblemCode> = { 400: "request.invalid", 401: "auth.required", 403: "request.origin_refused", 404: "route.not_found", 409: "request.invalid", 415: "request.not_json", 422: "request.invalid", 429: "request.rate_limited" };

/** The library's refusal as a problem; its own code goes along as `reason`. */
async function asProblem(answer: Response, requestId: string): Promise<Response> {
  const body: unknown = await answer.json().catch(() => null);
  const text = (name: string): string => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  const reason = text("code");
  const code = reason === "EMAIL_NOT_VERIFIED" ? "auth.email_unverified" : codes[answer.status] ?? "internal";
  const seconds = Number(answer.headers.get("x-retry-after"));
  const retry = seconds > 0 ? { retryAfterSeconds: seconds } : {};
  const detail = answer.status >= 500 ? `This is our fault. Try again, and quote ${requestId} if it happens again.` : text("message") || "Check what you entered and try again.";
  return problemResponse(code, detail, requestId, { reason, ...retry });
}
