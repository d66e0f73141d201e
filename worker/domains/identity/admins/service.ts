import type { z } from "zod";
import type { Ctx } from "#core/context.ts";
import { isGuardFailure } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit, commitAll, type EventRow } from "#core/events.ts";
import { sendMail } from "#core/mail.ts";
import { settings } from "#core/env.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { administratorAnnounced, administratorGranted, administratorRevoked, type Administrator, type AdminStudio, type AdminUser } from "../contract.ts";
import { administratorLetter } from "../sessions/letters.ts";
import { namedAdministrators, SETTLED_MS, wayIn } from "./rules.ts";
import * as store from "./store.ts";

type Administrator = z.infer<typeof Administrator>;
type AdminStudio = z.infer<typeof AdminStudio>;
type AdminUser = z.infer<typeof AdminUser>;

const iso = (at: number): string => new Date(at).toISOString();

/** The administrator who asks. */
export function administratorIn({ actor }: Ctx): string {
  if (actor.kind !== "user" || !actor.admin) throw new AppError("route.not_found", "There is nothing at this address.");
  return actor.user;
}

function toAdministrator(ctx: Ctx, { id, name, email, ...rest }: store.Person, granted: store.AdministratorRow | null): Administrator {
  const way = wayIn(ctx.env, { email, ...rest }) ?? "grant";
  return {
    object: "administrator", id, name, email, way,
    granted: granted && way === "grant" ? { by: granted.grantedBy, reason: granted.reason, at: iso(granted.grantedAt) } : null,
  };
}

/** Everybody who administers the platform. */
export const listAdministrators = async (ctx: Ctx): Promise<Administrator[]> =>
  (await store.listAdministrators(ctx)).map(({ person, granted }) => toAdministrator(ctx, person, granted));

/** Makes somebody who has an account an administrator, and tells all others. Doing it again changes nothing. */
export async function grantAdministrator(ctx: Ctx, { email, reason }: { email: string; reason: string }): Promise<Administrator> {
  const by = administratorIn(ctx);
  const found = await store.findByEmail(ctx, email);
  if (!found) throw new AppError("account.not_found", "Nobody has an account with this address. Let them sign up first.");
  if (wayIn(ctx.env, found)) return toAdministrator(ctx, found, await store.findGrant(ctx, found.id) ?? null);
  const row: store.AdministratorRow = { user: found.id, grantedBy: by, reason, grantedAt: ctx.now() };
  const told = (await administratorAddresses(ctx)).map((to) => administratorAnnounced(null, found.id, { to, user: found.id, by, reason }));
  await commitAll(ctx, [administratorGranted(null, found.id, { user: found.id, reason }), ...told], store.insertAdministrator(ctx, row));
  return toAdministrator(ctx, { ...found, admin: true }, row);
}

/** Takes the right from somebody who was given it. Somebody always keeps it. */
export async function revokeAdministrator(ctx: Ctx, { user, reason }: { user: string; reason: string }): Promise<void> {
  administratorIn(ctx);
  const found = await store.findById(ctx, user);
  const way = found ? wayIn(ctx.env, found) : null;
  if (!found || !way) throw new AppError("account.not_found", "There is no such administrator. List them at /api/v1/admin/administrators.");
  if (way === "setting") throw new AppError("admin.named", "The deployment names this address. Take it out of ADMIN_EMAILS; the right ends with that.");
  try {
    await commit(ctx, administratorRevoked(null, user, { user, reason }), store.removeAdministrator(ctx, user));
  } catch (error) {
    if (isGuardFailure(error)) throw new AppError("admin.last", "Nobody else could get in after that. Make somebody else an administrator first.");
    throw error;
  }
}

/** Where letters to the administrators go: to every address that the deployment names, and to everybody who was given the right. */
export async function administratorAddresses(ctx: Ctx): Promise<string[]> {
  const people = await store.listAdministrators(ctx);
  return [...new Set([...namedAdministrators(ctx.env), ...people.map(({ person }) => person.email.toLowerCase())])];
}

/** Whether an account administers the platform now. */
export async function isAdministrator(ctx: Ctx, user: string): Promise<boolean> {
  const found = await store.findById(ctx, user);
  return found !== undefined && wayIn(ctx.env, found) !== null;
}

/** Tells one administrator that somebody became one: whoever did not expect it, has a day to do something about it. */
export async function announceAdministrator(ctx: Ctx, { data }: Pick<EventRow, "data">): Promise<void> {
  const { to, user, by, reason } = administratorAnnounced.data.parse(data);
  const people = await peopleById(ctx, [user, by]);
  const named = (id: string): string => people.get(id)?.email ?? id;
  await sendMail(ctx, administratorLetter(to, `${settings(ctx.env).APP_ORIGIN}/admin/administrators`, { who: named(user), by: named(by), reason }));
}

/** Since when somebody who was given the right has been an administrator for long enough to decide on money; null where they may. */
export async function unsettledUntil(ctx: Ctx, user: string): Promise<number | null> {
  const [found, granted] = await Promise.all([store.findById(ctx, user), store.findGrant(ctx, user)]);
  if (!found || wayIn(ctx.env, found) === "setting" || !granted || granted.grantedAt + SETTLED_MS <= ctx.now()) return null;
  return granted.grantedAt + SETTLED_MS;
}

/** Accounts by e-mail address or id. */
export async function searchUsers(ctx: Ctx, { q, limit, cursor }: PageQuery & { q: string }) {
  const rows = await store.searchUsers(ctx, { text: q.toLowerCase(), after: afterIn(cursor), limit: limit + 1 });
  return toPage(rows, limit, ({ person: { id, name, email, emailVerified, admin, createdAt }, studio }): AdminUser => ({
    object: "admin_user", id, name, email, emailVerified, administrator: wayIn(ctx.env, { email, emailVerified, admin }), studio, createdAt: createdAt.toISOString(),
  }), ({ person }) => [person.email]);
}

/** Studios by name, id or a person's e-mail address. */
export async function searchStudios(ctx: Ctx, { q, limit, cursor }: PageQuery & { q: string }) {
  const rows = await store.searchStudios(ctx, { text: q.toLowerCase(), after: afterIn(cursor), limit: limit + 1 });
  const found = await describe(ctx, rows);
  return toPage(found, limit, (studio) => studio, ({ handle }) => [handle]);
}

/** Studios by id, for whoever administers; those that are not there are left out. */
export const adminStudios = async (ctx: Ctx, ids: string[]): Promise<AdminStudio[]> => describe(ctx, await store.findStudios(ctx, ids));

async function describe(ctx: Ctx, rows: store.FoundStudio[]): Promise<AdminStudio[]> {
  const owners = await store.ownersOf(ctx, rows.map(({ id }) => id));
  return rows.map(({ id, name, handle, personalOf, createdAt }) => {
    const owner = owners.find(({ studio }) => studio === id)?.person;
    return { object: "admin_studio", id, name, handle, personal: personalOf !== null, owner: owner ? { id: owner.id, name: owner.name, email: owner.email } : null, createdAt: iso(createdAt) };
  });
}

/** Names and addresses of people, by id. */
export async function peopleById(ctx: Ctx, ids: string[]): Promise<ReadonlyMap<string, { id: string; name: string; email: string }>> {
  const rows = await store.findByIds(ctx, [...new Set(ids)]);
  return new Map(rows.map(({ id, name, email }) => [id, { id, name, email }]));
}

const afterIn = (cursor: string | undefined): string | null => (cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]));
