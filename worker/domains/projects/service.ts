import type { StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { sha256 } from "#core/encoding.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { decodeCursor, toPage } from "#core/page.ts";
import type { Film } from "#film/film.ts";
import { newFilm } from "#film/reconcile/index.ts";
import { projectCreated, projectDeleted, projectRestored, projectUpdated, type CreateProject, type ListProjects, type Project, type UpdateProject } from "./contract.ts";
import { putFilm } from "./films/documents.ts";
import { changeFilm, rowOf, type Touch } from "./films/service.ts";
import * as store from "./store.ts";
import type { ProjectRow } from "./tables.ts";

const iso = (at: number): string => new Date(at).toISOString();

export const toProject = (row: ProjectRow): Project => ({
  object: "project", id: row.id, title: row.title, style: row.style, aspect: row.aspect, language: row.language, targetSeconds: row.targetSeconds,
  status: row.status, publication: row.publication, filmVersion: row.filmVersion,
  counts: { scenes: row.scenes, shots: row.shots, lines: row.lines, characters: row.characters },
  seconds: row.seconds, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt), deletedAt: row.deletedAt === null ? null : iso(row.deletedAt),
});

/** Begin a film. Nothing is written yet. */
export function createProject(ctx: StudioCtx, input: CreateProject): Promise<Project> {
  return once(ctx, {
    operation: "createProject", kind: "project", input,
    create: async (id, remember) => {
      const { targetSeconds, ...look } = input;
      const film = newFilm({ ...look, seed: Number.parseInt((await sha256(id)).slice(0, 8), 16), newId: ctx.newId });
      const row: ProjectRow = {
        id, studio: ctx.studio, ...rowOf(film), targetSeconds, status: "draft", publication: "private", filmHash: await putFilm(ctx, film),
        scriptHash: null, scriptFormat: null, scriptVersion: 0, scriptSavedAt: null, versionedHash: null,
        createdAt: ctx.now(), updatedAt: ctx.now(), deletedAt: null,
      };
      await commit(ctx, projectCreated(ctx.studio, id, { project: id }), [
        ...remember, store.insertProject(ctx, row),
        ...store.insertFilmVersion(ctx, { project: id, version: film.version, hash: row.filmHash, script: null, what: "the project was made", at: ctx.now() }),
      ]);
      return toProject(row);
    },
    read: async (id) => toProject(await store.requireProject(ctx, id)),
  });
}

export async function getProject(ctx: StudioCtx, id: string): Promise<Project> {
  return toProject(await store.requireProject(ctx, id));
}

/** Projects of the studio, the most recently changed first; or those that were deleted. */
export async function listProjects(ctx: StudioCtx, { limit, cursor, deleted }: ListProjects) {
  const position = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = position && { updatedAt: Number(position[0]), id: String(position[1]) };
  const rows = await store.listProjects(ctx, { deleted: deleted === "true", after, limit: limit + 1 });
  return toPage(rows, limit, toProject, ({ updatedAt, id }) => [updatedAt, id]);
}

/** Change what a project says of itself. Fields that are not sent stay; two people who change different ones both win. */
export async function updateProject(ctx: StudioCtx, id: string, { base, ...input }: UpdateProject): Promise<Project> {
  const fields = Object.keys(input);
  const { targetSeconds, ...look } = input;
  if (Object.keys(look).length > 0) {
    const touches = (Object.keys(look) as (keyof typeof look)[]).map((field): Touch => ({ field, yours: look[field], read: (film: Film) => film[field] }));
    await changeFilm(ctx, id, { base: base ?? null, what: `${fields.join(", ")} changed`, touches, change: (film) => withLook(film, look) });
  }
  await store.requireProject(ctx, id);
  if (fields.length > 0) {
    await commit(ctx, projectUpdated(ctx.studio, id, { project: id, fields }), [store.updateProject(ctx, id, targetSeconds === undefined ? {} : { targetSeconds })]);
  }
  return getProject(ctx, id);
}

/** The opening card says the film's title for as long as nobody wrote another on it. */
function withLook(film: Film, look: Partial<Pick<Film, "title" | "style" | "aspect" | "language">>): Film {
  const { title = film.title } = look;
  return { ...film, ...look, titles: film.titles.map((card) => (card.role === "opening" && card.title === film.title ? { ...card, title } : card)) };
}

/** Put a project away. It can be restored. */
export async function deleteProject(ctx: StudioCtx, id: string): Promise<void> {
  await store.requireProject(ctx, id);
  await commit(ctx, projectDeleted(ctx.studio, id, { project: id }), [store.updateProject(ctx, id, { deletedAt: ctx.now() })]);
}

/** Bring a deleted project back. One that is there already stays as it is. */
export async function restoreProject(ctx: StudioCtx, id: string): Promise<Project> {
  const row = await store.findProject(ctx, id);
  if (!row) throw store.missing();
  if (row.deletedAt === null) return toProject(row);
  await commit(ctx, projectRestored(ctx.studio, id, { project: id }), [store.updateProject(ctx, id, { deletedAt: null })]);
  return getProject(ctx, id);
}

/** What a run makes of a project's status, as a write for the run's own commit. */
export const setProjectStatus = (ctx: StudioCtx, id: string, status: Project["status"]): Write => store.updateProject(ctx, id, { status });
