/** A caption line has at most so many characters, and a cue at most two lines. */
export const LINE_CHARACTERS = 42;

/** The words `first` to `end` (exclusive) of a line's text, as one cue shows them. */
export interface Chunk {
  text: string;
  first: number;
  end: number;
}

interface Word {
  text: string;
  /** Which word of the text it is, or is part of. */
  index: number;
}

const endsSentence = /[.!?…]["'”’)\]]*$/u;
const endsClause = /[,;:–—-]["'”’)\]]*$/u;

/**
 * Cuts a line's text into what fits one cue each, at the end of a sentence if one is near, else of a clause, else between words. The first
 * cue says who speaks, where that is asked for.
 */
export function chunksOf(text: string, name: string): Chunk[] {
  const words = wordsOf(text);
  const chunks: Chunk[] = [];
  let start = 0;
  let prefix = name === "" ? "" : `${shortened(name)}: `;
  while (start < words.length) {
    const end = chunkEnd(words, start, prefix);
    const taken = words.slice(start, end);
    chunks.push({ text: prefix + taken.map((word) => word.text).join(" "), first: taken[0]?.index ?? 0, end: words[end]?.index ?? wordCount(words) });
    start = end;
    prefix = "";
  }
  return chunks;
}

/** Wraps a chunk's text: on one line if it fits, else on two as even as can be. */
export function linesOf(text: string): string[] {
  if (text.length <= LINE_CHARACTERS) return [text];
  const breaks = [...text.matchAll(/ /gu)].map(({ index }) => index).filter((at) => at <= LINE_CHARACTERS && text.length - at - 1 <= LINE_CHARACTERS);
  const unevenness = (at: number): number => Math.abs(text.length - 2 * at) - (endsClause.test(text.slice(0, at)) || endsSentence.test(text.slice(0, at)) ? 12 : 0);
  const best = breaks.sort((a, b) => unevenness(a) - unevenness(b))[0];
  return best === undefined ? [text] : [text.slice(0, best), text.slice(best + 1)];
}

const fits = (text: string): boolean => linesOf(text).every((line) => line.length <= LINE_CHARACTERS);

const wordCount = (words: readonly Word[]): number => (words.at(-1)?.index ?? -1) + 1;

function chunkEnd(words: readonly Word[], start: number, prefix: string): number {
  let text = prefix;
  let end = start;
  while (end < words.length) {
    const longer = end === start ? text + (words[end]?.text ?? "") : `${text} ${words[end]?.text ?? ""}`;
    if (end > start && !fits(longer)) break;
    text = longer;
    end += 1;
  }
  if (end === words.length) return end;
  return lastWhere(words, start, end, endsSentence) ?? lastWhere(words, start, end, endsClause) ?? end;
}

/** The last good place to end a cue, unless it would leave the cue less than a third full. */
function lastWhere(words: readonly Word[], start: number, end: number, good: RegExp): number | null {
  for (let at = end; at > start + Math.ceil((end - start) / 3); at -= 1) if (good.test(words[at - 1]?.text ?? "")) return at;
  return null;
}

/** The text's words; one that fits no line is cut into pieces that do. */
function wordsOf(text: string): Word[] {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  return words.flatMap((word, index) => pieces(word).map((piece) => ({ text: piece, index })));
}

function pieces(word: string): string[] {
  if (word.length <= LINE_CHARACTERS) return [word];
  const result = [""];
  for (const character of word) {
    const last = result.length - 1;
    if ((result[last] ?? "").length + character.length > LINE_CHARACTERS) result.push(character);
    else result[last] += character;
  }
  return result;
}

const shortened = (name: string): string => (name.length <= 24 ? name : `${[...name].slice(0, 23).join("")}…`);
