import { speakingSeconds } from "../timing.ts";

const ABBREVIATIONS = new Set(["mr", "mrs", "ms", "dr", "st", "prof", "sr", "sra", "jr", "capt", "lt", "sgt", "no", "vs"]);

/** Sentences of a paragraph, line breaks taken as spaces. Abbreviated titles end none. */
export function sentences(text: string): string[] {
  const flat = text.replace(/\s+/g, " ").trim();
  const found: string[] = [];
  let from = 0;
  const ends = /[.!?…]+["'”’)\]]*(?= )/g;
  for (let end = ends.exec(flat); end; end = ends.exec(flat)) {
    const to = end.index + end[0].length;
    const last = /(\S+)$/.exec(flat.slice(Math.max(from, end.index - 12), end.index))?.[1] ?? "";
    const next = flat[to + 1] ?? "";
    if (end[0] === "." && (ABBREVIATIONS.has(last.toLowerCase()) || /^\p{Lu}$/u.test(last))) continue;
    if (/\p{Ll}/u.test(next)) continue;
    found.push(flat.slice(from, to));
    from = to + 1;
  }
  if (from < flat.length) found.push(flat.slice(from));
  return found;
}

/** What one line says at most: a take of a voice, and the shot that it is heard over, last two minutes at most, however slowly it is spoken. */
const LINE_SECONDS_MAX = 60;
const LINE_LETTERS_MAX = 1_000;
const CLAUSE = /.{1,200}(?:[\s,;:、，。；：！？]|$)|.{1,200}/gsu;

const fits = (text: string): boolean => text.length <= LINE_LETTERS_MAX && speakingSeconds(text) <= LINE_SECONDS_MAX;

/** A speech in lines that can each be spoken in one go: as it is, or divided at its sentences, and where one of them is too long at its clauses. */
export function speakable(text: string): string[] {
  if (fits(text)) return [text];
  const lines: string[] = [];
  let open = "";
  for (const piece of sentences(text).flatMap((sentence) => (fits(sentence) ? [`${sentence} `] : (`${sentence} `.match(CLAUSE) ?? [])))) {
    if (open !== "" && !fits(open + piece.trimEnd())) {
      lines.push(open.trim());
      open = "";
    }
    open += piece;
  }
  return [...lines, open.trim()].filter((line) => line !== "");
}

/** A word of a text with its place. */
export interface Word {
  text: string;
  lower: string;
  from: number;
  to: number;
}

/** Words with their places; hyphens and apostrophes inside a word belong to it, and a possessive ending does not. */
export function words(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu)) {
    const word = match[0].replace(/['’]s$/iu, "");
    found.push({ text: word, lower: word.toLowerCase(), from: match.index, to: match.index + word.length });
  }
  return found;
}

const IRREGULAR: Record<string, string> = { knives: "knife", wolves: "wolf", leaves: "leaf", loaves: "loaf", scarves: "scarf", shelves: "shelf", men: "man", women: "woman", children: "child", mice: "mouse", people: "person", feet: "foot", teeth: "tooth", geese: "goose", lenses: "lens", glasses: "glasses", scissors: "scissors", binoculars: "binoculars", headphones: "headphones", goggles: "goggles", handcuffs: "handcuffs", keys: "key" };

/** A noun in the singular, as far as English spelling tells. */
export function singular(noun: string): string {
  const known = IRREGULAR[noun];
  if (known) return known;
  if (/(?:ss|us|is)$/.test(noun) || noun.length < 4) return noun;
  if (noun.endsWith("ies")) return `${noun.slice(0, -3)}y`;
  if (/(?:ches|shes|xes|sses|zes)$/.test(noun)) return noun.slice(0, -2);
  return noun.endsWith("s") ? noun.slice(0, -1) : noun;
}
