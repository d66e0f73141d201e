import { describe, expect, test } from "vitest";
import type { Film } from "../film.ts";
import { parseFountain } from "../fountain/index.ts";
import { type EditResult, addShot, editCharacter, editCue, editLocation, editShot, editTitle, moveShot, newFilm, reconcile, removeShot, restoreShot, setEditList, splitShot } from "./index.ts";

const TEXT = "INT. KITCHEN - DAY\n\nMARTA (40s) peels an orange.\n\nMARTA\nYou came back, and you did not even knock on the door.\n\nPAUL\nI never left this house, not for one day of it.\n\nPaul puts a key on the table.\n\nEXT. YARD - NIGHT\n\nRain.\n";

function world() {
  let next = 0;
  const newId = (prefix: string) => `${prefix}_${(next += 1)}`;
  const read = (film: Film | null, text: string) => reconcile(film, { hash: text, document: parseFountain(text), newId });
  return { newId, read, film: read(newFilm({ title: "Home", style: "noir", aspect: "1:1", language: "en", seed: 5, newId }), TEXT) };
}
function made(result: EditResult): Film {
  if (!result.ok) throw new Error(result.detail);
  return result.film;
}
const idOf = (film: Film, index: number) => film.shots[index]?.id ?? "";

describe("two people edit one film", () => {
  test("different fields of a shot merge", () => {
    const { film } = world();
    const shot = idOf(film, 1);
    const first = made(editShot(film, { shot, fields: { framing: "close" }, base: film.version }));
    const both = made(editShot(first, { shot, fields: { seconds: 7 }, base: film.version }));
    expect(both.shots[1]).toMatchObject({ framing: "close", seconds: 7 });
  });
  test("the same field conflicts and names both values", () => {
    const { film } = world();
    const shot = idOf(film, 1);
    const first = made(editShot(film, { shot, fields: { framing: "close" }, base: film.version }));
    expect(editShot(first, { shot, fields: { framing: "wide" }, base: film.version })).toMatchObject({ ok: false, code: "conflict", fields: [{ field: "framing", yours: "wide", theirs: "close" }] });
    expect(editShot(first, { shot, fields: { framing: "close" }, base: film.version }).ok).toBe(true);
    expect(editShot(first, { shot, fields: { framing: "wide" }, base: first.version }).ok).toBe(true);
  });
  test("the edit list and a character's voice conflict alike", () => {
    const { film } = world();
    const louder = { ...film.editList, levels: { voice: 0, music: -9, sound: 0 } };
    const first = made(setEditList(film, { editList: louder, base: film.version }));
    expect(setEditList(first, { editList: film.editList, base: film.version })).toMatchObject({ ok: false, code: "conflict" });
    const character = film.characters[0]?.id ?? "";
    const voiced = made(editCharacter(film, { character, fields: { voice: "iris" }, base: film.version }));
    expect(editCharacter(voiced, { character, fields: { voice: "ada" }, base: film.version })).toMatchObject({ ok: false, code: "conflict" });
  });
});

describe("what a person does to shots", () => {
  test("a field set to null is as the script says again", () => {
    const { film } = world();
    const shot = idOf(film, 1);
    const edited = made(editShot(film, { shot, fields: { framing: "insert" }, base: film.version }));
    expect({ ...made(editShot(edited, { shot, fields: { framing: null }, base: edited.version })), version: 0 }).toEqual({ ...film, version: 0 });
  });
  test("nonsense is refused in words, and nothing changes", () => {
    const { film } = world();
    const shot = idOf(film, 0);
    for (const fields of [{ seconds: 61 }, { seconds: Number.NaN }, { cast: ["char_nobody"] }, { framing: "sideways" as never }]) expect(editShot(film, { shot, fields, base: film.version })).toMatchObject({ ok: false, code: "invalid" });
    expect(editShot(film, { shot: "shot_none", fields: {}, base: 1 })).toMatchObject({ ok: false, code: "not_found" });
  });
  test("a shot is split between its lines, and stays so when the script is read again", () => {
    const { film, newId, read } = world();
    const talk = film.shots.find(({ lines }) => lines.length > 0);
    const split = made(splitShot(film, { shot: talk?.id ?? "", afterLine: null, newId }));
    expect(split.shots.length).toBe(film.shots.length + 1);
    expect(new Set(split.shots.map(({ number }) => number)).size).toBe(split.shots.length);
    const again = read(split, `${TEXT}\nA dog barks far away in the night.\n`);
    expect(again.shots.slice(0, split.shots.length - 1).map(({ id }) => id)).toEqual(split.shots.slice(0, -1).map(({ id }) => id));
  });
  test("an added shot stays behind the shot that it was put behind", () => {
    const { film, newId, read } = world();
    const scene = film.scenes[0];
    const anchor = scene?.shots[1] ?? "";
    const fields = { description: "The clock.", framing: "insert", cameraMove: "static", cast: [], props: ["clock"], seconds: 2 } as const;
    const added = made(addShot(film, { scene: scene?.id ?? "", after: anchor, fields: { ...fields, cast: [], props: ["clock"] }, newId }));
    const again = read(added, `EXT. ELSEWHERE - DAY\n\nA train.\n\n${TEXT}`);
    const shots = again.scenes.find(({ id }) => id === scene?.id)?.shots ?? [];
    expect(again.shots.find(({ id }) => id === shots[shots.indexOf(anchor) + 1])?.description).toBe("The clock.");
  });
  test("a shot taken out gives its lines to its neighbour, and takes them back", () => {
    const { film } = world();
    const talk = film.shots.findIndex(({ lines }) => lines.length > 0);
    const shot = idOf(film, talk);
    const removed = made(removeShot(film, { shot }));
    expect(removed.shots.flatMap(({ lines }) => lines)).toEqual(film.shots.flatMap(({ lines }) => lines));
    const restored = made(restoreShot(removed, { shot, after: idOf(film, talk - 1) }));
    expect({ ...restored, version: 0 }).toEqual({ ...film, version: 0 });
  });
  test("a shot moved in the edit keeps its place in the script", () => {
    const { film } = world();
    const [opening] = film.titles;
    const moved = made(moveShot(film, { shot: idOf(film, 2), after: opening?.id ?? null, base: film.version }));
    expect(moved.editList.entries.slice(0, 2).map(({ id }) => id)).toEqual([opening?.id, idOf(film, 2)]);
    expect(moved.shots).toEqual(film.shots);
  });
});

test("places, music and cards are what a person makes of them, also after the next reading", () => {
  const { film, read } = world();
  const [place] = film.locations;
  const [cue] = film.cues;
  const [card] = film.titles;
  const described = made(editLocation(film, { location: place?.id ?? "", description: "Blue tiles, one cracked." }));
  const scored = made(editCue(described, { cue: cue?.id ?? "", mood: "epic" }));
  const titled = made(editTitle(scored, { card: card?.id ?? "", fields: { title: "Home again", seconds: 4 } }));
  const after = read(titled, `${TEXT}\nA dog barks.\n`);
  expect(after.locations[0]).toEqual({ ...place, description: "Blue tiles, one cracked." });
  expect(after.cues).toEqual([{ ...cue, mood: "epic" }]);
  expect(after.titles[0]).toEqual({ ...card, title: "Home again", seconds: 4 });
});

test("the first script gives the film its mood and its credit", () => {
  const { read } = world();
  const film = read(null, "Title: The Well\nAuthor: Ana Prat\n\nINT. CELLAR - NIGHT\n\nBlood. A knife. Someone screams and runs from the shotgun.\n");
  expect(film).toMatchObject({ title: "The Well", cues: [{ mood: "tense", scene: null }] });
  expect(film.titles[0]).toMatchObject({ role: "opening", title: "The Well", subtitle: "by Ana Prat" });
});
