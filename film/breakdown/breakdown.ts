import type { CharacterLook, MusicMood } from "../film.ts";
import { NARRATOR } from "../film.ts";
import type { FountainDocument } from "../fountain/index.ts";
import { actionSeconds, speakingSeconds, toFrames } from "../timing.ts";
import { type Mention, type Person, gatherCast, mentionFinder, nameKey } from "./cast.ts";
import { lookOf, presentsOf } from "./look.ts";
import { moodOf } from "./mood.ts";
import { type Beat, type ScriptScene, divideScenes } from "./scenes.ts";
import { sentences } from "./sentences.ts";
import { type Garment, garmentsIn, propsIn } from "./things.ts";
import { castVoices } from "./voices.ts";

/** A scene with everything that is read out of its action. People are named by their names in `characters`. */
export interface BreakdownScene extends ScriptScene {
  cast: string[];
  props: string[];
  wardrobe: Garment[];
  /** Estimated from speaking time and action. */
  seconds: number;
}

export interface BreakdownCharacter extends Person {
  look: CharacterLook;
  /** A voice cast; null for who never speaks. */
  voice: string | null;
}

/** What a script asks for: free, immediate, and the same for the same text and seed. */
export interface Breakdown {
  title: string | null;
  author: string | null;
  scenes: BreakdownScene[];
  characters: BreakdownCharacter[];
  locations: string[];
  mood: Exclude<MusicMood, "none">;
  seconds: number;
  /** Finds people in a text by name. */
  findMentions: (text: string) => Mention[];
  /** Somebody by name, however it is written. */
  person: (name: string) => BreakdownCharacter | undefined;
}

export interface BreakdownOptions {
  seed: number;
  /** Looks and voices that were settled before, by name key; they stay. */
  settled?: ReadonlyMap<string, { look: CharacterLook; voice: string | null }>;
}

/** Reads a script into scenes, cast, places, props and wardrobe. Linear in practice: people are looked up by word. */
export function breakDown(document: FountainDocument, { seed, settled = new Map() }: BreakdownOptions): Breakdown {
  const divided = divideScenes(document);
  const people = gatherCast(divided);
  const find = mentionFinder(people.filter(({ name }) => name !== "NARRATOR"));
  const canonical = new Map(people.map(({ name }) => [nameKey(name), name]));
  const scenes = divided.map((scene) => readScene(scene, { canonical, find }));
  const characters = settle(people, { scenes, seed, settled, find });
  const byName = new Map(characters.map((character) => [nameKey(character.name), character]));
  const everything = scenes.flatMap(({ beats }) => beats.map(({ text }) => text)).join("\n");
  return {
    title: titleValue(document, /^title$/i),
    author: titleValue(document, /^authors?$/i),
    scenes,
    characters,
    locations: [...new Map(scenes.filter(({ place }) => place !== "").map(({ place }) => [place.toUpperCase(), place])).values()],
    mood: moodOf(everything),
    seconds: toFrames(scenes.reduce((sum, { seconds }) => sum + seconds, 0)),
    findMentions: find,
    person: (name) => byName.get(nameKey(name)),
  };
}

const titleValue = (document: FountainDocument, key: RegExp): string | null => document.titlePage.find((entry) => key.test(entry.key))?.values.join(" ") || null;

/** The name in the breakdown of who speaks a beat. */
export const speakerName = (speaker: string): string => (speaker === NARRATOR ? "NARRATOR" : speaker);

function readScene(scene: ScriptScene, { canonical, find }: { canonical: ReadonlyMap<string, string>; find: (text: string) => Mention[] }): BreakdownScene {
  const cast = new Set<string>();
  const props = new Map<string, string>();
  const wardrobe = new Map<string, Garment>();
  let seconds = 0;
  for (const beat of scene.beats) {
    seconds += secondsOf(beat);
    const narrated = beat.kind === "speech" && beat.speaker === NARRATOR;
    if (beat.kind === "speech") cast.add(canonical.get(nameKey(speakerName(beat.speaker))) ?? beat.speaker);
    if (beat.kind === "speech" && !narrated) continue;
    const mentions = find(beat.text);
    for (const { name } of mentions) cast.add(name);
    for (const { name, noun } of propsIn(beat.text, mentions)) if (!props.has(noun)) props.set(noun, name);
    for (const garment of garmentsIn(beat.text, find)) {
      const key = garment.item.split(" ").pop() ?? "";
      if (!wardrobe.has(key)) wardrobe.set(key, garment);
    }
  }
  return { ...scene, cast: [...cast], props: [...props.values()], wardrobe: [...wardrobe.values()], seconds: toFrames(seconds) };
}

/** Seconds that a beat takes on screen: speech as spoken, action sentence by sentence. */
function secondsOf(beat: Beat): number {
  if (beat.kind === "speech") return speakingSeconds(beat.text);
  return sentences(beat.text).reduce((sum, sentence) => sum + actionSeconds(sentence) * 0.8, 0);
}

interface Settling {
  scenes: BreakdownScene[];
  seed: number;
  settled: NonNullable<BreakdownOptions["settled"]>;
  find: (text: string) => Mention[];
}

function settle(people: Person[], { scenes, seed, settled, find }: Settling): BreakdownCharacter[] {
  const pronouns = countPronouns(scenes, find);
  const worn = new Map<string, string[]>();
  for (const { wardrobe } of scenes) for (const { character, item } of wardrobe) if (character) worn.set(character, [...(worn.get(character) ?? []).slice(-20), item]);
  const taken = new Set([...settled.values()].map(({ look }) => look.top));
  const looks = new Map<string, CharacterLook>();
  for (const { name, description } of people) {
    const known = settled.get(nameKey(name));
    const presents = presentsOf(name, description, pronouns.get(name));
    const look = known?.look ?? lookOf(name, [description, ...(worn.get(name) ?? [])].join("; "), seed, { taken: [...taken], presents });
    looks.set(name, look);
    taken.add(look.top);
  }
  const speaking = people.filter(({ lines }) => lines > 0);
  const heard = company(scenes);
  const voices = castVoices(
    speaking.map(({ name, lines }) => ({ name, lines, presents: looks.get(name)?.presents ?? "neutral", voice: settled.get(nameKey(name))?.voice ?? null, heardWith: heard.get(name) ?? new Set<string>() })),
    seed,
  );
  return people.map((person) => ({ ...person, look: looks.get(person.name) ?? lookOf(person.name, person.description, seed), voice: voices.get(person.name) ?? null }));
}

/** In a crowd, nobody is kept apart from more than so many. */
const COMPANY_MAX = 24;

/** Who is heard in the same scenes as whom. */
function company(scenes: BreakdownScene[]): Map<string, Set<string>> {
  const heard = new Map<string, Set<string>>();
  for (const { cast } of scenes) {
    for (const [index, name] of cast.entries()) {
      const own = heard.get(name) ?? new Set();
      for (const other of [...cast.slice(0, COMPANY_MAX), ...cast.slice(index + 1, index + 1 + COMPANY_MAX)]) if (other !== name) own.add(other);
      heard.set(name, own);
    }
  }
  return heard;
}

/** How often `she` and `he` follow a sentence in which only one person is named. */
function countPronouns(scenes: BreakdownScene[], find: (text: string) => Mention[]): Map<string, { she: number; he: number }> {
  const counts = new Map<string, { she: number; he: number }>();
  for (const { beats } of scenes) {
    let last: string | null = null;
    for (const beat of beats) {
      if (beat.kind !== "action") continue;
      for (const sentence of sentences(beat.text)) {
        const named = new Set(find(sentence).map(({ name }) => name));
        const [only] = named;
        if (named.size === 1 && only !== undefined) last = only;
        else if (named.size > 1) last = null;
        if (last === null) continue;
        const count = counts.get(last) ?? { she: 0, he: 0 };
        count.she += sentence.match(/\b(?:she|her|hers|herself)\b/gi)?.length ?? 0;
        count.he += sentence.match(/\b(?:he|his|him|himself)\b/gi)?.length ?? 0;
        counts.set(last, count);
      }
    }
  }
  return counts;
}
