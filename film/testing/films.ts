import fc from "fast-check";
import * as film from "../film.ts";

/**
 * Films for property tests: any number of scenes, shots and lines, with edits, omissions, dual lines, offsets and cues, all of whose ids
 * refer to something. Small enough that a thousand of them take a second.
 */
export const films: fc.Arbitrary<film.Film> = fc
  .record({
    scenes: fc.array(sceneSeeds(), { maxLength: 4 }),
    characters: fc.integer({ min: 1, max: 4 }),
    aspect: fc.constantFrom(...film.aspects),
    style: fc.constantFrom(...film.styles),
    seed: fc.nat(),
    opening: fc.boolean(),
    mood: fc.constantFrom(...film.musicMoods),
    sceneCue: fc.boolean(),
    edits: fc.array(editSeeds(), { maxLength: 6 }),
  })
  .map(build);

/** Films that have at least one shot, and so something to make. */
export const filmsWithShots: fc.Arbitrary<film.Film> = films.filter(({ shots, editList }) => shots.some(({ id }) => !editList.entries.some((entry) => entry.id === id && entry.omitted)));

interface LineSeed { text: string; speaker: number; dual: boolean; delivery: film.Line["delivery"] }
interface ShotSeed { description: string; framing: film.Framing; cameraMove: film.CameraMove; seconds: number; lines: LineSeed[] }
interface SceneSeed { place: string; timeOfDay: film.TimeOfDay | null; weather: film.Weather; shots: ShotSeed[] }
interface EditSeed { at: number; trimStart: number; trimEnd: number; transition: film.Transition; omitted: boolean; offset: number }

function lineSeeds(): fc.Arbitrary<LineSeed> {
  return fc.record({
    text: fc.constantFrom("Yes.", "No.", "Where were you?", "I waited at the harbour until the last boat had gone."),
    speaker: fc.nat(3),
    dual: fc.boolean(),
    delivery: fc.constantFrom("on-screen", "off-screen", "voice-over"),
  });
}

function shotSeeds(): fc.Arbitrary<ShotSeed> {
  return fc.record({
    description: fc.string({ maxLength: 12 }),
    framing: fc.constantFrom(...film.framings),
    cameraMove: fc.constantFrom(...film.cameraMoves),
    seconds: fc.integer({ min: 12, max: 240 }).map((frames) => frames / film.FRAME_RATE),
    lines: fc.array(lineSeeds(), { maxLength: 3 }),
  });
}

function sceneSeeds(): fc.Arbitrary<SceneSeed> {
  return fc.record({
    place: fc.constantFrom("HARBOUR", "KITCHEN", "ROOF"),
    timeOfDay: fc.option(fc.constantFrom(...film.timesOfDay)),
    weather: fc.constantFrom(...film.weathers),
    shots: fc.array(shotSeeds(), { maxLength: 3 }),
  });
}

function editSeeds(): fc.Arbitrary<EditSeed> {
  return fc.record({
    at: fc.nat(),
    trimStart: fc.nat(40),
    trimEnd: fc.nat(40),
    transition: fc.constantFrom(...film.transitions),
    omitted: fc.boolean(),
    offset: fc.integer({ min: -30, max: 30 }),
  });
}

type Seeds = {
  scenes: SceneSeed[];
  characters: number;
  aspect: film.Aspect;
  style: film.Style;
  seed: number;
  opening: boolean;
  mood: film.MusicMood;
  sceneCue: boolean;
  edits: EditSeed[];
};

function build(seeds: Seeds): film.Film {
  const scenes = seeds.scenes.map((scene, at) => buildScene(scene, at, seeds.characters));
  const shots = scenes.flatMap((scene) => scene.shots);
  const lines = scenes.flatMap((scene) => scene.lines);
  const cues: film.Cue[] = [{ id: "cue_film", mood: seeds.mood, scene: null }];
  if (seeds.sceneCue && scenes[0]) cues.push({ id: "cue_scene", mood: "tense", scene: scenes[0].scene.id });
  return {
    version: 1,
    title: "A film",
    style: seeds.style,
    aspect: seeds.aspect,
    language: "en",
    seed: seeds.seed,
    script: null,
    scenes: scenes.map(({ scene }) => scene),
    lines,
    shots,
    characters: Array.from({ length: seeds.characters }, (_, at) => buildCharacter(at)),
    locations: [],
    cues,
    titles: seeds.opening ? [{ id: "title_0", role: "opening", title: "A film", subtitle: "", seconds: 3 }] : [],
    editList: buildEditList(seeds.edits, shots, lines),
    choices: {},
    archived: { scenes: [], lines: [], shots: [] },
  };
}

const source = { start: 0, end: 0 };

function buildScene(seed: SceneSeed, at: number, characters: number): { scene: film.Scene; shots: film.Shot[]; lines: film.Line[] } {
  const id = `scene_${at}`;
  const built = seed.shots.map((shot, number) => buildShot(shot, { id: `shot_${at}_${number}`, scene: id, number: `${at + 1}${String.fromCharCode(65 + number)}`, characters }));
  const shots = built.map(({ shot }) => shot);
  const lines = built.flatMap((each) => each.lines);
  const scene: film.Scene = {
    id,
    heading: `INT. ${seed.place}`,
    number: null,
    setting: "interior",
    place: seed.place,
    timeOfDay: seed.timeOfDay,
    weather: seed.weather,
    synopsis: "",
    cast: [...new Set(lines.map(({ character }) => character))],
    props: [],
    wardrobe: [],
    lines: lines.map((line) => line.id),
    shots: shots.map((shot) => shot.id),
    seconds: shots.reduce((sum, { seconds }) => sum + seconds, 0),
    source,
  };
  return { scene, shots, lines };
}

function buildShot(seed: ShotSeed, place: { id: string; scene: string; number: string; characters: number }): { shot: film.Shot; lines: film.Line[] } {
  const lines = seed.lines.map(({ text, speaker, dual, delivery }, at): film.Line => {
    const character = `char_${speaker % place.characters}`;
    return { id: `line${place.id.slice(4)}_${at}`, scene: place.scene, character, text, parenthetical: null, delivery, dual, source };
  });
  const { description, framing, cameraMove, seconds } = seed;
  const fields: film.ShotFields = { description, framing, cameraMove, seconds, cast: [...new Set(lines.map(({ character }) => character))], props: [] };
  const { id, scene, number } = place;
  return { lines, shot: { ...fields, id, scene, number, lines: lines.map((line) => line.id), derived: fields, edited: {}, source } };
}

function buildCharacter(at: number): film.Character {
  const presents = (["woman", "man", "child", "neutral"] as const)[at % 4] ?? "neutral";
  const look: film.CharacterLook = { presents, hair: "#222222", hairStyle: "short", skin: "#c68642", top: "#335577", bottom: "#222233", height: 1, build: "medium" };
  return { id: `char_${at}`, name: `CHARACTER ${at}`, aliases: [], voice: null, description: "", look, lines: 1 };
}

function buildEditList(seeds: EditSeed[], shots: film.Shot[], lines: film.Line[]): film.EditList {
  const entries = new Map<string, film.EditEntry>();
  const offsets: Record<string, number> = {};
  for (const { at, trimStart, trimEnd, transition, omitted, offset } of seeds) {
    const shot = shots[at % Math.max(1, shots.length)];
    const line = lines[at % Math.max(1, lines.length)];
    if (shot) entries.set(shot.id, { id: shot.id, trimStart, trimEnd, transition, omitted });
    if (line) offsets[line.id] = offset;
  }
  return { entries: [...entries.values()], levels: { voice: 0, music: -18, sound: -12 }, offsets };
}
