import type { EditEntry, Film, Shot } from "../film.ts";
import type { SpokenLine } from "./picture.ts";

/**
 * The film in the order in which it stands: the edit list, with what it does not name put where the script has it, and without what the
 * film no longer has. Omitted entries are among them.
 */
export function entriesOf(film: Film): EditEntry[] {
  const script = scriptOrder(film);
  const known = new Set(script);
  const placed = new Map<string, EditEntry>();
  for (const entry of film.editList.entries) if (known.has(entry.id) && !placed.has(entry.id)) placed.set(entry.id, entry);
  const order = [...placed.keys()];
  let before = -1;
  for (const id of script) {
    const at = order.indexOf(id);
    if (at < 0) order.splice(before + 1, 0, id);
    before = at < 0 ? before + 1 : at;
  }
  return order.map((id) => placed.get(id) ?? { id, trimStart: 0, trimEnd: 0, transition: "cut", omitted: false });
}

/** Ids of title cards and shots as the script has them. */
export function scriptOrder(film: Film): string[] {
  const cards = (role: "opening" | "ending") => film.titles.filter((card) => card.role === role).map(({ id }) => id);
  return [...cards("opening"), ...shotsInOrder(film).map(({ id }) => id), ...cards("ending")];
}

/** The film's shots scene by scene. */
export function shotsInOrder(film: Film): Shot[] {
  const shots = new Map(film.shots.map((shot) => [shot.id, shot]));
  const ordered = new Set<string>();
  for (const scene of film.scenes) for (const id of scene.shots) if (shots.has(id)) ordered.add(id);
  for (const id of shots.keys()) ordered.add(id);
  return [...ordered].flatMap((id) => shots.get(id) ?? []);
}

/** The lines that each shot speaks; a line belongs to the first shot that names it. */
export function linesByShot(film: Film): ReadonlyMap<string, SpokenLine[]> {
  const lines = new Map([...film.archived.lines, ...film.lines].map((line) => [line.id, line]));
  const spoken = new Set<string>();
  const result = new Map<string, SpokenLine[]>();
  for (const shot of [...shotsInOrder(film), ...film.archived.shots]) {
    if (result.has(shot.id)) continue;
    const own = shot.lines.filter((id) => lines.has(id) && !spoken.has(id));
    for (const id of own) spoken.add(id);
    result.set(shot.id, [...new Set(own)].map((line) => ({ line, dual: lines.get(line)?.dual ?? false })));
  }
  return result;
}
