import { FRAME_RATE } from "./film.ts";
import { chunksOf, linesOf, type Chunk } from "./captions/split.ts";

/** At most so many characters of text a second. */
export const CHARACTERS_PER_SECOND = 17;

/** A cue stays for at least so long where nothing follows at once. */
const LEAST_CUE_MS = 833;

/** A word as it was spoken, in seconds from the start of its line. */
export interface TimedWord {
  text: string;
  start: number;
  end: number;
}

/** A line as it is heard in the film. */
export interface SpokenCaption {
  /** Who speaks, where the picture does not show it; else empty. */
  name: string;
  text: string;
  startFrame: number;
  /** Word timings; they need not be the words of the text one by one. */
  words: readonly TimedWord[];
  /** Length of the recording, which is all that is known where no word is timed. */
  seconds: number;
}

/** One caption: one or two lines of at most 42 characters, shown from `startMs` to `endMs`. */
export interface CaptionCue {
  startMs: number;
  endMs: number;
  lines: string[];
}

interface Lane {
  speechEndsMs: number;
  cueEndsMs: number;
}

/**
 * The captions of spoken lines. No cue passes 42 characters a line, two lines, or 17 characters a second: where speech is faster, a cue stays
 * until it can have been read and those after it come later. Lines spoken on top of each other have cues on top of each other.
 */
export function captionCues(spoken: readonly SpokenCaption[]): CaptionCue[] {
  const lanes: Lane[] = [];
  const inOrder = [...spoken].sort((a, b) => a.startFrame - b.startFrame);
  const cues = inOrder.flatMap((line) => {
    const startMs = Math.round((line.startFrame * 1000) / FRAME_RATE);
    const lane = lanes.find(({ speechEndsMs }) => speechEndsMs <= startMs) ?? newLane(lanes);
    lane.speechEndsMs = startMs + Math.floor(line.seconds * 1000);
    return cuesOfLine(line, startMs, lane);
  });
  return cues.sort((a, b) => a.startMs - b.startMs);
}

function newLane(lanes: Lane[]): Lane {
  const lane = { speechEndsMs: 0, cueEndsMs: 0 };
  lanes.push(lane);
  return lane;
}

function cuesOfLine(line: SpokenCaption, startMs: number, lane: Lane): CaptionCue[] {
  const chunks = chunksOf(line.text, line.name);
  const when = clockOf(line, chunks);
  return chunks.map((chunk, at) => {
    const lines = linesOf(chunk.text);
    const begin = Math.max(startMs + when(chunk.first), lane.cueEndsMs);
    const readable = Math.ceil((lines.join(" ").length * 1000) / CHARACTERS_PER_SECOND);
    const least = at === chunks.length - 1 ? Math.max(readable, LEAST_CUE_MS) : readable;
    const end = Math.max(startMs + when(chunk.end), begin + least);
    lane.cueEndsMs = end;
    return { startMs: begin, endMs: end, lines };
  });
}

/** When the text's n-th word begins, in ms from the line's start; past the last, when the line ends. */
function clockOf({ words, seconds }: SpokenCaption, chunks: readonly Chunk[]): (word: number) => number {
  const count = chunks.at(-1)?.end ?? 0;
  const ms = (value: number): number => Math.max(0, Math.round(value * 1000));
  const last = ms(words.at(-1)?.end ?? seconds);
  if (words.length === count) return (word) => (word >= count ? last : ms(words[word]?.start ?? 0));
  const first = ms(words[0]?.start ?? 0);
  return (word) => first + Math.round(((last - first) * word) / Math.max(1, count));
}

/** Cues as a WebVTT file. */
export function webVtt(cues: readonly CaptionCue[]): string {
  const blocks = cues.map(({ startMs, endMs, lines }, at) => `${at + 1}\n${clock(startMs)} --> ${clock(endMs)}\n${lines.map(escaped).join("\n")}\n`);
  return `WEBVTT\n\n${blocks.join("\n")}`;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function clock(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}
