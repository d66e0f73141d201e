/** What a stand-in of a writing model answers to a script: a plain reading of its own, so that a breakdown can be tried by hand. It invents nothing. */
import type { Json } from "./emulator.ts";

const GARMENTS = /\bin (?:a|an|the|her|his) ((?:\w+ ){0,2}(?:coat|dress|suit|jacket|hat|apron|uniform|sweater|shirt))\b/gi;
const THINGS = /\b(?:with|holds?|carries|takes|drops|opens|picks up) (?:a|an|the|her|his) ((?:\w+ )?(?:towel|letter|phone|bag|key|knife|glass|cup|book|gun|lamp|rope|radio|map|envelope|camera))\b/gi;

interface Line {
  number: number;
  text: string;
  scene: number;
}

/** Reads the numbered lines of a part of a script, as it stands in a request. */
export function plainReading(body: string): Json {
  const lines = linesIn(body);
  const at = (line: Line): Line | undefined => lines[lines.indexOf(line) + 1];
  const headings = lines.filter(({ text }) => /^(?:INT|EXT)[./ ]/i.test(text));
  const cues = lines.filter((line) => /^[A-Z][A-Z .'-]{1,30}(?:\(.*\))?$/.test(line.text) && !headings.includes(line) && (at(line)?.text ?? "") !== "");
  const names = Map.groupBy(cues, ({ text }) => text.replace(/\(.*\)$/, "").trim());
  return {
    scenes: headings.flatMap((heading) => {
      const first = lines.find((line) => line.scene === heading.scene && line.number > heading.number && line.text !== "" && !cues.includes(line));
      return first ? [{ scene: heading.scene, synopsis: first.text.slice(0, 200), lines: [first.number] }] : [];
    }),
    characters: [...names].map(([name, said]) => ({ name, aliases: [], description: "", lines: said.slice(0, 8).map(({ number }) => number) })),
    locations: headings.map(({ text, number }) => ({ name: text.replace(/^(?:INT|EXT)[./ ]+(?:EXT\.? ?)?/i, "").replace(/ - .*$/, ""), description: "", lines: [number] })),
    props: found(lines, THINGS).map(({ name, line }) => ({ name, scene: line.scene, lines: [line.number] })),
    costumes: found(lines, GARMENTS).map(({ name, line }) => ({ item: name, character: null, scene: line.scene, lines: [line.number] })),
  };
}

const found = (lines: readonly Line[], pattern: RegExp): { name: string; line: Line }[] => lines.flatMap((line) => [...line.text.matchAll(pattern)].map(([, name = ""]) => ({ name, line })));

function linesIn(body: string): Line[] {
  const texts: string[] = [];
  JSON.stringify(JSON.parse(body), (_, value: unknown) => {
    if (typeof value === "string" && /^(?:== scene|\d+\|)/m.test(value)) texts.push(value);
    return value;
  });
  let scene = 1;
  return texts.join("\n").split("\n").flatMap((text): Line[] => {
    scene = Number(/^== scene (\d+) ==$/.exec(text)?.[1] ?? scene);
    const [, number, words = ""] = /^(\d+)\| ?(.*)$/.exec(text) ?? [];
    return number === undefined ? [] : [{ number: Number(number), text: words.trim(), scene }];
  });
}
