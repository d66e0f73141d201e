import type { Film, Shot, ShotFields } from "../film.ts";
import type { PlannedShot } from "../shots/index.ts";
import { type Matchable, matchSequences, sameText, wordFeatures } from "./match.ts";
import type { Memory } from "./scenes.ts";

/** A shot that the script asks for, with the ids of its scene, lines and people. */
export type WantedShot = Omit<PlannedShot, "lines"> & { scene: string; lines: string[] };

/** For each shot that the script asks for the shot that it was before, or null. Shots that people added are never matched. */
export function matchShots(film: Film, memory: Memory, wanted: WantedShot[]): (Shot | null)[] {
  const standing = new Set([...film.shots, ...film.archived.shots.filter(({ removed }) => removed !== undefined)]);
  const candidates = memory.shots.filter(({ added }) => added === undefined);
  const before = keyed(candidates.map((shot) => ({ scene: shot.scene, lines: shot.lines, text: shot.derived.description, here: standing.has(shot) })));
  const next = keyed(wanted.map(({ scene, lines, description }) => ({ scene, lines, text: description, here: true })));
  return matchSequences(before, next, { least: 0.5, leastBetween: 0.34, standing: film.shots.length }).map((index) => candidates[index] ?? null);
}

function keyed(shots: { scene: string; lines: string[]; text: string; here: boolean }[]): Matchable[] {
  return shots.map(({ scene, lines, text, here }, index) => {
    const seen = sameText(text);
    const spoken = lines.length > 0 ? lines.join(" ") : null;
    const before = shots[index - 1];
    const after = shots[index + 1];
    const context = [before?.scene === scene ? sameText(before.text) : "", after?.scene === scene ? sameText(after.text) : ""].join("\n");
    const only = (key: string | null) => (here && key !== null ? key : null);
    const join = (...parts: (string | null)[]) => (parts.includes(null) ? null : parts.join("\n"));
    return {
      keys: [
        only(join(scene, spoken ?? "-", seen, context)), only(join(scene, spoken ?? "-", seen)), only(join(spoken, seen)), only(join(spoken)), only(join(lines[0] ?? null)),
        spoken === null ? only(join(scene, seen)) : null, spoken === null ? only(join(seen)) : null, join(scene, spoken ?? "-", seen), join(spoken), join(spoken === null ? seen : null),
      ],
      features: lines.length > 0 ? [...lines.map((id) => `line ${id}`), ...lines.map((id) => `again ${id}`), ...wordFeatures(text)] : wordFeatures(text),
      group: scene,
    };
  });
}

/** A shot as it is now: what the script says, with a person's edits laid over. */
export function renewShot(before: Shot | null, { wanted, id, characters }: { wanted: WantedShot; id: string; characters: ReadonlySet<string> }): Shot {
  const { description, framing, cameraMove, cast, props, seconds } = wanted;
  const derived: ShotFields = { description, framing, cameraMove, cast, props, seconds };
  const shot: Shot = { ...derived, id, scene: wanted.scene, number: "", lines: wanted.lines, derived, edited: before?.edited ?? {}, source: wanted.source };
  if (!before) return shot;
  return { ...shot, ...editsOf(before, characters) };
}

/** The fields that a person set. People who are gone from the film are gone from them. */
function editsOf(shot: Shot, characters: ReadonlySet<string>): Partial<ShotFields> {
  const { description, framing, cameraMove, cast, props, seconds } = shot;
  const fields: ShotFields = { description, framing, cameraMove, cast: cast.filter((id) => characters.has(id)), props, seconds };
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field in shot.edited));
}
