import { editListProblems } from "../edit-list-problems.ts";
import { type Character, type Cue, type EditList, type Film, type TitleCard, musicMoods } from "../film.ts";
import { entriesOf } from "../recipes/order.ts";
import { voiceCasts } from "../breakdown/index.ts";
import { type EditResult, changed, conflict, conflictsOf, refuse, same } from "./edit-result.ts";

/** Puts another edit list in place of the film's. Somebody else's since `base` conflicts, unless it is the same. */
export function setEditList(film: Film, { editList, base }: { editList: Omit<EditList, "edited">; base: number }): EditResult {
  const { edited = 0, ...current } = film.editList;
  if (edited > base && !same(editList, current)) return conflict("The edit", [{ field: "editList", yours: editList, theirs: current }]);
  const [problem] = editListProblems(film, editList);
  if (problem) return refuse("invalid", problem.detail);
  return changed(film, { editList: { ...editList, edited: film.version + 1 } });
}

/** Moves a shot or card in the edit, after another entry, or to the front where `after` is null. */
export function moveShot(film: Film, { shot, after, base }: { shot: string; after: string | null; base: number }): EditResult {
  const entries = entriesOf(film);
  const moved = entries.find(({ id }) => id === shot);
  const rest = entries.filter(({ id }) => id !== shot);
  const at = after === null ? 0 : rest.findIndex(({ id }) => id === after) + 1;
  if (!moved || (after !== null && at === 0)) return refuse("not_found", "This shot, or its new place, is no longer in the film.");
  const { levels, offsets } = film.editList;
  return setEditList(film, { editList: { entries: rest.toSpliced(at, 0, moved), levels, offsets }, base });
}

export type CharacterChanges = Partial<Pick<Character, "voice" | "description" | "look">>;

const HEX = /^#[0-9a-f]{6}$/i;

/** Sets voice, description or look of somebody. */
export function editCharacter(film: Film, { character: id, fields, base }: { character: string; fields: CharacterChanges; base: number }): EditResult {
  const character = film.characters.find((other) => other.id === id);
  if (!character) return refuse("not_found", "This character is no longer in the film.");
  const { voice, look } = fields;
  if (voice && ![...voiceCasts.women, ...voiceCasts.men].some((cast) => cast === voice)) return refuse("invalid", `There is no voice "${voice}".`);
  if (look && ![look.hair, look.skin, look.top, look.bottom].every((colour) => HEX.test(colour))) return refuse("invalid", "Colours are written like #1a2b3c.");
  if (look && !(look.height >= 0.3 && look.height <= 1.4)) return refuse("invalid", "A height is between 0.3 and 1.4 of an adult's.");
  const conflicts = conflictsOf({ current: character, edited: character.edited ?? {}, fields, base });
  if (conflicts.length > 0) return conflict(character.name, conflicts);
  const edited = { ...character.edited, ...Object.fromEntries(Object.keys(fields).map((field) => [field, film.version + 1])) };
  return changed(film, { characters: film.characters.map((other) => (other.id === id ? { ...other, ...fields, edited } : other)) });
}

/** Describes a place. */
export function editLocation(film: Film, { location: id, description }: { location: string; description: string }): EditResult {
  if (!film.locations.some((location) => location.id === id)) return refuse("not_found", "This place is no longer in the film.");
  return changed(film, { locations: film.locations.map((location) => (location.id === id ? { ...location, description } : location)) });
}

/** Chooses the mood of a cue. */
export function editCue(film: Film, { cue: id, mood }: { cue: string; mood: Cue["mood"] }): EditResult {
  if (!film.cues.some((cue) => cue.id === id)) return refuse("not_found", "This music is no longer in the film.");
  if (!musicMoods.includes(mood)) return refuse("invalid", `There is no mood "${mood}".`);
  return changed(film, { cues: film.cues.map((cue) => (cue.id === id ? { ...cue, mood } : cue)) });
}

/** Writes a title card. */
export function editTitle(film: Film, { card: id, fields }: { card: string; fields: Partial<Pick<TitleCard, "title" | "subtitle" | "seconds">> }): EditResult {
  if (!film.titles.some((card) => card.id === id)) return refuse("not_found", "This card is no longer in the film.");
  const { seconds } = fields;
  if (seconds !== undefined && !(seconds >= 1 && seconds <= 20)) return refuse("invalid", "A card lasts from 1 to 20 seconds.");
  return changed(film, { titles: film.titles.map((card) => (card.id === id ? { ...card, ...fields } : card)) });
}
