/** How long words take: an estimate until a voice has been measured. */

const WORDS_PER_SECOND = 2.6;
const LETTERS_PER_SECOND_CJK = 4.5;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Rounds to whole 24ths, so that every length is whole frames. */
export const toFrames = (seconds: number): number => Math.round(seconds * 24) / 24;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Number of words; writing systems without spaces count by their letters. */
export function countWords(text: string): number {
  const letters = count(text, CJK);
  return count(text.replace(CJK, " "), /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) + (letters * WORDS_PER_SECOND) / LETTERS_PER_SECOND_CJK;
}

/** Seconds that it takes to say something, with its pauses. */
export function speakingSeconds(text: string): number {
  const words = countWords(text);
  if (words === 0) return 0;
  const pauses = count(text, /[,;:–—]/g) * 0.18 + count(text, /[.!?…]+(?=\s)/g) * 0.4;
  return toFrames(0.4 + words / WORDS_PER_SECOND + pauses);
}

/** Seconds that an action on screen takes to be seen: at least two, at most eight for one shot's worth. */
export function actionSeconds(text: string): number {
  const words = countWords(text);
  return words === 0 ? 0 : toFrames(Math.min(8, Math.max(2, 1 + words * 0.2)));
}
