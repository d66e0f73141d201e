import type { Chunk } from "./chunks.ts";
import { proofsOf, type Kind } from "./proof.ts";
import { keyOf, quoted, type Reading } from "./reading.ts";

/** Everything that a reading says and its lines do not. None: it may be used. What it names stands in quotes, on one line. */
export function problemsIn(reading: Reading, chunk: Chunk): string[] {
  const proofs = proofsOf(chunk.lines);
  const scenes = new Map<number, { first: number; last: number }[]>();
  for (const { scene, first, last } of chunk.scenes) scenes.set(scene, [...(scenes.get(scene) ?? []), { first, last }]);
  const problems: string[] = [];
  const read = (what: string, lines: readonly number[]): boolean => {
    const outside = lines.find((line) => !proofs.has(line));
    if (lines.length > 0 && outside === undefined) return true;
    problems.push(lines.length === 0 ? `${what} has no line that proves it` : `${what} names line ${outside}, which is not in this part`);
    return false;
  };
  const named = (what: string, name: string, lines: readonly number[], kind: Kind): boolean => {
    if (!read(what, lines)) return false;
    if (!proofs.prove(name, lines, kind)) problems.push(`${what} does not stand in the lines ${lines.join(", ")}`);
    return true;
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
  for (const { name, aliases, lines } of reading.characters) {
    const what = `character ${quoted(name)}`;
    if (!named(what, name, lines, "who")) continue;
    for (const alias of aliases) if (!proofs.prove(alias, lines, "who")) problems.push(`${what} has the other name ${quoted(alias)}, which does not stand in the lines ${lines.join(", ")}: name its line, or leave it out`);
  }
  for (const { name, lines } of reading.locations) named(`location ${quoted(name)}`, name, lines, "what");
  for (const { name, scene, lines } of reading.props) {
    const what = `prop ${quoted(name)}`;
    named(what, name, lines, "what");
    placed(what, scene, lines);
  }
  // Whoever is listed is proven, or found above; of anybody else all the name has to stand in one line.
  const people = new Set(reading.characters.flatMap(({ name, aliases }) => [name, ...aliases].map(keyOf)));
  for (const { item, character, scene, lines } of reading.costumes) {
    const what = `costume ${quoted(item)}`;
    named(what, item, lines, "what");
    placed(what, scene, lines);
    if (character !== null && !people.has(keyOf(character)) && !proofs.prove(character, chunk.lines.map(({ number }) => number), "who")) problems.push(`${what} is of ${quoted(character)}, who is not in this part`);
  }
  return problems;
}
