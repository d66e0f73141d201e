import { settings } from "#core/env.ts";

/** How somebody comes to administer the platform: the deployment names them, or another administrator gave it to them. */
export const ways = ["setting", "grant"] as const;
export type Way = (typeof ways)[number];

/** Who may propose or approve money must have been an administrator for so long: nobody makes a second one up for the purpose. */
export const SETTLED_MS = 24 * 3_600_000;

/** The addresses that the deployment names as administrators. */
export const namedAdministrators = (env: Env): string[] =>
  settings(env).ADMIN_EMAILS.split(",").map((address) => address.trim().toLowerCase()).filter((address) => address !== "");

/** Whether an address counts though nobody confirmed it: only where no address is, and never in production. */
export function countsUnconfirmed(env: Env): boolean {
  const { EMAIL_VERIFICATION, ENVIRONMENT } = settings(env);
  return EMAIL_VERIFICATION === "off" && ENVIRONMENT !== "production";
}

/** The way in which an account administers the platform, or null. A name in the setting is never written down: taking it out takes the right away. */
export function wayIn(env: Env, { email, emailVerified, admin }: { email: string; emailVerified: boolean; admin: boolean }): Way | null {
  if ((emailVerified || countsUnconfirmed(env)) && namedAdministrators(env).includes(email.toLowerCase())) return "setting";
  return admin ? "grant" : null;
}
