/** A breakdown in which every named thing has the lines of the script that prove it. Scenes and lines are numbered from 1. */
export interface Reading {
  scenes: { scene: number; synopsis: string; lines: number[] }[];
  characters: { name: string; aliases: string[]; description: string; lines: number[] }[];
  locations: { name: string; description: string; lines: number[] }[];
  props: { name: string; scene: number; lines: number[] }[];
  costumes: { item: string; character: string | null; scene: number; lines: number[] }[];
}

export const emptyReading = (): Reading => ({ scenes: [], characters: [], locations: [], props: [], costumes: [] });

/** A text without anything that begins a new line, for people or for programs. */
export const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");

/** What somebody else wrote, as data in a sentence of ours. */
export const quoted = (text: string): string => JSON.stringify(onOneLine(text));

/** Words that name nothing by themselves. */
const SMALL_WORDS = new Set(["a", "an", "the", "of", "and", "or", "in", "on", "at", "to", "with", "for", "from", "her", "his", "their", "its"]);

/** A text as words that can be compared: no case, accents or marks. */
export const plainWords = (text: string): string[] =>
  text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/['’]s\b/g, "").match(/[\p{L}\p{N}]+/gu) ?? [];

/** The words of a name that have to be found where it is proven; of a name of small words only, all of them. */
export function wordsOfName(name: string): string[] {
  const words = plainWords(name);
  const telling = words.filter((word) => !SMALL_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** The key by which one thing is told from another, however it is written. */
export const keyOf = (name: string): string => wordsOfName(name).join(" ");

/** Whether a word is there, in the singular or the plural. */
export function hasWord(words: ReadonlySet<string>, word: string): boolean {
  if (words.has(word) || words.has(`${word}s`) || words.has(`${word}es`)) return true;
  return (word.endsWith("s") && words.has(word.slice(0, -1))) || (word.endsWith("es") && words.has(word.slice(0, -2))) || (word.endsWith("ies") && words.has(`${word.slice(0, -3)}y`));
}
