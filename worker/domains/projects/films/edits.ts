import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { AppError, type ProblemCode } from "#core/errors.ts";
import type { Film, ShotFields } from "#film/film.ts";
import * as edits from "#film/reconcile/index.ts";
import type { AddShot, EditCharacter, EditShot, FilmChanged, MoveShot, PutEditList, ShotAdded, SplitShot } from "../contract.ts";
import { changeFilm, getFilm, type FilmEdit, type Touch } from "./service.ts";
import { linesById, toShot } from "./views.ts";

type FilmChanged = z.infer<typeof FilmChanged>;
type ShotAdded = z.infer<typeof ShotAdded>;

const SECONDS_OF_NEW_SHOT = 3;

/** The film that an edit makes, or the problem that stands in its way. */
function made(result: edits.EditResult, missing: ProblemCode, film: Film): Film {
  if (result.ok) return result.film;
  const { code, detail, fields } = result;
  if (code === "not_found") throw new AppError(missing, detail);
  if (code === "conflict") throw new AppError("film.changed", detail, { filmVersion: film.version, conflicts: fields });
  throw new AppError("request.invalid", detail);
}

/** Set fields of a shot; null puts back what the script says. */
export const editShot = (ctx: StudioCtx, project: string, shot: string, { base, fields }: z.infer<typeof EditShot>): Promise<FilmChanged> =>
  changeFilm(ctx, project, { base: null, what: "a shot was changed", change: (film) => made(edits.editShot(film, { shot, fields, base }), "shot.not_found", film) });

/** Add a shot to a scene. */
export function addShot(ctx: StudioCtx, project: string, { scene, after, description, framing }: z.infer<typeof AddShot>): Promise<ShotAdded> {
  const fields: ShotFields = { description, framing, cameraMove: "static", cast: [], props: [], seconds: SECONDS_OF_NEW_SHOT };
  return withNewShot(ctx, project, { base: null, what: "a shot was added" }, (film) => edits.addShot(film, { scene, after, fields, newId: ctx.newId }));
}

/** Divide a shot in two: what is spoken in it stays with the first half, unless `afterLine` says where to divide. */
export function splitShot(ctx: StudioCtx, project: string, shot: string, { base, afterLine }: z.infer<typeof SplitShot>): Promise<ShotAdded> {
  const edit = { base, what: "a shot was divided", touches: [{ field: shot, yours: null, read: (film: Film) => fieldsOf(film, shot) }] };
  return withNewShot(ctx, project, edit, (film) => edits.splitShot(film, { shot, afterLine, newId: ctx.newId }));
}

async function withNewShot(ctx: StudioCtx, project: string, edit: Omit<FilmEdit, "change">, add: (film: Film) => edits.EditResult): Promise<ShotAdded> {
  let added = "";
  const changed = await changeFilm(ctx, project, {
    ...edit,
    change: (film) => {
      const next = made(add(film), "shot.not_found", film);
      const before = new Set(film.shots.map(({ id }) => id));
      added = next.shots.find(({ id }) => !before.has(id))?.id ?? "";
      return next;
    },
  });
  const { film } = await getFilm(ctx, project);
  const shot = film.shots.find(({ id }) => id === added);
  return shot ? { ...changed, shot: toShot(shot, linesById(film)) } : changed;
}

/** Take a shot out of the film. What is spoken in it is heard over its neighbour. */
export const removeShot = (ctx: StudioCtx, project: string, shot: string, base: number): Promise<FilmChanged> =>
  changeFilm(ctx, project, {
    base, what: "a shot was taken out",
    touches: [{ field: shot, yours: null, read: (film) => fieldsOf(film, shot) }],
    change: (film) => made(edits.removeShot(film, { shot }), "shot.not_found", film),
  });

const fieldsOf = (film: Film, id: string): unknown => {
  const shot = film.shots.find((other) => other.id === id);
  return shot && { description: shot.description, framing: shot.framing, cameraMove: shot.cameraMove, cast: shot.cast, props: shot.props, seconds: shot.seconds };
};

/** Move a shot within the edit; an edit of the order since `base` conflicts. */
export const moveShot = (ctx: StudioCtx, project: string, shot: string, { base, after }: z.infer<typeof MoveShot>): Promise<FilmChanged> =>
  changeFilm(ctx, project, {
    base, what: "a shot was moved",
    touches: [{ field: "entries", yours: { shot, after }, read: (film) => film.editList.entries }],
    change: (film) => made(edits.moveShot(film, { shot, after, base: film.version }), "shot.not_found", film),
  });

/** Set voice, description or look of a character. Parts of the look that are not sent stay. */
export const editCharacter = (ctx: StudioCtx, project: string, character: string, { base, fields }: z.infer<typeof EditCharacter>): Promise<FilmChanged> =>
  changeFilm(ctx, project, {
    base: null, what: "a character was changed",
    change: (film) => {
      const { look, ...others } = fields;
      const current = film.characters.find(({ id }) => id === character)?.look;
      const wanted = { ...others, ...(look && current ? { look: { ...current, ...look } } : {}) };
      return made(edits.editCharacter(film, { character, fields: wanted, base }), "character.not_found", film);
    },
  });

/** Change the edit: order and trims, levels, lines across shots, moods and cards. Each of these merges with the others. */
export function putEditList(ctx: StudioCtx, project: string, { base, entries, levels, offsets, cues = [], titles = [] }: z.infer<typeof PutEditList>): Promise<FilmChanged> {
  const touches: Touch[] = [
    ...(entries ? [{ field: "entries", yours: entries, read: (film: Film) => film.editList.entries }] : []),
    ...(levels ? [{ field: "levels", yours: levels, read: (film: Film) => film.editList.levels }] : []),
    ...(offsets ? [{ field: "offsets", yours: offsets, read: (film: Film) => film.editList.offsets }] : []),
    ...cues.map(({ id, mood }) => ({ field: `cues ${id}`, yours: mood, read: (film: Film) => film.cues.find((cue) => cue.id === id)?.mood })),
    ...titles.map((card) => ({ field: `titles ${card.id}`, yours: wordsOf(card), read: (film: Film) => wordsOf(film.titles.find(({ id }) => id === card.id)) })),
  ];
  return changeFilm(ctx, project, {
    base, what: "the edit was changed", touches,
    change: (film) => {
      const { edited: _edited, ...current } = film.editList;
      const list = { entries: entries ?? current.entries, levels: levels ?? current.levels, offsets: offsets ?? current.offsets };
      let next = entries || levels || offsets ? made(edits.setEditList(film, { editList: list, base: film.version }), "shot.not_found", film) : film;
      for (const { id, mood } of cues) next = made(edits.editCue(next, { cue: id, mood }), "node.not_found", film);
      for (const { id, ...fields } of titles) next = made(edits.editTitle(next, { card: id, fields }), "node.not_found", film);
      return next;
    },
  });
}

const wordsOf = (card: { title: string; subtitle: string; seconds: number } | undefined): unknown => card && { title: card.title, subtitle: card.subtitle, seconds: card.seconds };
