import { NARRATOR } from "../film.ts";
import { COLOURS, GARMENTS, PROPS, SMALL_WORDS } from "./nouns.ts";
import { OTHERS, TITLES, isPersonWord, sexOfName } from "./people.ts";
import type { ScriptScene } from "./scenes.ts";
import { type Word, singular, words } from "./sentences.ts";

/** Somebody in the script: who speaks, and whom the action introduces in capitals. */
export interface Person {
  name: string;
  aliases: string[];
  /** Speeches; 0 for who only appears. */
  lines: number;
  /** What the action says of them where it introduces them. */
  description: string;
}

/** The name by which cues are told apart: case, dots and spaces do not matter. */
export const nameKey = (name: string): string => name.toUpperCase().replace(/[.’']/g, (char) => (char === "." ? "" : "'")).replace(/\s+/g, " ").trim();

/** Capitals that direct the camera or name a sound. */
export const DIRECTIONS: ReadonlySet<string> = new Set(`close on angle wide pan push pull in out insert super title titles handheld hand-held tracking track dolly crane aerial establishing pov back flashback montage intercut series of shots
begin end later continuous cut to fade smash match dissolve zoom tilt up down over shoulder two shot ecu cu ms ls ots reverse medium full extreme tight freeze frame slow motion split screen stock shot moving
crash bang boom slam thud click ring beep buzz knock knocks crack snap splash whoosh silence scream screams laughs laughter applause thunder music off on the a and voice inches fills freezes suddenly day night`.trim().split(/\s+/));

interface Introduction {
  phrase: string;
  description: string;
  /** An age or a description follows, or a person's word is in it. */
  certain: boolean;
}

const CAPS_RUN = /(?<![\p{L}\p{N}])(?:(?:MRS?|MS|DR|ST|PROF|LT|SGT|CAPT|COL|GEN|SRA?)\.|\p{Lu}[\p{Lu}\p{N}'’-]*)(?:[ ](?:(?:MRS?|MS|DR|ST|PROF)\.|\p{Lu}[\p{Lu}\p{N}'’-]*|#?\d+))*(?![\p{L}\p{N}])/gu;

/** Letters of a name at most, and of what stands beside it that is read for a description. */
const PHRASE_MAX = 80;
const CONTEXT_MAX = 120;

/** Phrases in capitals within a sentence of action that stand for people. */
function introductions(action: string, named: ReadonlySet<string>): Introduction[] {
  const found: Introduction[] = [];
  for (const match of action.matchAll(CAPS_RUN)) {
    if (match[0].length > PHRASE_MAX) continue;
    const before = action.slice(Math.max(0, match.index - CONTEXT_MAX), match.index);
    const lineStart = before.length < CONTEXT_MAX ? /(?:^|\n)\s*$/.test(before) : /\n\s*$/.test(before);
    const rest = action.slice(match.index + match[0].length, match.index + match[0].length + CONTEXT_MAX * 3);
    if (lineStart && /^(?:\s*(?:\n|$)|:)/.test(rest)) continue;
    const tokens = match[0].replace(/\.$/, "").split(" ").filter((token) => token !== "");
    while (tokens[0] !== undefined && DIRECTIONS.has(tokens[0].toLowerCase())) tokens.shift();
    while (tokens.length > 0 && DIRECTIONS.has((tokens[tokens.length - 1] ?? "").toLowerCase())) tokens.pop();
    const phrase = tokens.join(" ");
    if (phrase.replace(/[^\p{Lu}]/gu, "").length < 2) continue;
    const head = singular((tokens[tokens.length - 1] ?? "").toLowerCase());
    const age = /^[ ,]*\(\s*([^)]{1,120})\)/.exec(rest) ?? /^,\s*((?:\d{1,2}s?|(?:early|mid|late)[- ]\d0s)\b[^.]{0,100})/.exec(rest);
    const aside = /^,\s*((?:a|an|the|in|tall|thin|bald|old|young|severe|wearing|with)\b[^.;]{2,100})/.exec(rest);
    const thing = PROPS.has(head) || GARMENTS.has(head);
    const acts = /^(?:[^.!?\n]{0,60},)?\s+(?!is\b|of\b)[\p{Ll}]+s\b/u.test(rest);
    const proper = tokens.some((token) => named.has(token) || sexOfName(token.toLowerCase()) !== null) || isPersonWord(/(\p{Ll}+) $/u.exec(before)?.[1] ?? "");
    const personal = isPersonWord(head) || tokens.some((token) => isPersonWord(token.toLowerCase()) && !thing);
    if (thing && !age) continue;
    if (age || personal || ((aside || acts) && proper)) found.push({ phrase, description: describe({ before, after: rest, age: age?.[1] ?? "" }), certain: age !== null || personal });
  }
  return found;
}

/** The rest of the sentence, in which a person is introduced, and what stands in brackets after the name. */
function describe({ before, after, age }: { before: string; after: string; age: string }): string {
  const sentence = /^[^.!?\n]*/.exec(after.replace(/^[ ,]*\([^)]*\)/, ""))?.[0].trim().replace(/^,\s*/, "") ?? "";
  const adjective = /((?:(?<![\p{L}'’])\p{Ll}+(?:['’]s)?,? ){0,3})$/u.exec(before)?.[1]?.trim().replace(/,$/, "") ?? "";
  // An age that follows the name without brackets begins the sentence, too.
  return [sentence.startsWith(age) ? "" : age, sentence, adjective].filter((part) => part !== "").join("; ").slice(0, 240);
}

/** Words that the action writes like names, within sentences; in capitals, as an introduction has them. */
function properNames(scenes: ScriptScene[]): Set<string> {
  const names = new Set<string>();
  for (const { beats } of scenes) {
    for (const { kind, text } of beats) if (kind === "action") for (const [name] of text.matchAll(/(?<![\p{L}\p{N}'’])\p{Lu}\p{Ll}+(?![\p{L}\p{N}])/gu)) if (!SMALL_WORDS.has(name.toLowerCase())) names.add(name.toUpperCase());
  }
  return names;
}

/** Everybody in the script, in order of appearance: speakers by their cues, and who is introduced in the action. */
export function gatherCast(scenes: ScriptScene[]): Person[] {
  const people = new Map<string, Person>();
  const cues = new Map<string, string>();
  for (const { beats } of scenes) {
    for (const beat of beats) if (beat.kind === "speech" && !cues.has(nameKey(beat.speaker))) cues.set(nameKey(beat.speaker), beat.speaker);
  }
  const named = properNames(scenes);
  const spoken = nameIndex([...cues.keys()]);
  const met = nameIndex([]);
  const meet = (name: string): Person => {
    const key = nameKey(name);
    const known = people.get(key);
    if (known) return known;
    const person: Person = { name: cues.get(key) ?? name, aliases: [], lines: 0, description: "" };
    people.set(key, person);
    met.add(key);
    return person;
  };
  for (const { beats } of scenes) {
    for (const beat of beats) {
      if (beat.kind === "speech") {
        const person = meet(beat.speaker === NARRATOR ? "NARRATOR" : beat.speaker);
        person.lines += 1;
        if (person.name !== beat.speaker && beat.speaker !== NARRATOR && !person.aliases.includes(beat.speaker)) person.aliases.push(beat.speaker);
        continue;
      }
      for (const introduction of introductions(beat.text, named)) {
        const known = spoken.find(introduction.phrase) ?? met.find(introduction.phrase);
        if (known === undefined && !introduction.certain && COLOURS[introduction.phrase.toLowerCase()] !== undefined) continue;
        const person = meet(known ?? introduction.phrase);
        if (nameKey(introduction.phrase) !== nameKey(person.name) && !person.aliases.includes(introduction.phrase)) person.aliases.push(introduction.phrase);
        if (person.description === "") person.description = introduction.description;
      }
    }
  }
  for (const name of unannounced(scenes)) if (spoken.find(name) === undefined && met.find(name) === undefined) meet(name);
  return [...people.values()].map((person) => (person.name === NARRATOR ? { ...person, name: "NARRATOR" } : person));
}

/** Given names that action or narration uses repeatedly without ever introducing who bears them, as prose does. */
function unannounced(scenes: ScriptScene[]): string[] {
  const counts = new Map<string, { all: number; within: number }>();
  for (const { beats } of scenes) {
    for (const beat of beats) {
      if (beat.kind === "speech" && beat.speaker !== NARRATOR) continue;
      for (const match of beat.text.matchAll(/(?<![\p{L}\p{N}'’])\p{Lu}\p{Ll}+(?![\p{L}\p{N}])/gu)) {
        if (sexOfName(match[0].toLowerCase()) === null) continue;
        const count = counts.get(match[0]) ?? { all: 0, within: 0 };
        count.all += 1;
        if (/[\p{L},;"”’] $/u.test(beat.text.slice(Math.max(0, match.index - 2), match.index))) count.within += 1;
        counts.set(match[0], count);
      }
    }
  }
  return [...counts].flatMap(([name, { all, within }]) => (all > 1 && within > 0 ? [name.toUpperCase()] : []));
}

/** More names than this with one word in common are told apart by their whole name only. */
const NAMESAKES_MAX = 30;

/** Names by their words. `find` answers the one that a phrase means: the same, or one that shares its words and is not made another by the rest. */
function nameIndex(initial: string[]): { add: (key: string) => void; find: (phrase: string) => string | undefined } {
  const keys = new Set<string>();
  const byWord = new Map<string, string[]>();
  const add = (key: string) => {
    if (keys.has(key)) return;
    keys.add(key);
    for (const word of new Set(key.split(" "))) if (!TITLES.has(word.toLowerCase())) byWord.set(word, [...(byWord.get(word) ?? []).slice(0, NAMESAKES_MAX), key]);
  };
  for (const key of initial) add(key);
  return {
    add,
    find: (phrase) => {
      const key = nameKey(phrase);
      if (keys.has(key)) return key;
      return key.split(" ").flatMap((word) => byWord.get(word) ?? []).find((name) => isPartOf(name.split(" "), key.split(" ")));
    },
  };
}

function isPartOf(name: string[], phrase: string[]): boolean {
  const [shorter, longer] = name.length <= phrase.length ? [name, phrase] : [phrase, name];
  const extra = longer.filter((word) => !shorter.includes(word));
  return shorter.every((word) => longer.includes(word)) && !extra.some((word) => OTHERS.has(word.toLowerCase()));
}

/** A mention of somebody in a text: who, and where. */
export interface Mention {
  name: string;
  from: number;
  to: number;
}

/** Finds people in action by full name, alias, or the part of the name that is theirs alone. */
export function mentionFinder(people: Person[]): (text: string) => Mention[] {
  const phrases = new Map<string, { tokens: string[]; name: string; common: boolean }[]>();
  const claim = (tokens: string[], { name, common }: { name: string; common: boolean }) => {
    const first = tokens[0];
    if (first === undefined) return;
    const known = phrases.get(first) ?? [];
    if (!known.some((phrase) => phrase.tokens.join(" ") === tokens.join(" "))) known.push({ tokens, name, common });
    phrases.set(first, known.sort((a, b) => b.tokens.length - a.tokens.length));
  };
  for (const { name, aliases } of people) for (const called of [name, ...aliases]) claim(words(called).map(({ lower }) => lower), { name, common: words(called).every(({ lower }) => isPersonWord(singular(lower))) });
  const owners = new Map<string, Set<string>>();
  for (const { name, aliases } of people) for (const called of [name, ...aliases]) for (const { lower } of words(called)) owners.set(lower, (owners.get(lower) ?? new Set()).add(name));
  for (const [word, names] of owners) {
    const [only] = names;
    if (names.size > 1 || only === undefined || word.length < 2) continue;
    if (!TITLES.has(word)) claim([word], { name: only, common: isPersonWord(singular(word)) });
    else if (isPersonWord(word)) claim([word], { name: only, common: true });
  }
  return (text) => findMentions(words(text), phrases);
}

function findMentions(found: Word[], phrases: Map<string, { tokens: string[]; name: string; common: boolean }[]>): Mention[] {
  const mentions: Mention[] = [];
  for (let index = 0; index < found.length; index += 1) {
    const word = found[index];
    if (!word) continue;
    const candidates = [...(phrases.get(word.lower) ?? []), ...(phrases.get(singular(word.lower)) ?? []), ...(phrases.get(`${word.lower}s`) ?? [])];
    const hit = candidates.find(({ tokens, common }) => {
      const capital = /^\p{Lu}/u.test(word.text);
      const ranges = tokens.every((token, offset) => offset === 0 || found[index + offset]?.lower === token);
      return ranges && (capital || (common && /^(?:the|a|an|his|her|their|two|three|four|both|old|young)$/.test(found[index - 1]?.lower ?? "")) || (common && tokens.length > 1));
    });
    if (!hit) continue;
    const last = found[index + hit.tokens.length - 1] ?? word;
    mentions.push({ name: hit.name, from: word.from, to: last.to });
    index += hit.tokens.length - 1;
  }
  return mentions;
}
