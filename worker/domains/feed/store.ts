import { and, asc, desc, eq, gt, lt, ne, or, sql, type SQL } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import { videos, type VideoRow } from "./tables.ts";

const isShown = sql`visibility = 'public' and state = 'live'`;

/** A page of one index, newest first: reads no more rows than it returns, plus the one that tells whether there is more. */
function newest(ctx: Ctx, filter: SQL, { limit, cursor }: PageQuery): Promise<VideoRow[]> {
  const [at = 0, id = ""] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const after = cursor === undefined ? undefined : or(lt(videos.publishedAt, Number(at)), and(eq(videos.publishedAt, Number(at)), lt(videos.id, String(id))));
  // The first comparison bounds the index; the keyset condition behind it settles ties.
  const bound = cursor === undefined ? undefined : sql`${videos.publishedAt} <= ${Number(at)}`;
  return ctx.db.select().from(videos).where(and(filter, bound, after)).orderBy(desc(videos.publishedAt), desc(videos.id)).limit(limit + 1).all();
}

export const listPublic = (ctx: Ctx, page: PageQuery) => newest(ctx, isShown, page);
export const listByMaker = (ctx: Ctx, handle: string, page: PageQuery) => newest(ctx, sql`${isShown} and ${eq(videos.makerHandle, handle)}`, page);
export const listOwn = (ctx: StudioCtx, page: PageQuery) => newest(ctx, sql`state = 'live' and ${eq(videos.studio, ctx.studio)}`, page);

/** Any video by id: who may see it is decided by the service. */
export const find = (ctx: Ctx, id: string): Promise<VideoRow | undefined> => ctx.db.select().from(videos).where(eq(videos.id, id)).get();

/** Films that people besides their studio may see, by id. */
export const listOpen = (ctx: Ctx, { after, limit }: { after: string; limit: number }): Promise<VideoRow[]> =>
  ctx.db.select().from(videos).where(and(eq(videos.state, "live"), ne(videos.visibility, "private"), gt(videos.id, after))).orderBy(asc(videos.id)).limit(limit).all();

export const countByMaker = async (ctx: Ctx, handle: string): Promise<number> =>
  (await ctx.db.select({ n: sql<number>`count(*)` }).from(videos).where(and(isShown, eq(videos.makerHandle, handle))).get())?.n ?? 0;

export const insert = (ctx: Ctx, row: VideoRow): Write => ctx.db.insert(videos).values(row);

/** Change a live video, unless it changed since it was read. */
export const update = (ctx: Ctx, row: VideoRow, fields: Partial<VideoRow>): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from videos where id = ${row.id} and state = 'live' and updated_at = ${row.updatedAt})`),
  ctx.db.update(videos).set({ ...fields, updatedAt: Math.max(ctx.now(), row.updatedAt + 1) }).where(eq(videos.id, row.id)),
];

/** A studio's new name or handle goes to all its videos. */
export const renameMaker = (ctx: Ctx, studio: string, maker: { name: string; handle: string }): Write =>
  ctx.db.update(videos).set({ makerName: maker.name, makerHandle: maker.handle }).where(eq(videos.studio, studio));
