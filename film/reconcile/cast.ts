import { nameKey } from "../breakdown/index.ts";
import type { Character, Film, Line, Location, Scene } from "../film.ts";
import { NARRATOR } from "../film.ts";
import type { Draft } from "./draft.ts";
import type { NewId } from "./new-film.ts";

export interface CastInput {
  draft: Draft;
  /** The lines of the draft, with what they were before. */
  lines: (Line | null)[];
  scenes: (Scene | null)[];
  newId: NewId;
}

/** The people of the script: who was there before keeps id, look and voice, by name or, if the name changed, by what they say. */
export function reconcileCast(film: Film, { draft, lines, newId }: CastInput): { characters: Character[]; archived: Character[]; idOf: (name: string) => string } {
  const known = [...film.characters, ...(film.archived.characters ?? [])];
  const byId = new Map(known.map((character) => [character.id, character]));
  const byName = new Map<string, Character>();
  for (const character of known.toReversed()) for (const name of [...character.aliases, character.name]) byName.set(nameKey(name), character);
  for (const character of film.characters) byName.set(nameKey(character.name), character);
  const taken = new Set<string>();
  const found = new Map<string, Character>();
  const { characters } = draft.breakdown;
  for (const { name } of characters) {
    const character = byName.get(nameKey(name));
    if (!character || taken.has(character.id) || name === "NARRATOR") continue;
    found.set(name, character);
    taken.add(character.id);
  }
  for (const [name, id] of renamed(draft, lines)) {
    const character = byId.get(id);
    if (!character || found.has(name) || taken.has(id)) continue;
    found.set(name, character);
    taken.add(id);
  }
  const result = characters.map((person): Character => {
    const before = found.get(person.name);
    const id = person.name === "NARRATOR" ? NARRATOR : (before?.id ?? newId("char"));
    const kept = before ?? (id === NARRATOR ? byId.get(NARRATOR) : undefined);
    return {
      id,
      name: person.name,
      aliases: person.aliases,
      voice: kept?.voice ?? person.voice,
      description: kept && kept.description !== "" ? kept.description : person.description,
      look: kept?.look ?? person.look,
      lines: person.lines,
      ...(kept?.edited ? { edited: kept.edited } : {}),
    };
  });
  const present = new Set(result.map(({ id }) => id));
  const ids = new Map(result.map(({ id, name }) => [nameKey(name), id]));
  return { characters: result, archived: dedupe(known.filter(({ id }) => !present.has(id))), idOf: (name) => ids.get(nameKey(name)) ?? NARRATOR };
}

const dedupe = <Item extends { id: string }>(items: Item[]): Item[] => [...new Map(items.map((item) => [item.id, item])).values()];

/** New names whose lines were mostly one other person's. */
function renamed(draft: Draft, lines: (Line | null)[]): [name: string, id: string][] {
  const votes = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  for (const [index, { speaker }] of draft.scenes.flatMap((scene) => scene.lines).entries()) {
    totals.set(speaker, (totals.get(speaker) ?? 0) + 1);
    const id = lines[index]?.character;
    if (id === undefined || id === NARRATOR) continue;
    const own = votes.get(speaker) ?? new Map<string, number>();
    own.set(id, (own.get(id) ?? 0) + 1);
    votes.set(speaker, own);
  }
  return [...votes].flatMap(([name, own]) => [...own].filter(([, count]) => count * 2 > (totals.get(name) ?? 0)).map(([id]): [string, string] => [name, id]));
}

/** The places of the script: by name, or where the name changed, by the scene that is set there. */
export function reconcileLocations(film: Film, { draft, scenes, newId }: CastInput): { locations: Location[]; archived: Location[] } {
  const known = [...film.locations, ...(film.archived.locations ?? [])];
  const taken = new Set<string>();
  const take = (location: Location | undefined): Location | undefined => {
    if (!location || taken.has(location.id)) return undefined;
    taken.add(location.id);
    return location;
  };
  const byName = new Map(known.toReversed().map((location) => [nameKey(location.name), location]));
  const placed = new Map(draft.scenes.map(({ scene }, index): [string, string | undefined] => [nameKey(scene.place), scenes[index]?.place]).toReversed());
  const exact = new Map(draft.breakdown.locations.map((name) => [name, take(byName.get(nameKey(name)))]));
  const locations = draft.breakdown.locations.map((name) => {
    const place = placed.get(nameKey(name));
    const before = exact.get(name) ?? (place === undefined ? undefined : take(byName.get(nameKey(place))));
    return { id: before?.id ?? newId("loc"), name, description: before?.description ?? "" };
  });
  return { locations, archived: dedupe(known.filter(({ id }) => !taken.has(id))) };
}
