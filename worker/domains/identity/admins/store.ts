import { and, asc, eq, gt, gte, lt, or, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { administrators, members, studios, users } from "../tables.ts";
import { countsUnconfirmed, namedAdministrators } from "./rules.ts";

const person = { id: users.id, name: users.name, email: users.email, emailVerified: users.emailVerified, admin: users.admin, createdAt: users.createdAt };
export type Person = { id: string; name: string; email: string; emailVerified: boolean; admin: boolean; createdAt: Date };
export type AdministratorRow = typeof administrators.$inferSelect;

const LISTED_MAX = 200;

/** A name of an account that the deployment counts as an administrator's. */
const isNamed = (ctx: Ctx): SQL =>
  sql`(lower(${users.email}) in (select value from json_each(${JSON.stringify(namedAdministrators(ctx.env))})) and (${users.emailVerified} = 1 or ${countsUnconfirmed(ctx.env) ? 1 : 0} = 1))`;

/** Everybody who administers the platform, with how a granted right came about. */
export const listAdministrators = (ctx: Ctx): Promise<{ person: Person; granted: AdministratorRow | null }[]> =>
  ctx.db.select({ person, granted: administrators }).from(users).leftJoin(administrators, eq(administrators.user, users.id))
    .where(or(eq(users.admin, true), isNamed(ctx))).orderBy(asc(users.email)).limit(LISTED_MAX);

export const findByEmail = (ctx: Ctx, email: string): Promise<Person | undefined> => ctx.db.select(person).from(users).where(eq(users.email, email.toLowerCase())).get();

export const findById = (ctx: Ctx, id: string): Promise<Person | undefined> => ctx.db.select(person).from(users).where(eq(users.id, id)).get();

export const findByIds = (ctx: Ctx, ids: string[]): Promise<Person[]> =>
  ctx.db.select(person).from(users).where(sql`${users.id} in (select value from json_each(${JSON.stringify(ids)}))`).all();

export const findGrant = (ctx: Ctx, user: string): Promise<AdministratorRow | undefined> => ctx.db.select().from(administrators).where(eq(administrators.user, user)).get();

export const insertAdministrator = (ctx: Ctx, row: AdministratorRow): Write[] => [
  ctx.db.insert(administrators).values(row).onConflictDoUpdate({ target: administrators.user, set: row }),
  ctx.db.update(users).set({ admin: true }).where(eq(users.id, row.user)),
];

/** Takes the right away, unless nobody would be left: two who take each other's at once leave one. */
export const removeAdministrator = (ctx: Ctx, user: string): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from users where id <> ${user} and (admin = 1 or ${isNamed(ctx)}))`),
  ctx.db.delete(administrators).where(eq(administrators.user, user)),
  ctx.db.update(users).set({ admin: false }).where(eq(users.id, user)),
];

/** Texts that begin so, as a range of an index. */
const begins = (column: typeof users.email | typeof studios.handle, text: string): SQL | undefined => and(gte(column, text), lt(column, `${text}\u{10ffff}`));

export interface Search {
  text: string;
  after: string | null;
  limit: number;
}

/** Accounts whose e-mail address begins with the text, or with that id, by address. */
export const searchUsers = (ctx: Ctx, { text, after, limit }: Search): Promise<{ person: Person; studio: string | null }[]> =>
  ctx.db.select({ person, studio: studios.id }).from(users).leftJoin(studios, eq(studios.personalOf, users.id))
    .where(and(text.startsWith("user_") ? eq(users.id, text) : begins(users.email, text), after === null ? undefined : gt(users.email, after)))
    .orderBy(asc(users.email)).limit(limit);

const studio = { id: studios.id, name: studios.name, handle: studios.handle, personalOf: studios.personalOf, createdAt: studios.createdAt };
export type FoundStudio = { id: string; name: string; handle: string; personalOf: string | null; createdAt: number };

/** Studios with that id, whose name begins with the text, or, where it has an `@` inside, of the people whose addresses begin with it; by name. */
export function searchStudios(ctx: Ctx, { text, after, limit }: Search): Promise<FoundStudio[]> {
  const name = text.replace(/^@/, "");
  const ofPeople = sql`${studios.id} in (select ${members.studio} from ${members} join ${users} on ${users.id} = ${members.userId} where ${begins(users.email, text)})`;
  const wanted = text.startsWith("studio_") ? eq(studios.id, text) : name.includes("@") ? ofPeople : begins(studios.handle, name);
  return ctx.db.select(studio).from(studios).where(and(wanted, after === null ? undefined : gt(studios.handle, after))).orderBy(asc(studios.handle)).limit(limit);
}

export const findStudios = (ctx: Ctx, ids: string[]): Promise<FoundStudio[]> =>
  ctx.db.select(studio).from(studios).where(sql`${studios.id} in (select value from json_each(${JSON.stringify(ids)}))`).all();

/** The first owner of each studio. */
export const ownersOf = (ctx: Ctx, ids: string[]): Promise<{ studio: string; person: Person }[]> =>
  ctx.db.select({ studio: members.studio, person }).from(members).innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.role, "owner"), sql`${members.studio} in (select value from json_each(${JSON.stringify(ids)}))`)).orderBy(asc(members.createdAt)).all();
