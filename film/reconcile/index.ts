export { type CharacterChanges, editCharacter, editCue, editLocation, editTitle, moveShot, setEditList } from "./edit-film.ts";
export type { EditRefusal, EditResult, FieldConflict } from "./edit-result.ts";
export { type ShotChanges, addShot, editShot, removeShot, restoreShot, splitShot } from "./edit-shots.ts";
export { type NewFilm, type NewId, newFilm } from "./new-film.ts";
export { type ReadScript, reconcile } from "./reconcile.ts";
