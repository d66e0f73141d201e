import { divideScenes } from "../scenes.ts";
import { onOneLine } from "./reading.ts";
import type { FountainDocument } from "../../fountain/index.ts";

/** Tokens of script that a model reads at once. */
export const CHUNK_TOKENS = 10_000;
/** A token has four letters or so; three are counted, so that a chunk is rather too short. */
const LETTERS_PER_TOKEN = 3;
/** A scene that is longer than a chunk is cut between lines, and these many are read twice. */
const OVERLAP_LINES = 12;
/** A line of somebody who never breaks one is cut. */
const LINE_LETTERS_MAX = 4_000;

export interface ScriptLine {
  number: number;
  text: string;
}

/** A scene by its number, and its first and last line. */
export interface SceneLines {
  scene: number;
  heading: string | null;
  first: number;
  last: number;
}

/** What a model reads at once: whole scenes where they fit. */
export interface Chunk {
  scenes: SceneLines[];
  lines: ScriptLine[];
}

/** A script in numbered lines, which are those of Fountain and of editors, and which of them each scene has. What else breaks a line is a space in it. */
export function linesOf(document: FountainDocument): { lines: ScriptLine[]; scenes: SceneLines[] } {
  const lines: ScriptLine[] = [];
  const starts: number[] = [];
  let start = 0;
  for (const text of document.text.split(/(?<=\n|\r(?!\n))/)) {
    starts.push(start);
    lines.push({ number: lines.length + 1, text: onOneLine(text.replace(/\r?\n$|\r$/, "")).slice(0, LINE_LETTERS_MAX).toWellFormed() });
    start += text.length;
  }
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const scenes = divideScenes(document).map(({ heading, source }, index) => ({ scene: index + 1, heading, first: lineAt(source.start), last: lineAt(Math.max(source.start, source.end - 1)) }));
  return { lines, scenes };
}

const tokensOf = ({ text }: ScriptLine): number => Math.ceil((text.length + 6) / LETTERS_PER_TOKEN);

/** Cuts a script into chunks of at most so many tokens. Neighbours share their last and first scene, so that nothing is read without what led to it. */
export function chunksOf(document: FountainDocument, tokensMax: number = CHUNK_TOKENS): Chunk[] {
  const { lines, scenes } = linesOf(document);
  const pieces = scenes.flatMap((scene) => piecesOf(scene, lines, tokensMax));
  const sizes = pieces.map(({ first, last }) => lines.slice(first - 1, last).reduce((sum, line) => sum + tokensOf(line), 0));
  const chunks: Chunk[] = [];
  let from = 0;
  while (from < pieces.length) {
    let size = 0;
    let to = from;
    while (to < pieces.length && (to === from || size + (sizes[to] ?? 0) <= tokensMax)) size += sizes[to++] ?? 0;
    const taken = pieces.slice(from, to);
    chunks.push({ scenes: taken, lines: taken.flatMap(({ first, last }) => lines.slice(first - 1, last)) });
    if (to >= pieces.length) break;
    // The last scene is read again as the first, unless the next would not fit beside it, or it is all that there was.
    const fitsAgain = to - 1 > from && (sizes[to - 1] ?? 0) + (sizes[to] ?? 0) <= tokensMax;
    from = fitsAgain ? to - 1 : to;
  }
  return chunks;
}

/** A scene as it is, or in parts where it is longer than a chunk. */
function piecesOf(scene: SceneLines, lines: readonly ScriptLine[], tokensMax: number): SceneLines[] {
  const pieces: SceneLines[] = [];
  let first = scene.first;
  let size = 0;
  for (let at = scene.first; at <= scene.last; at += 1) {
    const line = lines[at - 1];
    const tokens = line ? tokensOf(line) : 0;
    if (size + tokens > tokensMax && at > first) {
      pieces.push({ ...scene, first, last: at - 1 });
      // Never so far back that nothing new would be read.
      first = Math.max(first + 1, at - OVERLAP_LINES);
      size = lines.slice(first - 1, at - 1).reduce((sum, each) => sum + tokensOf(each), 0);
      if (size + tokens > tokensMax) {
        first = at;
        size = 0;
      }
    }
    size += tokens;
  }
  pieces.push({ ...scene, first, last: scene.last });
  return pieces;
}
