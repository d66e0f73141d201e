import { roles, type Role, type Scope } from "#core/context.ts";

/** Names that would be taken for a part of the site. */
const RESERVED = new Set(["admin", "api", "about", "dailies", "docs", "feed", "help", "media", "pricing", "root", "search", "settings", "sign-in", "sign-up", "studio", "support", "video", "watch"]);

export const isReserved = (handle: string): boolean => RESERVED.has(handle);

/** A handle out of a person's or studio's name: never out of an e-mail address, which nobody agreed to show. */
export function handleFor(name: string): string {
  const slug = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 20).replace(/-+$/, "");
  return slug.length >= 3 && !isReserved(slug) ? slug : "studio";
}

const atLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) <= roles.indexOf(needed);

/** Whether somebody in one role may give or take another. Owners do anything; admins anything below themselves. */
export const canAssign = (own: Role, role: Role): boolean => own === "owner" || (own === "admin" && !atLeast(role, "admin"));

/** The scopes asked for that a key does not have itself: a key cannot make a stronger one. */
export const beyond = (own: readonly Scope[], wanted: readonly Scope[]): Scope[] => wanted.filter((scope) => !own.includes(scope));

export const KEY_PREFIX = "dls_";
/** So many characters of a key are kept, to recognise it by. */
export const KEY_SHOWN_CHARS = 10;
export const KEY_REQUESTS_MAX = 10;
export const KEY_WINDOW_MS = 10_000;
export const INVITE_MS = 7 * 24 * 60 * 60 * 1000;
export const DAY_MS = 24 * 60 * 60 * 1000;
