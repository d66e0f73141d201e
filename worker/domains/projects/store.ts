import { and, desc, eq, isNotNull, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { filmVersions, projects, scriptVersions, type FilmVersionRow, type ProjectRow, type ScriptVersionRow } from "./tables.ts";

/** So many states of a film are kept for undo. */
const FILM_VERSIONS_KEPT = 200;

const own = (ctx: StudioCtx, id: string) => and(eq(projects.studio, ctx.studio), eq(projects.id, id));

export const missing = (): AppError => new AppError("project.not_found", "This studio has no such project.");

/** A project of the studio that is not deleted. */
export async function requireProject(ctx: StudioCtx, id: string): Promise<ProjectRow> {
  const row = await ctx.db.select().from(projects).where(and(own(ctx, id), isNull(projects.deletedAt))).get();
  if (!row) throw missing();
  return row;
}

export const findProject = (ctx: StudioCtx, id: string): Promise<ProjectRow | undefined> => ctx.db.select().from(projects).where(own(ctx, id)).get();

export type ListFilter = { deleted: boolean; after: { updatedAt: number; id: string } | null; limit: number };

export const listProjects = (ctx: StudioCtx, { deleted, after, limit }: ListFilter): Promise<ProjectRow[]> =>
  ctx.db.select().from(projects).where(and(
    eq(projects.studio, ctx.studio),
    deleted ? isNotNull(projects.deletedAt) : isNull(projects.deletedAt),
    after ? or(lt(projects.updatedAt, after.updatedAt), and(eq(projects.updatedAt, after.updatedAt), lt(projects.id, after.id))) : undefined,
  )).orderBy(desc(projects.updatedAt), desc(projects.id)).limit(limit);

export const insertProject = (ctx: Ctx, row: ProjectRow): Write => ctx.db.insert(projects).values(row);

export const updateProject = (ctx: StudioCtx, id: string, fields: Partial<Omit<ProjectRow, "id" | "studio">>): Write =>
  ctx.db.update(projects).set({ ...fields, updatedAt: ctx.now() }).where(own(ctx, id));

/** Only if film and draft are still those that this row has. */
export const onlyIfSame = (ctx: StudioCtx, { id, filmVersion, scriptVersion }: ProjectRow): Write =>
  onlyIf(ctx.db, sql`exists (select 1 from projects where id = ${id} and studio = ${ctx.studio} and deleted_at is null and film_version = ${filmVersion} and script_version = ${scriptVersion})`);

export const insertFilmVersion = (ctx: Ctx, row: FilmVersionRow): Write[] => [
  ctx.db.insert(filmVersions).values(row),
  ctx.db.delete(filmVersions).where(and(eq(filmVersions.project, row.project), lte(filmVersions.version, row.version - FILM_VERSIONS_KEPT))),
];

export const findFilmVersion = (ctx: Ctx, project: string, version: number): Promise<FilmVersionRow | undefined> =>
  ctx.db.select().from(filmVersions).where(and(eq(filmVersions.project, project), eq(filmVersions.version, version))).get();

export const insertScriptVersion = (ctx: Ctx, row: ScriptVersionRow): Write => ctx.db.insert(scriptVersions).values(row);

export const newestScriptVersion = (ctx: Ctx, project: string): Promise<ScriptVersionRow | undefined> =>
  ctx.db.select().from(scriptVersions).where(eq(scriptVersions.project, project)).orderBy(desc(scriptVersions.createdAt), desc(scriptVersions.id)).limit(1).get();

export const listScriptVersions = (ctx: Ctx, project: string, after: { createdAt: number; id: string } | null, limit: number): Promise<ScriptVersionRow[]> =>
  ctx.db.select().from(scriptVersions).where(and(
    eq(scriptVersions.project, project),
    after ? or(lt(scriptVersions.createdAt, after.createdAt), and(eq(scriptVersions.createdAt, after.createdAt), lt(scriptVersions.id, after.id))) : undefined,
  )).orderBy(desc(scriptVersions.createdAt), desc(scriptVersions.id)).limit(limit);

export async function requireScriptVersion(ctx: StudioCtx, project: string, id: string): Promise<ScriptVersionRow> {
  const row = await ctx.db.select().from(scriptVersions).where(and(eq(scriptVersions.studio, ctx.studio), eq(scriptVersions.project, project), eq(scriptVersions.id, id))).get();
  if (!row) throw new AppError("version.not_found", "This project has no such version.");
  return row;
}

/** Note that a version has this text. It changes nothing that anybody sees, so the project keeps its place in lists. */
export const markKept = (ctx: StudioCtx, id: string, hash: string): Write => ctx.db.update(projects).set({ versionedHash: hash }).where(own(ctx, id));

/** Drafts that nobody touched for a while and that no version keeps yet. */
export const listUnkeptDrafts = (ctx: Ctx, savedBefore: number, limit: number): Promise<ProjectRow[]> =>
  ctx.db.select().from(projects).where(and(sql`script_hash is not versioned_hash`, lte(projects.scriptSavedAt, savedBefore))).orderBy(projects.scriptSavedAt).limit(limit);
