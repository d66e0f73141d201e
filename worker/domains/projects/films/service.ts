import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import type { Film } from "#film/film.ts";
import { filmChanged, type FilmChanged, type RestoreFilm } from "../contract.ts";
import * as store from "../store.ts";
import type { ProjectRow } from "../tables.ts";
import { putFilm, readFilm } from "./documents.ts";

type FilmChanged = z.infer<typeof FilmChanged>;

/** A part of the film that an edit sets. Two edits that began from the same version clash where both changed the same part. */
export interface Touch {
  /** As the caller knows it, e.g. `shot_… description`. */
  field: string;
  /** What the caller wants there. */
  yours: unknown;
  read(film: Film): unknown;
}

export interface FilmEdit {
  /** The film version that the edit began from; null where it holds for whatever the film is now. */
  base: number | null;
  /** What was done, in the past tense, for the history. */
  what: string;
  touches?: Touch[];
  /** Pure; may throw an `AppError`, and may be called again on a newer film. The version is set by the caller of it. */
  change(film: Film): Film;
}

const ATTEMPTS_MAX = 6;

/** What lists show of a film, kept in its row. */
export const rowOf = (film: Film) => ({
  title: film.title, style: film.style, aspect: film.aspect, language: film.language, filmVersion: film.version,
  scenes: film.scenes.length, shots: film.shots.length, lines: film.lines.length, characters: film.characters.length,
  seconds: film.scenes.reduce((sum, { seconds }) => sum + seconds, 0),
});

/** The film of a project, as it is now. */
export async function getFilm(ctx: StudioCtx, project: string): Promise<{ film: Film; version: number; hash: string }> {
  const row = await store.requireProject(ctx, project);
  return { film: await readFilm(ctx, row.filmHash), version: row.filmVersion, hash: row.filmHash };
}

/**
 * Change the film of a project. Edits of different parts that began from the same version merge; where the same part was changed
 * meanwhile, `film.changed` says with both values. A change that changes nothing makes no version.
 */
export async function changeFilm(ctx: StudioCtx, project: string, edit: FilmEdit): Promise<FilmChanged> {
  for (let attempt = 1; ; attempt += 1) {
    const row = await store.requireProject(ctx, project);
    const film = await readFilm(ctx, row.filmHash);
    await refuseClash(ctx, row, film, edit);
    const changed = { ...edit.change(film), version: film.version + 1 };
    if (JSON.stringify({ ...changed, version: film.version }) === JSON.stringify(film)) return answer(row, film.version);
    try {
      await commitFilm(ctx, row, changed, edit.what);
      return answer(row, changed.version);
    } catch (error) {
      if (!(error instanceof AppError && error.code === "resource.changed") || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

const answer = (row: ProjectRow, version: number): FilmChanged => ({ object: "film", project: row.id, filmVersion: version, previousVersion: row.filmVersion });

async function commitFilm(ctx: StudioCtx, row: ProjectRow, film: Film, what: string): Promise<void> {
  const hash = await putFilm(ctx, film);
  await commit(ctx, filmChanged(ctx.studio, row.id, { project: row.id, filmVersion: film.version, what }), [
    store.onlyIfSame(ctx, row),
    store.updateProject(ctx, row.id, { ...rowOf(film), filmHash: hash }),
    ...store.insertFilmVersion(ctx, { project: row.id, version: film.version, hash, script: film.script, what, at: ctx.now() }),
  ]);
}

async function refuseClash(ctx: StudioCtx, row: ProjectRow, film: Film, { base, touches = [] }: FilmEdit): Promise<void> {
  if (base === null || base === film.version) return;
  const began = base < film.version ? await store.findFilmVersion(ctx, row.id, base) : undefined;
  if (!began) throw new AppError("film.changed", "Your edit began from a version that is no longer kept. Load the film again and repeat it.", { filmVersion: film.version, conflicts: [] });
  const before = await readFilm(ctx, began.hash);
  const conflicts = touches.flatMap(({ field, yours, read }) => {
    const theirs = read(film);
    const isSame = JSON.stringify(theirs) === JSON.stringify(read(before)) || JSON.stringify(theirs) === JSON.stringify(yours);
    return isSame ? [] : [{ field, yours, theirs: theirs ?? null }];
  });
  if (conflicts.length === 0) return;
  throw new AppError("film.changed", `${conflicts.map(({ field }) => field).join(", ")} changed since you began. Choose which to keep, and send it with base ${film.version}.`, { filmVersion: film.version, conflicts });
}

/** Put an earlier state of the film back: undo. It must be of the same script, since scripts have versions of their own. */
export async function restoreFilm(ctx: StudioCtx, project: string, { base, version }: z.infer<typeof RestoreFilm>): Promise<FilmChanged> {
  await store.requireProject(ctx, project);
  const kept = await store.findFilmVersion(ctx, project, version);
  if (!kept) throw new AppError("version.not_found", "That state of the film is not kept. The last 200 are.");
  const old = await readFilm(ctx, kept.hash);
  return changeFilm(ctx, project, {
    base, what: `version ${version} was put back`,
    touches: [{ field: "film", yours: version, read: (film) => film.version }],
    change: (film) => {
      if (old.script !== film.script) throw new AppError("film.changed", "That state belongs to another text of the script. Restore the version of the script instead.", { filmVersion: film.version, conflicts: [] });
      return old;
    },
  });
}
