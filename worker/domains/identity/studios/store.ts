import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Ctx, Role, StudioCtx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { invites, members, studios, users, type InviteRow, type MemberRow, type StudioRow } from "../tables.ts";

export type OwnStudio = { studio: StudioRow; role: Role };

export const findPersonal = (ctx: Ctx, user: string): Promise<StudioRow | undefined> => ctx.db.select().from(studios).where(eq(studios.personalOf, user)).get();

/** The studios of a user with the role in each, the personal one first. */
export const listOfUser = (ctx: Ctx, user: string): Promise<OwnStudio[]> =>
  ctx.db.select({ studio: studios, role: members.role }).from(members).innerJoin(studios, eq(studios.id, members.studio))
    .where(eq(members.userId, user)).orderBy(sql`${studios.personalOf} is null`, asc(members.createdAt)).limit(200);

export async function getStudio(ctx: StudioCtx): Promise<StudioRow> {
  const row = await ctx.db.select().from(studios).where(eq(studios.id, ctx.studio)).get();
  if (!row) throw new AppError("studio.not_found", "There is no such studio.");
  return row;
}


export const insertStudio = (ctx: Ctx, row: StudioRow): Write => ctx.db.insert(studios).values(row);
export const updateStudio = (ctx: StudioCtx, fields: Partial<Pick<StudioRow, "name" | "handle" | "bio">>): Write =>
  ctx.db.update(studios).set(fields).where(eq(studios.id, ctx.studio));

const withUser = { id: members.id, user: members.userId, name: users.name, email: users.email, role: members.role, createdAt: members.createdAt };
export type MemberWithUser = { id: string; user: string; name: string; email: string; role: Role; createdAt: number };

export const findRole = async (ctx: Ctx, studio: string, user: string): Promise<Role | null> =>
  (await ctx.db.select({ role: members.role }).from(members).where(and(eq(members.studio, studio), eq(members.userId, user))).get())?.role ?? null;

export const listMembers = (ctx: StudioCtx): Promise<MemberWithUser[]> =>
  ctx.db.select(withUser).from(members).innerJoin(users, eq(users.id, members.userId)).where(eq(members.studio, ctx.studio)).orderBy(asc(members.createdAt)).limit(500);

export async function getMember(ctx: StudioCtx, id: string): Promise<MemberWithUser> {
  const row = await ctx.db.select(withUser).from(members).innerJoin(users, eq(users.id, members.userId)).where(and(eq(members.studio, ctx.studio), eq(members.id, id))).get();
  if (!row) throw new AppError("member.not_found", "This studio has no such member.");
  return row;
}

export const insertMember = (ctx: Ctx, row: MemberRow): Write => ctx.db.insert(members).values(row);
export const setRole = (ctx: StudioCtx, id: string, role: Role): Write => ctx.db.update(members).set({ role }).where(and(eq(members.studio, ctx.studio), eq(members.id, id)));
export const removeMember = (ctx: StudioCtx, id: string): Write => ctx.db.delete(members).where(and(eq(members.studio, ctx.studio), eq(members.id, id)));

export const hasOtherOwner = async (ctx: StudioCtx, id: string): Promise<boolean> =>
  (await ctx.db.select({ id: members.id }).from(members).where(and(eq(members.studio, ctx.studio), eq(members.role, "owner"), sql`${members.id} <> ${id}`)).get()) !== undefined;

/** Two owners who remove each other at once: the second batch fails. */
export const onlyIfOtherOwner = (ctx: StudioCtx, id: string): Write =>
  onlyIf(ctx.db, sql`exists (select 1 from members where studio = ${ctx.studio} and role = 'owner' and id <> ${id})`);

export const listInvites = (ctx: StudioCtx): Promise<InviteRow[]> =>
  ctx.db.select().from(invites).where(eq(invites.studio, ctx.studio)).orderBy(desc(invites.createdAt)).limit(200);

export async function getInvite(ctx: StudioCtx, id: string): Promise<InviteRow> {
  const row = await ctx.db.select().from(invites).where(and(eq(invites.studio, ctx.studio), eq(invites.id, id))).get();
  if (!row) throw new AppError("invite.not_found", "There is no such invitation.");
  return row;
}

/** An invitation as the one who is invited sees it, by its id alone. */
export const findInvite = (ctx: Ctx, id: string): Promise<InviteRow | undefined> => ctx.db.select().from(invites).where(eq(invites.id, id)).get();

export const insertInvite = (ctx: Ctx, row: InviteRow): Write => ctx.db.insert(invites).values(row);
export const setInviteStatus = (ctx: Ctx, id: string, status: InviteRow["status"]): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from invites where id = ${id} and status = 'pending')`),
  ctx.db.update(invites).set({ status }).where(eq(invites.id, id)),
];

export const findUser = (ctx: Ctx, id: string) => ctx.db.select().from(users).where(eq(users.id, id)).get();
