import { hasWord, plainWords, wordsOfName } from "./reading.ts";

/** What is named: somebody keeps his letters, a thing may stand in another case or gender. */
export type Kind = "who" | "what";

/** Endings that tell a word's case, gender or number and not another word. */
const ENDINGS = new Set("aeiouymnrs");
/** So many letters two forms of a word share at least. */
const STEM_MIN = 4;
const IRREGULAR = [["men", "man"], ["children", "child"], ["people", "person"], ["feet", "foot"], ["teeth", "tooth"], ["mice", "mouse"], ["geese", "goose"], ["ves", "f"], ["ves", "fe"], ["ies", "y"]] as const;

/** Lines by number, as names are looked for in them. */
export interface Proofs {
  has(line: number): boolean;
  /** Whether every telling word of a name stands in one of these lines, or across the break between one of them and its neighbour. */
  prove(name: string, lines: Iterable<number>, kind: Kind): boolean;
}

export function proofsOf(lines: readonly { number: number; text: string }[]): Proofs {
  const words = new Map(lines.map(({ number, text }) => [number, { all: new Set([...plainWords(text), ...joined(text)]), inOrder: plainWords(text), isCue: isCue(text) }]));
  const holds = (found: ReadonlySet<string>, parts: readonly string[][], kind: Kind): boolean => parts.every((ways) => ways.some((way) => way.split(" ").every((word) => standsIn(found, word, kind))));
  return {
    has: (line) => words.has(line),
    prove(name, numbers, kind) {
      const parts = partsOf(name);
      const across = plainWords(name).length - 1;
      const isWrapped = (before: number): boolean => {
        const [above, below] = [words.get(before), words.get(before + 1)];
        if (across === 0 || !above || !below || above.isCue || above.inOrder.length === 0 || below.inOrder.length === 0) return false;
        return holds(new Set([...above.inOrder.slice(-across), ...below.inOrder.slice(0, across)]), parts, kind);
      };
      if (parts.length === 0) return false;
      for (const line of numbers) if (holds(words.get(line)?.all ?? new Set(), parts, kind) || isWrapped(line - 1) || isWrapped(line)) return true;
      return false;
    },
  };
}

/** Whoever speaks is no part of what is said below. */
const isCue = (text: string): boolean => /^\s*@/.test(text) || (text === text.toUpperCase() && text !== text.toLowerCase());

/** The parts of a name, each in the ways in which it may stand: a "T-shirt" is a "t shirt" or a "tshirt". */
function partsOf(name: string): string[][] {
  const telling = new Set(wordsOfName(name));
  return name.split(/\s+/).flatMap((piece) => {
    const words = plainWords(piece).filter((word) => telling.has(word));
    return words.length === 0 ? [] : [[words.join(" "), ...joined(piece)]];
  });
}

/** Compounds as one word. */
const joined = (text: string): string[] => (text.match(/[\p{L}\p{N}\p{M}]+(?:[-‐‑'’][\p{L}\p{N}\p{M}]+)+/gu) ?? []).map((compound) => plainWords(compound).join(""));

/** Whether a word is there in one of its forms, as far as they can be told without knowing the language. */
function standsIn(found: ReadonlySet<string>, word: string, kind: Kind): boolean {
  if (hasWord(found, word)) return true;
  if (!/^[\p{Script=Latin}\p{N}]+$/u.test(word)) return [...found].some((other) => (word.toUpperCase() === word ? other.includes(word) : isInflected(word, other)));
  const others = IRREGULAR.flatMap(([many, one]) => [...(word.endsWith(many) ? [word.slice(0, -many.length) + one] : []), ...(word.endsWith(one) ? [word.slice(0, -one.length) + many] : [])]);
  return others.some((other) => found.has(other)) || (kind === "what" && [...found].some((other) => isAgreeing(word, other)));
}

/** Two forms that differ in one last letter: "roter" and "roten". */
function isAgreeing(word: string, other: string): boolean {
  return word.length === other.length && word.length > STEM_MIN && word.slice(0, -1) === other.slice(0, -1) && ENDINGS.has(word.slice(-1)) && ENDINGS.has(other.slice(-1));
}

/** Two forms of a word of an alphabet that has cases of its own, like the Cyrillic: names are declined too. */
function isInflected(word: string, other: string): boolean {
  const stem = word.slice(0, Math.max(STEM_MIN - 1, word.length - 2));
  return word.length >= STEM_MIN && other.startsWith(stem) && other.length <= stem.length + 3;
}
