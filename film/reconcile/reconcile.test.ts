import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Film } from "../film.ts";
import { parseFountain } from "../fountain/index.ts";
import { editCharacter, editShot, reconcile, removeShot } from "./index.ts";

const counter = () => {
  let next = 0;
  return (prefix: string) => `${prefix}_${(next += 1)}`;
};
const session = () => {
  const newId = counter();
  return (previous: Film | null, text: string) => reconcile(previous, { hash: text, document: parseFountain(text), newId });
};

const OPENING = "INT. KITCHEN - DAY\n\nMARTA (40s) peels an orange.\n\nMARTA\nYou came back.\n\nPAUL\nI never left.\n\nPaul puts a key on the table.\n\n";
const GARDEN = "EXT. GARDEN - NIGHT\n\nRain. Marta digs with a spade.\n\nMARTA\nIt was here.\n\n";
const STREET = "EXT. STREET - DAWN\n\nPaul walks away with a suitcase.\n\nPAUL\nGoodbye, house.\n\n";

const idsByText = (film: Film) => new Map(film.lines.map(({ id, text }) => [text, id]));
const idsByHeading = (film: Film) => new Map(film.scenes.map(({ id, heading }) => [heading, id]));
const shotIds = (film: Film, heading: string) => film.scenes.find((scene) => scene.heading === heading)?.shots ?? [];

/** What must hold of any film: every reference leads somewhere, nothing is twice, archive and film are apart. */
function expectSound(film: Film): void {
  const ids = [...film.scenes, ...film.lines, ...film.shots, ...film.characters, ...film.locations].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const standing = new Set(ids);
  for (const { id } of [...film.archived.scenes, ...film.archived.lines, ...film.archived.shots]) expect(standing.has(id)).toBe(false);
  expect(film.scenes.flatMap(({ lines }) => lines)).toEqual(film.lines.map(({ id }) => id));
  expect(film.scenes.flatMap(({ shots }) => shots)).toEqual(film.shots.map(({ id }) => id));
  expect(film.shots.flatMap(({ lines }) => lines).toSorted()).toEqual(film.lines.map(({ id }) => id).toSorted());
  const people = new Set(film.characters.map(({ id }) => id));
  for (const { character } of film.lines) expect(people.has(character)).toBe(true);
  for (const { cast } of [...film.scenes, ...film.shots]) for (const id of cast) expect(people.has(id)).toBe(true);
  const numbers = film.shots.map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
}

describe("reading a script again", () => {
  test("changes nothing but the version when the text is the same", () => {
    const read = session();
    const film = read(null, OPENING + GARDEN);
    expect(read(film, OPENING + GARDEN)).toEqual({ ...film, version: film.version + 1 });
  });
  test("keeps every id when a scene is put in front, and gives new ones to the new scene only", () => {
    const read = session();
    const before = read(null, OPENING + GARDEN);
    const after = read(before, STREET + OPENING + GARDEN);
    expectSound(after);
    for (const [heading, id] of idsByHeading(before)) expect(idsByHeading(after).get(heading)).toBe(id);
    for (const [text, id] of idsByText(before)) expect(idsByText(after).get(text)).toBe(id);
    expect(shotIds(after, "INT. KITCHEN - DAY")).toEqual(shotIds(before, "INT. KITCHEN - DAY"));
    expect(after.characters.find(({ name }) => name === "MARTA")).toEqual(before.characters.find(({ name }) => name === "MARTA"));
  });
  test("keeps the id of a line whose words are changed a little, and of its shot with the edit on it", () => {
    const read = session();
    const film = read(null, OPENING);
    const line = film.lines[1];
    const shot = film.shots.find(({ lines }) => line && lines.includes(line.id));
    const edited = editShot(film, { shot: shot?.id ?? "", fields: { framing: "extreme-close" }, base: film.version });
    if (!edited.ok) throw new Error(edited.detail);
    const after = read(edited.film, OPENING.replace("I never left.", "I never left you."));
    expect(after.lines[1]).toMatchObject({ id: line?.id, text: "I never left you." });
    expect(after.shots.find(({ id }) => id === shot?.id)).toMatchObject({ framing: "extreme-close", lines: shot?.lines });
  });
  test("a line deleted and put back has its id, its shot and its edits again", () => {
    const read = session();
    const film = read(null, OPENING + GARDEN);
    const shot = film.shots.find(({ lines }) => lines.includes(idsByText(film).get("It was here.") ?? ""));
    const edited = editShot(film, { shot: shot?.id ?? "", fields: { description: "Mud on her hands." }, base: film.version });
    if (!edited.ok) throw new Error(edited.detail);
    const without = read(edited.film, (OPENING + GARDEN).replace("MARTA\nIt was here.\n\n", ""));
    expectSound(without);
    expect(without.archived.lines.map(({ text }) => text)).toEqual(["It was here."]);
    const again = read(without, OPENING + GARDEN);
    expect({ ...again, version: 0 }).toEqual({ ...edited.film, version: 0 });
  });
  test("a script that is emptied and pasted again is the film that it was, with its cast and all edits", () => {
    const read = session();
    let film = read(null, OPENING + GARDEN + STREET);
    for (const { id } of film.shots) {
      const edited = editShot(film, { shot: id, fields: { cameraMove: "handheld" }, base: film.version });
      if (edited.ok) film = edited.film;
    }
    const voiced = editCharacter(film, { character: film.characters[0]?.id ?? "", fields: { voice: "grace", description: "Tired." }, base: film.version });
    if (!voiced.ok) throw new Error(voiced.detail);
    const empty = read(voiced.film, "\n");
    expect([empty.scenes, empty.shots, empty.lines, empty.characters]).toEqual([[], [], [], []]);
    expect({ ...read(empty, OPENING + GARDEN + STREET), version: 0 }).toEqual({ ...voiced.film, version: 0 });
  });
  test("a character renamed throughout keeps id, look and voice", () => {
    const read = session();
    const before = read(null, OPENING + GARDEN);
    const after = read(before, (OPENING + GARDEN).replaceAll("MARTA", "GRETA").replaceAll("Marta", "Greta"));
    const [marta] = before.characters;
    expect(after.characters.find(({ name }) => name === "GRETA")).toMatchObject({ id: marta?.id, look: marta?.look, voice: marta?.voice });
    expect(after.lines.map(({ id }) => id)).toEqual(before.lines.map(({ id }) => id));
  });
  test("a shot that a person took out stays out", () => {
    const read = session();
    const film = read(null, OPENING);
    const [first, second] = film.shots;
    const removed = removeShot(film, { shot: second?.id ?? "" });
    if (!removed.ok) throw new Error(removed.detail);
    expectSound(removed.film);
    const after = read(removed.film, OPENING + GARDEN);
    expectSound(after);
    expect(after.shots.map(({ id }) => id)).not.toContain(second?.id);
    expect(after.shots[0]?.id).toBe(first?.id);
  });
});

describe("random scripts and edits", () => {
  const sayings = ["Yes.", "No.", "I never said that.", "Where is the lantern?", "Nobody comes here.", "You lied to me about the boat.", "Listen."];
  const doings = ["A train passes the window.", "Rain on the glass roof.", "She opens the red door slowly.", "He drops a lantern into the well.", "Nothing moves.", "A dog barks twice behind the barn."];
  const beat = fc.oneof(
    fc.tuple(fc.constantFrom("ANNA", "BERT", "CARO"), fc.constantFrom(...sayings)).map(([who, what]) => `${who}\n${what}`),
    fc.constantFrom(...doings),
  );
  const scene = fc.record({ heading: fc.constantFrom("INT. BARN - NIGHT", "EXT. FIELD - DAY", "INT. TRAIN - DAWN"), beats: fc.array(beat, { minLength: 1, maxLength: 5 }) });
  const script = fc.array(scene, { minLength: 1, maxLength: 6 });
  /** Texts that stand in the script once, so that it is beyond doubt which is which. */
  const distinct = script.map((scenes) => scenes.map(({ heading, beats }, index) => ({ heading: `${heading.replace(" - ", ` ${index} - `)}`, beats: beats.map((text, place) => text.replace(/\.$|\?$/, ` ${"abcdefgh"[index]}${place}.`)) })));
  const write = (scenes: { heading: string; beats: string[] }[]) => scenes.map(({ heading, beats }) => [heading, ...beats].join("\n\n")).join("\n\n");

  test("any text after any other makes a sound film", () => {
    fc.assert(
      fc.property(fc.array(script.map(write), { minLength: 2, maxLength: 5 }), (versions) => {
        const read = session();
        let film: Film | null = null;
        for (const text of versions) expectSound((film = read(film, text)));
      }),
      { numRuns: 400 },
    );
  });
  test("reordering, dropping and inserting scenes keeps the ids of all that is unchanged", () => {
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat(1000)), (scenes, stream) => {
        const read = session();
        const before = read(null, write(scenes));
        const order = scenes.map((item) => ({ item, rank: stream.next().value ?? 0 })).sort((a, b) => a.rank - b.rank).filter(({ rank }) => rank % 5 > 0).map(({ item }) => item);
        const after = read(before, write(order.toSpliced(order.length >> 1, 0, { heading: "EXT. SOMEWHERE NEW - NIGHT", beats: ["A comet crosses the sky over a frozen harbour."] })));
        expectSound(after);
        const linesBefore = idsByText(before);
        for (const { text, id } of after.lines) expect(id).toBe(linesBefore.get(text));
        const scenesBefore = idsByHeading(before);
        for (const { heading, id } of after.scenes) if (heading !== "EXT. SOMEWHERE NEW - NIGHT") expect(id).toBe(scenesBefore.get(heading));
        const known = new Map(before.shots.map((shot) => [shot.id, shot]));
        for (const scene of after.scenes) if (scenesBefore.has(scene.heading)) expect(shotIds(after, scene.heading ?? "")).toEqual(shotIds(before, scene.heading ?? ""));
        for (const shot of after.shots) if (known.has(shot.id)) expect(shot.derived.description).toBe(known.get(shot.id)?.derived.description);
      }),
      { numRuns: 400 },
    );
  });
  test("what is deleted and put back is as it was, edits included", () => {
    fc.assert(
      fc.property(distinct, fc.nat(100), fc.nat(100), (scenes, which, what) => {
        const read = session();
        let film = read(null, write(scenes));
        for (const [index, shot] of film.shots.entries()) {
          const result = index % 2 === 0 ? editShot(film, { shot: shot.id, fields: { description: `Edited ${index}` }, base: film.version }) : null;
          if (result?.ok) film = result.film;
        }
        const victim = scenes[which % scenes.length];
        const gone = scenes.flatMap((item) => (item !== victim ? [item] : what % 2 === 0 ? [] : [{ ...item, beats: item.beats.toSpliced(what % item.beats.length, 1) }]));
        const without = read(film, write(gone));
        expectSound(without);
        const again = read(without, write(scenes));
        const touched = again.archived.shots.filter(({ edited }) => Object.keys(edited).length > 0);
        expect({ ...again, version: 0, archived: { ...again.archived, shots: touched } }).toEqual({ ...film, version: 0 });
      }),
      { numRuns: 400 },
    );
  });
});

test("a long script is read again in near linear time", () => {
  const long = (count: number) => Array.from({ length: count }, (_, index) => `INT. ROOM ${index} - DAY\n\nA clock ticks in room number ${index}.\n\nANNA\nYes.\n\nBERT\nIt is the ${index}th time.\n\n`).join("");
  const cpuMs = (count: number) => {
    const read = session();
    const film = read(null, long(count));
    const before = process.cpuUsage();
    const after = read(film, `INT. NEW - DAY\n\nA new thing.\n\n${long(count)}`);
    const { user, system } = process.cpuUsage(before);
    expect(after.lines.slice(-2).map(({ id }) => id)).toEqual(film.lines.slice(-2).map(({ id }) => id));
    return (user + system) / 1000;
  };
  cpuMs(100);
  const small = Math.min(cpuMs(200), cpuMs(200));
  const large = Math.min(cpuMs(1600), cpuMs(1600));
  expect(large).toBeLessThan(8 * 4 * Math.max(small, 5));
});
