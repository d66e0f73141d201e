import { and, desc, eq, inArray, lt, or, sql, type SQL } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import { assets, uploads, type AssetRow, type UploadRow } from "./tables.ts";

/** All rows of one take or upload in one statement. */
export const insertAssets = (ctx: Ctx, rows: readonly AssetRow[]): Write =>
  ctx.db.insert(assets).select(sql`select value ->> 'id', value ->> 'studio', value ->> 'project', value ->> 'kind', value ->> 'node', value ->> 'take', value ->> 'role', value ->> 'key', value ->> 'contentType', value ->> 'bytes',
      value ->> 'sha256', value ->> 'durationMs', value ->> 'width', value ->> 'height', value ->> 'createdAt' from json_each(${JSON.stringify(rows)})`);

export const findAsset = (ctx: StudioCtx, id: string): Promise<AssetRow | undefined> =>
  ctx.db.select().from(assets).where(and(eq(assets.studio, ctx.studio), eq(assets.id, id))).get();

/** By id: the plus keeps SQLite from going through all that the studio has. */
export const findAssets = (ctx: StudioCtx, ids: string[]): Promise<AssetRow[]> =>
  ctx.db.select().from(assets).where(and(sql`+${assets.studio} = ${ctx.studio}`, sql`${assets.id} in (select value from json_each(${JSON.stringify(ids)}))`)).all();

/** Newest first. */
export function listAssets(ctx: StudioCtx, { project, kind, limit, cursor }: PageQuery & { project?: string | undefined; kind?: string | undefined }): Promise<AssetRow[]> {
  const filters: (SQL | undefined)[] = [eq(assets.studio, ctx.studio)];
  if (project !== undefined) filters.push(eq(assets.project, project));
  if (kind !== undefined) filters.push(eq(assets.kind, kind));
  if (cursor !== undefined) {
    const [at = 0, id = ""] = decodeCursor(cursor, 2);
    filters.push(or(lt(assets.createdAt, Number(at)), and(eq(assets.createdAt, Number(at)), lt(assets.id, String(id)))));
  }
  return ctx.db.select().from(assets).where(and(...filters)).orderBy(desc(assets.createdAt), desc(assets.id)).limit(limit + 1).all();
}

/** Whether the studio has this project. The table belongs to a later domain: all that is asked of it here is whose it is. */
export const hasProject = async (ctx: StudioCtx, project: string): Promise<boolean> =>
  (await ctx.db.get(sql`select 1 from projects where id = ${project} and studio = ${ctx.studio} and deleted_at is null`)) !== undefined;

export const insertUpload = (ctx: Ctx, row: UploadRow): Write => ctx.db.insert(uploads).values(row);

export const findUpload = (ctx: StudioCtx, id: string): Promise<UploadRow | undefined> =>
  ctx.db.select().from(uploads).where(and(eq(uploads.studio, ctx.studio), eq(uploads.id, id))).get();

/** Move an upload on, unless somebody else did. */
export const moveUpload = (ctx: Ctx, { id, status }: UploadRow, to: Partial<Pick<UploadRow, "status" | "asset" | "problem">>): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from uploads where id = ${id} and status = ${status})`),
  ctx.db.update(uploads).set(to).where(eq(uploads.id, id)),
];

export const listUploads = (ctx: StudioCtx, statuses: UploadRow["status"][]): Promise<UploadRow[]> =>
  ctx.db.select().from(uploads).where(and(eq(uploads.studio, ctx.studio), inArray(uploads.status, statuses))).orderBy(desc(uploads.createdAt)).limit(100).all();
