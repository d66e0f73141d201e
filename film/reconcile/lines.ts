import type { Film, Line } from "../film.ts";
import { NARRATOR } from "../film.ts";
import type { Draft } from "./draft.ts";
import { type Matchable, matchSequences, sameText, wordFeatures } from "./match.ts";
import type { Memory } from "./scenes.ts";

/** For each line of the draft, scene by scene, the line that it was before, or null. */
export function matchLines(film: Film, { memory, draft, sceneIds }: { memory: Memory; draft: Draft; sceneIds: string[] }): (Line | null)[] {
  const names = new Map([...(film.archived.characters ?? []), ...film.characters].map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => (id === NARRATOR ? "NARRATOR" : (names.get(id) ?? id));
  const before = keyed(memory.lines.map(({ scene, character, text }) => ({ scene, speaker: nameOf(character), text })), film.lines.length);
  const spoken = draft.scenes.flatMap(({ lines }, index) => lines.map(({ speaker, beat }) => ({ scene: sceneIds[index] ?? "", speaker, text: beat.text })));
  return matchSequences(before, keyed(spoken, spoken.length), { least: 0.5, leastBetween: 0.34, standing: film.lines.length }).map((index) => memory.lines[index] ?? null);
}

/** Keys from the surest to the least: in its scene between the same neighbours, …, anywhere, archived, by another speaker in its scene. */
function keyed(lines: { scene: string; speaker: string; text: string }[], here: number): Matchable[] {
  const said = lines.map(({ speaker, text }) => `${speaker.toUpperCase()}: ${sameText(text)}`);
  return lines.map(({ scene, speaker, text }, index) => {
    const own = said[index] ?? "";
    const before = lines[index - 1]?.scene === scene ? said[index - 1] : "";
    const after = lines[index + 1]?.scene === scene ? said[index + 1] : "";
    const stands = index < here;
    const only = (key: string) => (stands ? key : null);
    return {
      keys: [
        only([scene, before, own, after].join("\n")), only([scene, before, own].join("\n")), only([scene, own, after].join("\n")), only([scene, own].join("\n")), only(own),
        [scene, own].join("\n"), own, [scene, sameText(text)].join("\n"),
      ],
      features: wordFeatures(text),
      group: speaker.toUpperCase(),
    };
  });
}
