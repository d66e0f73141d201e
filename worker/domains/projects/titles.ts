import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { projects } from "./tables.ts";

/** What projects of the studio are called, those too that were put away. */
export async function projectTitles(ctx: StudioCtx, ids: string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.select({ id: projects.id, title: projects.title }).from(projects)
    .where(and(sql`+${projects.studio} = ${ctx.studio}`, sql`${projects.id} in (select value from json_each(${JSON.stringify(ids)}))`));
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** Live projects of the studio by title: these first, then those that were changed last; from a place in that order on. */
export async function liveTitles(ctx: StudioCtx, { first, limit, from = 0 }: { first: string[]; limit: number; from?: number }): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.select({ id: projects.id, title: projects.title }).from(projects).where(and(eq(projects.studio, ctx.studio), isNull(projects.deletedAt)))
    .orderBy(desc(sql`${projects.id} in (select value from json_each(${JSON.stringify(first)}))`), desc(projects.updatedAt), desc(projects.id)).limit(limit).offset(from).all();
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** How many live projects the studio has. */
export const liveCount = (ctx: StudioCtx): Promise<number> => ctx.db.$count(projects, and(eq(projects.studio, ctx.studio), isNull(projects.deletedAt)));
