import { and, asc, eq } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { members, studios, users } from "../tables.ts";

const { id, name, handle, bio, createdAt } = studios;
const known = { id, name, handle, bio, createdAt };

/** What everybody may know of a studio. */
export interface PublicStudio {
  id: string;
  name: string;
  handle: string;
  bio: string;
  createdAt: number;
}

/** The public side of a studio, or undefined. */
export const studioById = (ctx: Ctx, studio: string): Promise<PublicStudio | undefined> => ctx.db.select(known).from(studios).where(eq(id, studio)).get();

/** The studio behind a public @name, or undefined. */
export const studioByHandle = (ctx: Ctx, wanted: string): Promise<PublicStudio | undefined> => ctx.db.select(known).from(studios).where(eq(handle, wanted.toLowerCase())).get();

/** Whether a studio is somebody's own. */
export const isPersonal = async (ctx: Ctx, studio: string): Promise<boolean> =>
  (await ctx.db.select({ person: studios.personalOf }).from(studios).where(eq(id, studio)).get())?.person != null;

/** Whom invoices of a studio are sent to: its name, and the address of its first owner. */
export const studioContact = (ctx: Ctx, studio: string): Promise<{ name: string; email: string } | undefined> =>
  ctx.db.select({ name: studios.name, email: users.email }).from(studios)
    .innerJoin(members, and(eq(members.studio, studios.id), eq(members.role, "owner"))).innerJoin(users, eq(users.id, members.userId))
    .where(eq(studios.id, studio)).orderBy(asc(members.createdAt)).get();
