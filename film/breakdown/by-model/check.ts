import type { Chunk } from "./chunks.ts";
import { hasWord, plainWords, wordsOfName, type Reading } from "./reading.ts";

/** Everything that a reading says and its lines do not. None: it may be used. */
export function problemsIn(reading: Reading, chunk: Chunk): string[] {
  const words = new Map(chunk.lines.map(({ number, text }) => [number, new Set(plainWords(text))]));
  const scenes = new Map<number, { first: number; last: number }[]>();
  for (const { scene, first, last } of chunk.scenes) scenes.set(scene, [...(scenes.get(scene) ?? []), { first, last }]);
  const problems: string[] = [];
  const read = (what: string, lines: readonly number[]): boolean => {
    const outside = lines.find((line) => !words.has(line));
    if (lines.length > 0 && outside === undefined) return true;
    problems.push(lines.length === 0 ? `${what} has no line that proves it` : `${what} names line ${outside}, which is not in this part`);
    return false;
  };
  const proves = (name: string, lines: readonly number[]): boolean => wordsOfName(name).length > 0 && wordsOfName(name).every((word) => lines.some((line) => hasWord(words.get(line) ?? new Set(), word)));
  const named = (kind: string, name: string, lines: readonly number[], others: readonly string[] = []): void => {
    const what = `${kind} "${name}"`;
    if (read(what, lines) && ![name, ...others].some((each) => proves(each, lines))) problems.push(`${what} does not stand in the lines ${lines.join(", ")}`);
  };
  const placed = (what: string, scene: number, lines: readonly number[]): void => {
    const ranges = scenes.get(scene);
    if (!ranges) problems.push(`${what} names scene ${scene}, which is not in this part`);
    else if (!lines.every((line) => ranges.some(({ first, last }) => line >= first && line <= last))) problems.push(`${what} names lines that are not in scene ${scene}`);
  };
  for (const { scene, lines } of reading.scenes) {
    read(`scene ${scene}`, lines);
    placed(`scene ${scene}`, scene, lines);
  }
  for (const { name, aliases, lines } of reading.characters) named("character", name, lines, aliases);
  for (const { name, lines } of reading.locations) named("location", name, lines);
  for (const { name, scene, lines } of reading.props) {
    named("prop", name, lines);
    placed(`prop "${name}"`, scene, lines);
  }
  for (const { item, character, scene, lines } of reading.costumes) {
    named("costume", item, lines);
    placed(`costume "${item}"`, scene, lines);
    if (character !== null && !chunk.lines.some(({ number }) => wordsOfName(character).some((word) => words.get(number)?.has(word)))) problems.push(`costume "${item}" is of "${character}", who is not in this part`);
  }
  return problems;
}
