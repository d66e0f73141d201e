import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import type { Ctx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { settings, type Settings } from "#core/env.ts";
import type { IdKind } from "#core/id.ts";
import { logLine } from "#core/log.ts";
import { sendMail } from "#core/mail.ts";
import { takeTurn } from "../limits.ts";
import { ensureStudio } from "../studios/service.ts";
import { accounts, sessions, users, verifications } from "../tables.ts";
import { confirmLetter, resetLetter } from "./letters.ts";

const HOUR_SECONDS = 3_600;
const SESSION_SECONDS = 30 * 24 * HOUR_SECONDS;
const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 128;
/** On a local machine everybody has the same address. */
const LOCAL_SLACK = 20;
const idKinds: Record<string, IdKind> = { user: "user", session: "session", account: "account", verification: "verification" };

/** Requests from one address that are let through, by path: seconds, times. */
const limits: Record<string, { window: number; max: number }> = {
  "/sign-in/email": { window: 60, max: 30 },
  "/sign-up/email": { window: 600, max: 30 },
  "/request-password-reset": { window: 600, max: 10 },
  "/send-verification-email": { window: 600, max: 10 },
  "/reset-password": { window: 600, max: 20 },
  "/change-password": { window: 600, max: 10 },
};

/** Sign-in as this request's environment has it. Made for one request: nothing of it outlives the bindings that it holds. */
export function authOf(ctx: Ctx) {
  const set = settings(ctx.env);
  const isSecure = set.APP_ORIGIN.startsWith("https:");
  return betterAuth({
    appName: "Dailies",
    baseURL: set.APP_ORIGIN,
    basePath: "/api/auth",
    secret: set.AUTH_SECRET,
    trustedOrigins: [set.APP_ORIGIN],
    telemetry: { enabled: false },
    logger: { level: "error", log: (level, message) => logLine({ evt: "auth.problem", level, requestId: ctx.requestId, message: message.split(":")[0] }) },
    database: drizzleAdapter(ctx.db, { provider: "sqlite", schema: { user: users, session: sessions, account: accounts, verification: verifications } }),
    user: { additionalFields: { admin: { type: "boolean", input: false, defaultValue: false } } },
    session: { expiresIn: SESSION_SECONDS },
    account: { encryptOAuthTokens: true },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
      requireEmailVerification: set.EMAIL_VERIFICATION === "required",
      resetPasswordTokenExpiresIn: HOUR_SECONDS,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => sendMail(ctx, resetLetter(user.email, `${set.APP_ORIGIN}/reset?token=${encodeURIComponent(token)}`)),
    },
    emailVerification: {
      sendOnSignUp: set.EMAIL_VERIFICATION === "required",
      autoSignInAfterVerification: true,
      expiresIn: HOUR_SECONDS,
      sendVerificationEmail: ({ user, url }) => sendMail(ctx, confirmLetter(user.email, landing(url))),
    },
    socialProviders: socialProviders(set),
    databaseHooks: {
      user: { create: { after: async (user) => { await ensureStudio(ctx, user); } } },
    },
    rateLimit: {
      enabled: true, window: 10, max: 100, customRules: limits,
      customStorage: {
        consume: async (key, rule) => {
          const max = set.ENVIRONMENT === "local" ? rule.max * LOCAL_SLACK : rule.max;
          const waitMs = await takeTurn(ctx, `auth:${key}`, { max, windowMs: rule.window * 1000 });
          return { allowed: waitMs === null, retryAfter: waitMs === null ? null : Math.ceil(waitMs / 1000) };
        },
      },
    },
    advanced: {
      cookiePrefix: isSecure ? "__Host-dailies" : "dailies",
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      backgroundTasks: { handler: (work) => ctx.later(work) },
      database: { generateId: ({ model }) => ctx.newId(idKinds[model] ?? "user") },
    },
  });
}

type Auth = ReturnType<typeof authOf>;
const readers = new WeakMap<Env, Auth>();

/**
 * Only to read sessions, which every request does: setting the library up costs more than the read. Kept for the environment that it was
 * made of, and not before it is ready, since a promise of one request must not be awaited by another.
 */
export async function sessionReader(ctx: Ctx): Promise<Auth> {
  const known = readers.get(ctx.env);
  if (known) return known;
  const auth = authOf({ ...ctx, db: openDb(ctx.env), later: () => undefined });
  await auth.$context;
  readers.set(ctx.env, auth);
  return auth;
}

/** Where nobody said where a confirmed address leads, it leads to the page that says so. */
function landing(url: string): string {
  const link = new URL(url);
  if (link.searchParams.get("callbackURL") === "/") link.searchParams.set("callbackURL", "/verify");
  return link.href;
}

function socialProviders(set: Settings) {
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = set;
  return {
    ...(GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET ? { google: { clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET } } : {}),
    ...(GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET ? { github: { clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET } } : {}),
  };
}
