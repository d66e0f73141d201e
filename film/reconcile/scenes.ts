import type { Film, Line, Scene, Shot } from "../film.ts";
import type { Draft, DraftScene } from "./draft.ts";
import { type Matchable, matchSequences, sameText, wordFeatures } from "./match.ts";

/** All that a film remembers: what stands in it, and behind it what was archived, newest first. */
export interface Memory {
  scenes: Scene[];
  lines: Line[];
  shots: Shot[];
}

/** What stands in the film and what is archived, in one list each; the first `count` of `scenes` stand in it. */
export function memoryOf(film: Film): Memory {
  return {
    scenes: [...film.scenes, ...film.archived.scenes.toReversed()],
    lines: [...film.lines, ...film.archived.lines.toReversed()],
    shots: [...film.shots, ...film.archived.shots.toReversed()],
  };
}

/** For each scene of the draft the scene that it was before, or null. */
export function matchScenes(film: Film, memory: Memory, draft: Draft): (Scene | null)[] {
  const linesOf = groupBy(memory.lines);
  const shotsOf = groupBy(memory.shots);
  const before = memory.scenes.map((scene, index) => {
    const spoken = (linesOf.get(scene.id) ?? []).map(({ text }) => text);
    const seen = (shotsOf.get(scene.id) ?? []).filter(({ added }) => added === undefined).map(({ derived }) => derived.description);
    return matchable({ heading: scene.heading, spoken, seen, here: index < film.scenes.length });
  });
  const next = draft.scenes.map(({ scene, lines, shots }: DraftScene) => matchable({ heading: scene.heading, spoken: lines.map(({ beat }) => beat.text), seen: shots.map(({ description }) => description), here: true }));
  return matchSequences(before, next, { least: 0.5, leastBetween: 0.15, standing: film.scenes.length }).map((index) => memory.scenes[index] ?? null);
}

function matchable({ heading, spoken, seen, here }: { heading: string | null; spoken: string[]; seen: string[]; here: boolean }): Matchable {
  const title = sameText(heading ?? "");
  const body = [...spoken.map(sameText).sort(), "", ...seen.map(sameText).sort()].join("\n");
  const whole = `${title}\n${body}`;
  const lines = spoken.length > 0 ? spoken.map(sameText).sort().join("\n") : null;
  return {
    keys: [here ? whole : null, whole, body.trim() === "" ? null : body, lines === null ? null : `${title}\n${lines}`],
    features: wordFeatures(title, ...spoken, ...seen),
    group: "",
  };
}

export function groupBy<Item extends { scene: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.scene);
    if (group) group.push(item);
    else groups.set(item.scene, [item]);
  }
  return groups;
}
