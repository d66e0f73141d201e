import type { Breakdown } from "../breakdown.ts";
import { linesOf, type SceneLines, type ScriptLine } from "./chunks.ts";
import { hasWord, plainWords, wordsOfName, type Reading } from "./reading.ts";
import type { FountainDocument } from "../../fountain/index.ts";

const LINES_MAX = 8;

/** The deterministic breakdown in the same shape, with the lines where its names stand: what is there when no model is, and free. */
export function readingByRules(document: FountainDocument, breakdown: Breakdown): Reading {
  const { lines, scenes } = linesOf(document);
  const words = lines.map(({ text }) => new Set(plainWords(text)));
  const within = (name: string, { first, last }: Pick<SceneLines, "first" | "last">): number[] => {
    const wanted = wordsOfName(name);
    const found: number[] = [];
    for (let at = first; at <= last && found.length < LINES_MAX && wanted.length > 0; at += 1) if (wanted.every((word) => hasWord(words[at - 1] ?? new Set(), word))) found.push(at);
    return found;
  };
  const everywhere = { first: 1, last: lines.length };
  const proven = <Thing extends { lines: number[] }>(thing: Thing): Thing[] => (thing.lines.length > 0 ? [thing] : []);
  const inScenes = breakdown.scenes.flatMap((scene, index) => {
    const range = scenes[index];
    return range ? [{ ...scene, range, number: index + 1 }] : [];
  });
  return {
    scenes: inScenes.map(({ number, synopsis, range }) => ({ scene: number, synopsis, lines: [firstWritten(range, lines)] })),
    characters: breakdown.characters.flatMap(({ name, description }) => proven({ name, aliases: [], description, lines: within(name, everywhere) })),
    locations: breakdown.locations.flatMap((name) => proven({ name, description: "", lines: within(name, everywhere) })),
    props: inScenes.flatMap(({ props, range, number }) => props.flatMap((name) => proven({ name, scene: number, lines: within(name, range) }))),
    costumes: inScenes.flatMap(({ wardrobe, range, number }) => wardrobe.flatMap(({ item, character }) => proven({ item, character, scene: number, lines: within(item, range) }))),
  };
}

/** The first line of a scene that is not blank. */
function firstWritten({ first, last }: SceneLines, lines: readonly ScriptLine[]): number {
  for (let at = first; at <= last; at += 1) if ((lines[at - 1]?.text ?? "").trim() !== "") return at;
  return first;
}
