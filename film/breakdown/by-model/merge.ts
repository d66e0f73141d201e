import { emptyReading, keyOf, type Reading } from "./reading.ts";

const LINES_MAX = 40;

/** Line numbers of both, in order, each once. */
const together = (a: readonly number[], b: readonly number[]): number[] => [...new Set([...a, ...b])].sort((one, other) => one - other).slice(0, LINES_MAX);

/** Puts readings of a script's parts together: people, places and things are the same by name, however a part wrote it; scenes by number. */
export function mergeReadings(readings: readonly Reading[]): Reading {
  const whole = emptyReading();
  whole.scenes = merged(readings.flatMap(({ scenes }) => scenes), ({ scene }) => String(scene), (known, other) => ({ ...known, lines: together(known.lines, other.lines) })).sort((a, b) => a.scene - b.scene);
  whole.characters = mergeCharacters(readings.flatMap(({ characters }) => characters));
  whole.locations = merged(readings.flatMap(({ locations }) => locations), ({ name }) => keyOf(name), (known, other) => ({ ...known, description: longer(known.description, other.description), lines: together(known.lines, other.lines) }));
  whole.props = merged(readings.flatMap(({ props }) => props), ({ name, scene }) => `${scene} ${keyOf(name)}`, (known, other) => ({ ...known, lines: together(known.lines, other.lines) })).sort((a, b) => a.scene - b.scene);
  whole.costumes = merged(readings.flatMap(({ costumes }) => costumes), ({ item, character, scene }) => `${scene} ${keyOf(character ?? "")} ${keyOf(item)}`, (known, other) => ({ ...known, lines: together(known.lines, other.lines) })).sort((a, b) => a.scene - b.scene);
  return whole;
}

const longer = (a: string, b: string): string => (b.length > a.length ? b : a);

function merged<Thing>(things: readonly Thing[], keyOfThing: (thing: Thing) => string, join: (known: Thing, other: Thing) => Thing): Thing[] {
  const known = new Map<string, Thing>();
  for (const thing of things) {
    const key = keyOfThing(thing);
    const before = known.get(key);
    known.set(key, before === undefined ? thing : join(before, thing));
  }
  return [...known.values()];
}

type Character = Reading["characters"][number];

/** Somebody is known by any of his names; who turns out to be two names of one is one. */
function mergeCharacters(characters: readonly Character[]): Character[] {
  const people: (Character | null)[] = [];
  const byName = new Map<string, number>();
  for (const character of characters) {
    const keys = [character.name, ...character.aliases].map(keyOf).filter((key) => key !== "");
    const known = [...new Set(keys.flatMap((key) => byName.get(key) ?? []))].sort((a, b) => a - b);
    const [at = people.length] = known;
    const parts = [...known.flatMap((index) => people[index] ?? []), character];
    const [first] = parts;
    if (!first) continue;
    const whole = parts.slice(1).reduce((sum, part): Character => ({
      name: sum.name, aliases: [...sum.aliases, part.name, ...part.aliases], description: longer(sum.description, part.description), lines: together(sum.lines, part.lines),
    }), first);
    for (const index of known) people[index] = null;
    const seen = new Set([keyOf(whole.name)]);
    people[at] = { ...whole, aliases: whole.aliases.filter((alias) => !seen.has(keyOf(alias)) && seen.add(keyOf(alias))) };
    for (const key of [whole.name, ...(people[at]?.aliases ?? [])].map(keyOf)) byName.set(key, at);
  }
  return people.flatMap((person) => person ?? []);
}
