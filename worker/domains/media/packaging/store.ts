import { and, asc, eq, isNotNull, lte, ne, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { batch, isDuplicate, onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit, commitAll, type DomainEvent } from "#core/events.ts";
import { packageOrdered } from "./contract.ts";
import { packages, type PackageRow } from "./tables.ts";

export const find = (ctx: Ctx, id: string): Promise<PackageRow | undefined> => ctx.db.select().from(packages).where(eq(packages.id, id)).get();

/** Every package of a film, those too that are being removed. */
export const listOfVideo = (ctx: Ctx, video: string): Promise<PackageRow[]> => ctx.db.select().from(packages).where(eq(packages.video, video)).all();

/** The package that a film is played from, if it has one. */
export const findReady = (ctx: Ctx, video: string): Promise<PackageRow | undefined> =>
  ctx.db.select().from(packages).where(and(eq(packages.video, video), eq(packages.state, "ready"))).get();

export const listDue = (ctx: Ctx, limit: number): Promise<PackageRow[]> =>
  ctx.db.select().from(packages).where(and(isNotNull(packages.dueAt), lte(packages.dueAt, ctx.now()))).orderBy(asc(packages.dueAt)).limit(limit).all();

/** Which of these films have a package, whatever its state. */
export const listPackaged = async (ctx: Ctx, videos: string[]): Promise<ReadonlySet<string>> => {
  const rows = await ctx.db.select({ video: packages.video }).from(packages).where(and(ne(packages.state, "removing"), sql`${packages.video} in (select value from json_each(${JSON.stringify(videos)}))`));
  return new Set(rows.map(({ video }) => video));
};

const ordered = ({ studio, id, video }: PackageRow): DomainEvent => packageOrdered(studio, id, { package: id, video });

/** Begins a package; false where the film has one already. */
export async function insert(ctx: Ctx, row: PackageRow): Promise<boolean> {
  try {
    await commit(ctx, ordered(row), [ctx.db.insert(packages).values(row)]);
    return true;
  } catch (error) {
    if (isDuplicate(error, "packages")) return false;
    throw error;
  }
}

/** Begins packages of many films by one statement. Where one of them got one meanwhile, each is begun by itself. */
export async function insertAll(ctx: Ctx, rows: readonly PackageRow[]): Promise<void> {
  const all = ctx.db.insert(packages).select(sql`select value ->> 'id', value ->> 'studio', value ->> 'video', value ->> 'sourceKey', value ->> 'sha256', value ->> 'state', value ->> 'uid', value ->> 'attempts', value ->> 'silences', value ->> 'failure',
      value ->> 'sentAt', value ->> 'dueAt', value ->> 'revision', value ->> 'createdAt', value ->> 'updatedAt' from json_each(${JSON.stringify(rows)})`);
  try {
    if (rows.length > 0) await commitAll(ctx, rows.map(ordered), [all]);
  } catch (error) {
    if (!isDuplicate(error, "packages")) throw error;
    for (const row of rows) await insert(ctx, row);
  }
}

/** Writes down a film at Stream that no package has a place for, so that it is deleted for certain. Known ones stay as they are. */
export const insertStray = (ctx: Ctx, row: PackageRow): Promise<unknown> => ctx.db.insert(packages).values(row).onConflictDoNothing().run();

type Fields = Partial<Omit<PackageRow, "id" | "studio" | "video" | "revision" | "createdAt" | "updatedAt">>;

/** Changes a package, with what happened by it; null where it changed since it was read: then somebody else decides. */
export async function move(ctx: Ctx, row: PackageRow, fields: Fields, event?: DomainEvent): Promise<PackageRow | null> {
  const next = { ...row, ...fields, revision: row.revision + 1, updatedAt: ctx.now() };
  return (await written(ctx, row, ctx.db.update(packages).set(next).where(eq(packages.id, row.id)), event)) ? next : null;
}

/** Forgets a package of which nothing is left; false where it changed since it was read. */
export const forget = (ctx: Ctx, row: PackageRow, event: DomainEvent): Promise<boolean> => written(ctx, row, ctx.db.delete(packages).where(eq(packages.id, row.id)), event);

async function written(ctx: Ctx, { id, revision }: PackageRow, write: Write, event: DomainEvent | undefined): Promise<boolean> {
  const writes = [onlyIf(ctx.db, sql`exists (select 1 from packages where id = ${id} and revision = ${revision})`), write];
  try {
    await (event ? commit(ctx, event, writes) : batch(ctx.db, writes));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "resource.changed") return false;
    throw error;
  }
}
