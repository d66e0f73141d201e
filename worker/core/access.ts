import type { Context, MiddlewareHandler } from "hono";
import { inStudio, roles, type Actor, type Ctx, type Role, type Scope, type StudioCtx } from "./context.ts";
import { AppError } from "./errors.ts";
import { settings } from "./env.ts";

/**
 * Who may call a route, as data, so that the authorisation suite can walk it.
 * `public`: credentials are never looked at. `optional`: anonymous is fine, a signed-in caller is recognised. `signed`: the handler verifies a
 * signature. `account`: any signed-in user, outside any studio. `admin`: administrators of the platform. Otherwise inside a studio.
 */
export type Access = "public" | "optional" | "signed" | "account" | "admin" | { scope: Scope; role: Role };

/** How callers are recognised; identity supplies it, since core knows no domain. */
export interface Gatekeeper {
  /** Who sends this request. Throws on credentials that are wrong; answers anonymous where there are none. */
  authenticate(ctx: Ctx, request: Request): Promise<{ actor: Actor; keyStudio: string | null }>;
  /** The caller's role in the studio (null: the personal one). Throws `studio.not_found` for what is not theirs. */
  enter(ctx: Ctx, studio: string | null, keyStudio: string | null): Promise<{ studio: string; role: Role }>;
}

/** What a plan has to say, supplied by those who know plans. */
export interface PlanRules {
  /** Throws where the studio's plan lets keys only read. */
  letKeyWrite(ctx: StudioCtx): Promise<void>;
  /** How much a studio has used of what its plan counts, by the quota's name. */
  used: Readonly<Record<string, (ctx: StudioCtx) => Promise<number>>>;
}

export interface Variables {
  requestId: string;
  ctx: Ctx;
  studioCtx: StudioCtx | null;
  gatekeeper: Gatekeeper;
  planRules: PlanRules;
}
export type AppEnv = { Bindings: Env; Variables: Variables };

/** The middleware that enforces an access rule and leaves the context behind. */
export function guard(access: Access): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (access === "public" || access === "signed") return next();
    const { actor, keyStudio } = await c.var.gatekeeper.authenticate(c.var.ctx, c.req.raw);
    const ctx: Ctx = { ...c.var.ctx, actor };
    c.set("ctx", ctx);
    if (actor.kind === "anonymous" && access === "optional") return next();
    if (actor.kind === "anonymous") throw new AppError("auth.required", "Sign in, or send an API key as `Authorization: Bearer …`.");
    if (actor.kind === "user") requireOrigin(c);
    if (typeof access === "string") requireAccount(access, actor);
    if (typeof access !== "string" || access === "optional") {
      const entered = await c.var.gatekeeper.enter(ctx, c.req.header("dailies-studio") ?? null, keyStudio);
      const studioCtx = inStudio(ctx, entered.studio, entered.role);
      c.set("studioCtx", studioCtx);
      if (typeof access === "string") return next();
      requireRole(access.role, entered.role);
      if (actor.kind === "key") {
        if (!actor.scopes.includes(access.scope)) throw new AppError("auth.scope_missing", `This key lacks the scope ${access.scope}. Make a key that has it.`, { scope: access.scope });
        if (!access.scope.endsWith(":read")) await c.var.planRules.letKeyWrite(studioCtx);
      }
    }
    return next();
  };
}

function requireAccount(access: "optional" | "account" | "admin", actor: Actor): void {
  if (access === "optional") return;
  if (actor.kind !== "user") throw new AppError("auth.required", "This needs a person: sign in with a browser session, not with a key.");
  if (access === "admin" && !actor.admin) throw new AppError("route.not_found", "There is nothing at this address.");
}

function requireRole(needed: Role, role: Role): void {
  if (roles.indexOf(role) > roles.indexOf(needed)) {
    throw new AppError("auth.role_too_low", `This needs the role ${needed}; yours is ${role}. Ask an owner of the studio.`, { needed, role });
  }
}

/** A write that rides on a cookie must come from our own pages. */
function requireOrigin(c: Context<AppEnv>): void {
  const upgrade = c.req.header("upgrade")?.toLowerCase() === "websocket";
  if ((c.req.method === "GET" || c.req.method === "HEAD") && !upgrade) return;
  if (c.req.header("origin") !== settings(c.env).APP_ORIGIN) {
    throw new AppError("request.origin_refused", "Requests with a session cookie must come from our own pages. Use an API key instead.");
  }
}

/** The studio context that `guard` left behind. */
export function studioOf(c: Context<AppEnv>): StudioCtx {
  const ctx = c.var.studioCtx;
  if (!ctx) throw new Error("this route declares no studio access");
  return ctx;
}
