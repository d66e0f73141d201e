import fc from "fast-check";
import { musicMoods, type EditEntry, type Film } from "../film.ts";
import { entriesOf } from "../recipes/order.ts";

/** An edit that a person may make. */
export type Edit = (film: Film) => Film;

/** Edits of the edit list: another order, other trims and transitions, other levels, lines that lie elsewhere. Nothing is left out by them. */
export const listEdits: fc.Arbitrary<Edit> = fc
  .record({ by: fc.nat(9), at: fc.nat(), trimStart: fc.nat(30), trimEnd: fc.nat(30), transition: fc.constantFrom("cut", "dissolve", "fade"), voice: fc.integer({ min: -12, max: 6 }), offset: fc.integer({ min: -24, max: 24 }) })
  .map(({ by, at, voice, offset, ...entry }) => (film) => {
    const order = entriesOf(film);
    const turn = by % Math.max(1, order.length);
    const turned = [...order.slice(turn), ...order.slice(0, turn)];
    const entries = turned.map((old, place): EditEntry => (place === at % turned.length ? { ...old, ...entry } : old));
    const line = film.lines[at % Math.max(1, film.lines.length)]?.id;
    const offsets = line === undefined ? film.editList.offsets : { ...film.editList.offsets, [line]: offset };
    return { ...film, editList: { entries, levels: { ...film.editList.levels, voice }, offsets } };
  });

/** Edits of what is in the film: a shot's fields, what a line says, the music. */
export const contentEdits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at: fc.nat(), description: fc.string({ maxLength: 8 }), frames: fc.integer({ min: 12, max: 300 }) }).map(
    ({ at, description, frames }): Edit => (film) => ({ ...film, shots: film.shots.map((shot, place) => (place === at % film.shots.length ? { ...shot, description, seconds: frames / 24 } : shot)) }),
  ),
  fc.record({ at: fc.nat(), text: fc.string({ minLength: 1, maxLength: 30 }) }).map(
    ({ at, text }): Edit => (film) => ({ ...film, lines: film.lines.map((line, place) => (place === at % film.lines.length ? { ...line, text } : line)) }),
  ),
  fc.constantFrom(...musicMoods).map((mood): Edit => (film) => ({ ...film, cues: film.cues.map((cue) => ({ ...cue, mood })) })),
);

/** Any of both kinds, one after another. */
export const edits: fc.Arbitrary<Edit> = fc
  .array(fc.oneof(listEdits, contentEdits), { minLength: 1, maxLength: 4 })
  .map((all) => (film) => all.reduce((edited, edit) => edit(edited), film));
