/** What was said in one breath, and when it began, in seconds. */
export interface Passage {
  start: number;
  text: string;
}

interface Word {
  text: string;
  start: number;
  end: number;
}

const WORDS_MOST = 18;
const PAUSE_SECONDS = 1.2;
const isWord = (value: unknown): value is Word => typeof value === "object" && value !== null && "text" in value && typeof value.text === "string" && "start" in value && typeof value.start === "number" && "end" in value && typeof value.end === "number";

/** A transcript in passages: a sentence, or as much of it as one reads at once. */
export function passagesIn(transcript: unknown): Passage[] {
  const words: unknown[] = typeof transcript === "object" && transcript !== null && "words" in transcript && Array.isArray(transcript.words) ? transcript.words : [];
  const passages: Passage[] = [];
  let current: Word[] = [];
  const close = () => {
    const [first] = current;
    if (first) passages.push({ start: first.start, text: current.map(({ text }) => text.trim()).join(" ") });
    current = [];
  };
  for (const word of words.filter(isWord)) {
    if (word.text.trim() === "") continue;
    const before = current.at(-1);
    if (before && (current.length >= WORDS_MOST || word.start - before.end > PAUSE_SECONDS || /[.!?…。？！]["”’)]?$/u.test(before.text.trim()))) close();
    current.push(word);
  }
  close();
  return passages;
}
