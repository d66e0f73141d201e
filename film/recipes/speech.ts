import type { ShotLength, SpokenLine } from "./picture.ts";

/** Frames of quiet before the first line of a shot, after its last, and between lines that follow each other. */
export const HEAD_FRAMES = 6;
export const TAIL_FRAMES = 12;
export const GAP_FRAMES = 6;

/** Where each line starts within its shot, in frames, and how many frames all of them need with their handles (0 where none speaks). */
export interface Speech {
  starts: { line: string; start: number; frames: number }[];
  frames: number;
}

/** Lays a shot's lines one after another; lines that are spoken together start together. Null while a voice is not measured. */
export function laySpeech(lines: readonly SpokenLine[], framesOfLine: (line: string) => number | null): Speech | null {
  const starts: Speech["starts"] = [];
  let at = HEAD_FRAMES;
  for (const group of togetherGroups(lines)) {
    let longest = 0;
    for (const { line } of group) {
      const frames = framesOfLine(line);
      if (frames === null) return null;
      starts.push({ line, start: at, frames });
      longest = Math.max(longest, frames);
    }
    at += longest + GAP_FRAMES;
  }
  return { starts, frames: starts.length === 0 ? 0 : at - GAP_FRAMES + TAIL_FRAMES };
}

/** Frames that a shot lasts: its speech, but no less than its own least. Null while a voice is not measured. */
export function shotFrames({ leastFrames, lines }: ShotLength, framesOfLine: (line: string) => number | null): number | null {
  const speech = laySpeech(lines, framesOfLine);
  return speech === null ? null : Math.max(leastFrames, speech.frames);
}

/**
 * Lines that are spoken together. Of two neighbours that are marked as dual, both are of one pair; a single one joins the line before it.
 */
function togetherGroups(lines: readonly SpokenLine[]): SpokenLine[][] {
  const groups: SpokenLine[][] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    const following = lines[index + 1];
    const last = groups.at(-1);
    if (line === undefined) break;
    if (line.dual && following?.dual) {
      groups.push([line, following]);
      index += 1;
    } else if (line.dual && last?.length === 1) {
      last.push(line);
    } else {
      groups.push([line]);
    }
  }
  return groups;
}
