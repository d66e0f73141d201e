import { and, desc, eq, gt, lt } from "drizzle-orm";
import type { z } from "zod";
import type { Gatekeeper } from "#core/access.ts";
import type { Ctx } from "#core/context.ts";
import { batch } from "#core/db.ts";
import { settings } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { isWithin } from "../admins/networks.ts";
import { wayIn } from "../admins/rules.ts";
import type { Session, SiteConfig } from "../contract.ts";
import { roleOfKey, useKey } from "../keys/service.ts";
import { forgetTurns } from "../limits.ts";
import { findPersonal, findRole, findUser } from "../studios/store.ts";
import { ensureStudio } from "../studios/service.ts";
import { sessions, verifications } from "../tables.ts";
import { auth } from "./library.ts";

type Session = z.infer<typeof Session>;

/** From elsewhere an administrator is a person like any other. The entry has written down where the request comes from; nothing else is believed. */
const isFromAdminNetwork = (ctx: Ctx, request: Request): boolean => isWithin(settings(ctx.env).ADMIN_NETWORKS, request.headers.get("cf-connecting-ip"));

/** How the API recognises callers: `Authorization: Bearer <key>`, or the session's cookie. */
export const gatekeeper: Gatekeeper = {
  async authenticate(ctx, request) {
    const authorization = request.headers.get("authorization");
    if (authorization !== null) {
      const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      if (!secret) throw new AppError("auth.required", "Send the key as `Authorization: Bearer …`.");
      return useKey(ctx, secret);
    }
    if (!request.headers.has("cookie")) return { actor: { kind: "anonymous" }, keyStudio: null };
    const { sessionReader } = await auth();
    const found = await (await sessionReader(ctx)).api.getSession({ headers: request.headers, query: { disableRefresh: true } });
    if (!found) return { actor: { kind: "anonymous" }, keyStudio: null };
    const { session, user } = found;
    const admin = wayIn(ctx.env, { email: user.email, emailVerified: user.emailVerified, admin: user.admin === true }) !== null && isFromAdminNetwork(ctx, request);
    return { actor: { kind: "user", user: user.id, session: session.id, emailVerified: user.emailVerified, admin }, keyStudio: null };
  },

  async enter(ctx, studio, keyStudio) {
    const missing = new AppError("studio.not_found", "There is no such studio, or you are not in it.");
    if (ctx.actor.kind === "key" && keyStudio) {
      if (studio !== null && studio !== keyStudio) throw missing;
      return { studio: keyStudio, role: await roleOfKey(ctx, ctx.actor.key) };
    }
    if (ctx.actor.kind !== "user") throw missing;
    if (studio !== null) {
      const role = await findRole(ctx, studio, ctx.actor.user);
      if (!role) throw missing;
      return { studio, role };
    }
    const own = await findPersonal(ctx, ctx.actor.user) ?? await repairStudio(ctx, ctx.actor.user);
    return { studio: own.id, role: "owner" };
  },
};

/** Sign-up was cut short before the studio was made. */
async function repairStudio(ctx: Ctx, id: string) {
  const user = await findUser(ctx, id);
  if (!user) throw new AppError("auth.required", "Sign in again.");
  return ensureStudio(ctx, user);
}

const person = (ctx: Ctx) => {
  if (ctx.actor.kind !== "user") throw new AppError("auth.required", "Sign in with a browser session.");
  return ctx.actor;
};

/** Where this person is signed in, the newest first. */
export async function listSessions(ctx: Ctx): Promise<Session[]> {
  const { user, session } = person(ctx);
  const rows = await ctx.db.select().from(sessions).where(and(eq(sessions.userId, user), gt(sessions.expiresAt, new Date(ctx.now())))).orderBy(desc(sessions.createdAt)).limit(100);
  return rows.map((row) => ({
    object: "session", id: row.id, current: row.id === session, userAgent: row.userAgent ?? "", ipAddress: row.ipAddress ?? "",
    createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString(),
  }));
}

/** Sign out one browser. One that is not there is as good as signed out. */
export async function revokeSession(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.delete(sessions).where(and(eq(sessions.userId, person(ctx).user), eq(sessions.id, id)));
}

/** What this installation offers for signing in. */
export function siteConfig(ctx: Ctx): z.infer<typeof SiteConfig> {
  const { EMAIL_VERIFICATION, GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID } = settings(ctx.env);
  return { emailVerification: EMAIL_VERIFICATION === "required", social: [...(GOOGLE_CLIENT_ID ? ["google" as const] : []), ...(GITHUB_CLIENT_ID ? ["github" as const] : [])] };
}

/** Forget what has run out: sessions, links that confirm or reset, and windows of limits. */
export async function forgetExpired(ctx: Ctx): Promise<void> {
  const now = new Date(ctx.now());
  await batch(ctx.db, [
    ctx.db.delete(sessions).where(lt(sessions.expiresAt, now)),
    ctx.db.delete(verifications).where(lt(verifications.expiresAt, now)),
    forgetTurns(ctx),
  ]);
}
