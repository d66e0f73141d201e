import type { Phone } from "./speech.ts";

/** A word of a line and when it is heard, in seconds. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** The words of a text; punctuation that stands alone belongs to the word before it. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const piece of text.split(/\s+/).filter((one) => one !== "")) {
    const last = words.length - 1;
    if (/[\p{L}\p{N}]/u.test(piece) || last < 0) words.push(piece);
    else words[last] = `${words[last]} ${piece}`;
  }
  return words;
}

/**
 * Gives each word its time: the phones of every word by itself are aligned with the phones that were spoken.
 * In running speech some change or vanish; the alignment with the fewest changes tells which belong together.
 */
export function timeWords(words: string[], alone: string[][], spoken: Phone[]): Word[] {
  const heard = spoken.map((phone, n) => ({ name: phone.name, start: n === 0 ? 0 : (spoken[n - 1]?.end ?? 0), end: phone.end })).filter((phone) => phone.name !== "pau");
  const expected = alone.flatMap((phones, word) => phones.map((name) => ({ name, word })));
  const spans: ({ start: number; end: number } | null)[] = words.map(() => null);
  for (const [at, to] of align(expected.map((phone) => phone.name), heard.map((phone) => phone.name))) {
    const word = expected[at]?.word;
    const phone = heard[to];
    if (word === undefined || !phone) continue;
    const span = spans[word];
    spans[word] = { start: Math.min(span?.start ?? phone.start, phone.start), end: Math.max(span?.end ?? phone.end, phone.end) };
  }
  return fillGaps(words, spans, heard.at(-1)?.end ?? 0);
}

/** Spreads words evenly by their length over a time in which nothing is spoken. */
export function spreadWords(words: string[], seconds: number): Word[] {
  const total = words.reduce((sum, word) => sum + word.length + 1, 0);
  let at = 0;
  return words.map((text) => {
    const start = at;
    at += (seconds * (text.length + 1)) / total;
    return { text, start, end: at };
  });
}

/** A word that no phone was left for stands between its neighbours. */
function fillGaps(words: string[], spans: ({ start: number; end: number } | null)[], end: number): Word[] {
  let before = 0;
  return words.map((text, n) => {
    const span = spans[n];
    const after = spans.slice(n).find((one) => one !== null)?.start ?? end;
    const start = Math.max(before, span?.start ?? before);
    before = Math.max(start, span?.end ?? after);
    return { text, start, end: before };
  });
}

/** Pairs of positions in the cheapest alignment of two sequences (edit distance). */
function align(a: string[], b: string[]): [number, number][] {
  const width = b.length + 1;
  const cost = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => cost[i * width + j] ?? 0;
  const change = (i: number, j: number): number => (a[i - 1] === b[j - 1] ? 0 : isVowel(a[i - 1]) === isVowel(b[j - 1]) ? 2 : 3);
  for (let i = 0; i <= a.length; i += 1) {
    for (let j = 0; j <= b.length; j += 1) {
      if (i === 0 || j === 0) cost[i * width + j] = 2 * (i + j);
      else cost[i * width + j] = Math.min(at(i - 1, j - 1) + change(i, j), at(i - 1, j) + 2, at(i, j - 1) + 2);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (at(i, j) === at(i - 1, j - 1) + change(i, j)) pairs.push([(i -= 1), (j -= 1)]);
    else if (at(i, j) === at(i - 1, j) + 2) i -= 1;
    else j -= 1;
  }
  return pairs.reverse();
}

const isVowel = (phone: string | undefined): boolean => /^[aeiou]/.test(phone ?? "");
