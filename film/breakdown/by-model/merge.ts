import { emptyReading, keyOf, type Reading } from "./reading.ts";

const LINES_MAX = 40;

/** Line numbers of both, in order, each once. */
const together = (a: readonly number[], b: readonly number[]): number[] => [...new Set([...a, ...b])].sort((one, other) => one - other).slice(0, LINES_MAX);

/** Puts readings of a script's parts together: people, places and things are the same by name, however a part wrote it; scenes by number. */
export function mergeReadings(readings: readonly Reading[]): Reading {
  const whole = emptyReading();
  whole.scenes = merged(readings.flatMap(({ scenes }) => scenes), ({ scene }) => String(scene), (known, other) => ({ ...known, lines: together(known.lines, other.lines) })).sort((a, b) => a.scene - b.scene);
  whole.characters = mergeCharacters(readings.map(({ characters }) => characters));
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

/** Somebody as put together so far, by all his names, and the parts that list him. */
interface Person {
  /** Where in the order of their coming. */
  at: number;
  character: Character;
  names: Set<string>;
  parts: Set<number>;
}

/**
 * Somebody is known by any of his names, and who turns out to be two names of one is one; but two whom a part lists side by side are two to it, whatever other
 * names it gives them, and the own name of one is nobody else's other name.
 */
function mergeCharacters(parts: readonly (readonly Character[])[]): Character[] {
  const people = new Set<Person>();
  const byName = new Map<string, Set<Person>>();
  let count = 0;
  for (const [part, characters] of parts.entries()) {
    const listed = new Set(characters.map(({ name }) => keyOf(name)));
    for (const character of characters) {
      const own = keyOf(character.name);
      const names = [own, ...character.aliases.map(keyOf).filter((alias) => !listed.has(alias))].filter((name) => name !== "");
      const known = new Set(names.flatMap((name) => [...(byName.get(name) ?? [])]));
      const order = [...known].filter((person) => people.has(person) && (!person.parts.has(part) || keyOf(person.character.name) === own)).sort((a, b) => a.at - b.at);
      const whole = [...order.map((person) => person.character), character].reduce(asOne);
      const [first = { at: (count += 1), character: whole, names: new Set<string>(), parts: new Set<number>() }] = order;
      Object.assign(first, { character: whole, names: new Set([...order.flatMap((person) => [...person.names]), ...names]), parts: new Set([...order.flatMap((person) => [...person.parts]), part]) });
      for (const person of order) people.delete(person);
      people.add(first);
      for (const name of first.names) byName.set(name, (byName.get(name) ?? new Set()).add(first));
    }
  }
  const inOrder = [...people].sort((a, b) => a.at - b.at);
  const taken = new Set(inOrder.map(({ character }) => keyOf(character.name)));
  return inOrder.map(({ character }) => {
    const seen = new Set<string>();
    return { ...character, aliases: character.aliases.filter((alias) => !taken.has(keyOf(alias)) && !seen.has(keyOf(alias)) && seen.add(keyOf(alias))) };
  });
}

const asOne = (a: Character, b: Character): Character => ({ name: a.name, aliases: [...a.aliases, b.name, ...b.aliases], description: longer(a.description, b.description), lines: together(a.lines, b.lines) });
