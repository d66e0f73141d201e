import { type Film, type Shot, type ShotFields, cameraMoves, framings } from "../film.ts";
import { toFrames } from "../timing.ts";
import { type EditRefusal, type EditResult, changed, conflict, conflictsOf, refuse } from "./edit-result.ts";
import type { NewId } from "./new-film.ts";
import { number } from "./reconcile.ts";

const SECONDS_MAX = 60;
const SECONDS_MIN = 0.5;
const DESCRIPTION_MAX = 2000;

/** Fields to set; null puts back what the script says. */
export type ShotChanges = { [Field in keyof ShotFields]?: ShotFields[Field] | null };

/** Sets fields of a shot. Fields that somebody else set since `base` conflict; others merge. */
export function editShot(film: Film, { shot: id, fields, base }: { shot: string; fields: ShotChanges; base: number }): EditResult {
  const shot = film.shots.find((other) => other.id === id);
  if (!shot) return refuse("not_found", "This shot is no longer in the film.");
  const wanted = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ShotChanges;
  const target: ShotFields = { ...shot, ...overlay(shot.derived, wanted) };
  const wrong = problemOf(film, target);
  if (wrong) return wrong;
  const asked = Object.fromEntries(Object.keys(wanted).map((field) => [field, Reflect.get(target, field)]));
  const conflicts = conflictsOf({ current: shot, edited: shot.edited, fields: asked, base });
  if (conflicts.length > 0) return conflict(`Shot ${shot.number}`, conflicts);
  const edited = { ...shot.edited };
  for (const field of Object.keys(wanted) as (keyof ShotFields)[]) {
    if (wanted[field] === null) delete edited[field];
    else edited[field] = film.version + 1;
  }
  const next: Shot = { ...shot, ...asked, edited };
  return changed(film, { shots: film.shots.map((other) => (other.id === id ? next : other)) });
}

/** The given fields, those that are null as derived. */
function overlay(derived: ShotFields, fields: ShotChanges): Partial<ShotFields> {
  const entries = Object.entries(fields).map(([field, value]) => [field, value === null ? Reflect.get(derived, field) : value]);
  return Object.fromEntries(entries.map(([field, value]) => [field, field === "seconds" && typeof value === "number" ? toFrames(value) : value]));
}

function problemOf(film: Film, { description, framing, cameraMove, cast, seconds }: ShotFields): EditRefusal | null {
  if (!framings.includes(framing)) return refuse("invalid", `There is no framing "${framing}".`);
  if (!cameraMoves.includes(cameraMove)) return refuse("invalid", `There is no camera move "${cameraMove}".`);
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) return refuse("invalid", `A shot lasts from ${SECONDS_MIN} to ${SECONDS_MAX} seconds.`);
  if (description.length > DESCRIPTION_MAX) return refuse("invalid", `A description has at most ${DESCRIPTION_MAX} characters.`);
  const stranger = cast.find((id) => !film.characters.some((character) => character.id === id));
  return stranger === undefined ? null : refuse("invalid", `${stranger} is nobody in this film.`);
}

/** A film with other shots in a scene, and the slates numbered again. */
function withShots(film: Film, { shots, scene, order }: { shots: Shot[]; scene: string; order: string[] }): Partial<Film> {
  const copies = shots.map((shot) => ({ ...shot }));
  const scenes = film.scenes.map((other) => (other.id === scene ? { ...other, shots: order } : other));
  number(scenes, copies);
  return { scenes, shots: copies };
}

/** Adds a shot after another of its scene, or before all where `after` is null. */
export function addShot(film: Film, { scene: sceneId, after, fields, newId }: { scene: string; after: string | null; fields: ShotFields; newId: NewId }): EditResult {
  const scene = film.scenes.find(({ id }) => id === sceneId);
  const at = after === null ? 0 : (scene?.shots.indexOf(after) ?? -1) + 1;
  if (!scene || (after !== null && at === 0)) return refuse("not_found", "The place for the new shot is no longer in the film.");
  const placed = { ...fields, seconds: toFrames(fields.seconds) };
  const wrong = problemOf(film, placed);
  if (wrong) return wrong;
  const version = film.version + 1;
  const shot: Shot = { ...placed, id: newId("shot"), scene: sceneId, number: "", lines: [], derived: placed, edited: {}, added: version, source: { start: scene.source.start, end: scene.source.start } };
  return changed(film, withShots(film, { shots: insertAfter(film.shots, { shot, after: scene.shots[at - 1] ?? null, scene: sceneId }), scene: sceneId, order: scene.shots.toSpliced(at, 0, shot.id) }));
}

function insertAfter(shots: Shot[], { shot, after, scene }: { shot: Shot; after: string | null; scene: string }): Shot[] {
  const at = after === null ? shots.findIndex((other) => other.scene === scene) : shots.findIndex(({ id }) => id === after) + 1;
  return shots.toSpliced(at < 0 ? shots.length : at, 0, shot);
}

/** Divides a shot in two: lines after `afterLine` go to the second; a silent shot is divided in the middle of its time. */
export function splitShot(film: Film, { shot: id, afterLine, newId }: { shot: string; afterLine: string | null; newId: NewId }): EditResult {
  const shot = film.shots.find((other) => other.id === id);
  const scene = film.scenes.find(({ shots }) => shots.includes(id));
  if (!shot || !scene) return refuse("not_found", "This shot is no longer in the film.");
  const cut = afterLine === null ? shot.lines.length : shot.lines.indexOf(afterLine) + 1;
  if (afterLine !== null && cut === 0) return refuse("not_found", "This line is not in the shot.");
  if (shot.seconds < 2 * SECONDS_MIN) return refuse("invalid", "The shot is too short to be divided.");
  const version = film.version + 1;
  const half = toFrames(shot.seconds / 2);
  const rest = toFrames(shot.seconds - half);
  const { description, framing, cameraMove, cast, props } = shot;
  const derived: ShotFields = { description, framing, cameraMove, cast, props, seconds: rest };
  const second: Shot = { ...derived, id: newId("shot"), scene: shot.scene, number: "", lines: shot.lines.slice(cut), derived, edited: {}, added: version, source: shot.source };
  const first: Shot = { ...shot, lines: shot.lines.slice(0, cut), seconds: half, edited: { ...shot.edited, seconds: version } };
  const shots = insertAfter(film.shots.map((other) => (other.id === id ? first : other)), { shot: second, after: id, scene: scene.id });
  return changed(film, withShots(film, { shots, scene: scene.id, order: scene.shots.toSpliced(scene.shots.indexOf(id) + 1, 0, second.id) }));
}

/** Takes a shot out of the film, into the archive. What is spoken in it is heard over its neighbour; the last shot of a scene stays. */
export function removeShot(film: Film, { shot: id }: { shot: string }): EditResult {
  const shot = film.shots.find((other) => other.id === id);
  const scene = film.scenes.find(({ shots }) => shots.includes(id));
  if (!shot || !scene) return refuse("not_found", "This shot is no longer in the film.");
  const at = scene.shots.indexOf(id);
  const heir = scene.shots[at - 1] ?? scene.shots[at + 1];
  if (heir === undefined) return refuse("invalid", "A scene keeps at least one shot. Leave it out in the edit list instead.");
  const inherit = (other: Shot): Shot => (other.id !== heir ? other : { ...other, lines: at > 0 ? [...other.lines, ...shot.lines] : [...shot.lines, ...other.lines] });
  const shots = film.shots.filter((other) => other.id !== id).map(inherit);
  const archived = { ...film.archived, shots: [...film.archived.shots.filter((other) => other.id !== id), { ...shot, removed: film.version + 1 }] };
  return changed(film, { ...withShots(film, { shots, scene: scene.id, order: scene.shots.filter((other) => other !== id) }), archived });
}

/** Puts back a shot that a person took out, with its edits and, as far as they are still there, its lines. */
export function restoreShot(film: Film, { shot: id, after }: { shot: string; after: string | null }): EditResult {
  const shot = film.archived.shots.find((other) => other.id === id && other.removed !== undefined);
  const scene = film.scenes.find((other) => other.id === shot?.scene);
  const at = after === null ? 0 : (scene?.shots.indexOf(after) ?? -1) + 1;
  if (!shot || !scene || (after !== null && at === 0)) return refuse("not_found", "This shot cannot be put back: its scene or its place is gone.");
  const { removed: _removed, ...restored } = shot;
  const own = restored.lines.filter((line) => scene.lines.includes(line));
  const others = film.shots.map((other) => (other.scene === scene.id ? { ...other, lines: other.lines.filter((line) => !own.includes(line)) } : other));
  const shots = insertAfter(others, { shot: { ...restored, lines: own }, after, scene: scene.id });
  const archived = { ...film.archived, shots: film.archived.shots.filter((other) => other.id !== id) };
  return changed(film, { ...withShots(film, { shots, scene: scene.id, order: scene.shots.toSpliced(at, 0, id) }), archived });
}
