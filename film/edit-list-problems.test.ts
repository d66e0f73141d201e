import fc from "fast-check";
import { expect, test } from "vitest";
import { editListProblems } from "./edit-list-problems.ts";
import { edits } from "./testing/edits.ts";
import { filmsWithShots } from "./testing/films.ts";

test("an edit list that the film can have is taken", () => {
  fc.assert(fc.property(filmsWithShots, edits, (film, edit) => void expect(editListProblems(film, edit(film).editList)).toEqual([])));
});

test("each thing in an edit list that makes no sense is pointed at", () => {
  const [film] = fc.sample(filmsWithShots, { numRuns: 1, seed: 7 });
  const shot = film?.shots[0]?.id;
  if (!film || shot === undefined) throw new Error("the sample has no shot");
  const entry = { id: shot, trimStart: 0, trimEnd: 0, transition: "cut" as const, omitted: false };
  const problems = editListProblems(film, {
    entries: [entry, { ...entry, trimEnd: -1 }, { ...entry, id: "shot_nowhere", trimStart: 1.5 }],
    levels: { voice: 13, music: Number.NaN, sound: -60 },
    offsets: { "line/nowhere": 3 },
  });
  expect(problems.map(({ pointer }) => pointer)).toEqual(["/entries/1/id", "/entries/1/trimEnd", "/entries/2/id", "/entries/2/trimStart", "/levels/voice", "/levels/music", "/offsets/line~1nowhere"]);
});
