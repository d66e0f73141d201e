import type { Film, NodeId } from "./film.ts";
import { recipesOf, sequenceOf, type Picture } from "./graph/derive.ts";
import { layMusic, type MusicStretch } from "./recipes/music.ts";
import type { ShotLength } from "./recipes/picture.ts";
import { nodeId, partsOf } from "./recipes/recipe.ts";
import type { Sequence, SequenceEntry } from "./recipes/sequence.ts";
import { laySpeech, shotFrames } from "./recipes/speech.ts";

/** A dissolve overlaps the entry before it by so many frames. */
export const TRANSITION_FRAMES = 12;

/** Trims leave at least so much of an entry. */
export const LEAST_SHOWN_FRAMES = 12;

/** Frames of voices and pictures, measured or estimated; null where neither is known. */
export type FramesOf = (node: NodeId) => number | null;

export interface TimelineEntry extends SequenceEntry {
  /** Frames of the whole picture, before trims. */
  frames: number;
  /** Frames of it that are shown. */
  shown: number;
  /** Where it starts in the film. */
  startFrame: number;
}

export interface TimelineVoice {
  line: string;
  node: NodeId;
  startFrame: number;
  frames: number;
}

/** What an edit asks for and cannot have; the timeline has the nearest that is possible. */
export interface EditProblem {
  code: "trim_too_long" | "dissolve_too_long" | "line_unheard" | "line_cut_off";
  /** Shot, card or line. */
  id: string;
  /** The most (of a trim) or the least (of a length) that would do, in frames. */
  frames: number;
}

/** A film laid out in time, in frames. */
export interface Timeline {
  entries: TimelineEntry[];
  voices: TimelineVoice[];
  music: MusicStretch[];
  frames: number;
  /** Whether every length in it was known. */
  exact: boolean;
  problems: EditProblem[];
}

/** Lays out a film as its edit list has it, of moves or of clips. Lengths that `framesOf` does not know follow from the voices that it knows. */
export function assemble(film: Film, framesOf: FramesOf, picture: Picture = "move"): Timeline {
  const recipes = recipesOf(film);
  let exact = true;
  const known = (node: NodeId): number => {
    const frames = framesOf(node) ?? lengthByRecipe(node);
    if (frames !== null) return frames;
    exact = false;
    return leastFrames(node);
  };
  const lengthByRecipe = (node: NodeId): number | null => {
    const recipe = recipes.effective(node);
    if (recipe?.tool === "title") return recipe.params["frames"] as number;
    if (recipe?.tool !== "move" && recipe?.tool !== "clip") return null;
    return shotFrames(recipe.params as unknown as ShotLength, (line) => framesOf(nodeId("voice", line)));
  };
  const leastFrames = (node: NodeId): number => {
    const params = recipes.derived(node)?.params;
    return (params?.["leastFrames"] ?? params?.["frames"] ?? 0) as number;
  };
  const timeline = layOut(sequenceOf(film, picture), known);
  return { ...timeline, exact };
}

/** Lays out a sequence whose lengths are all known. */
export function layOut(sequence: Sequence, framesOf: (node: NodeId) => number): Timeline {
  const problems: EditProblem[] = [];
  const entries: TimelineEntry[] = [];
  for (const entry of sequence.entries) entries.push(placed(trimmed(entry, framesOf(entry.picture), problems), entries.at(-1), problems));
  const last = entries.at(-1);
  const frames = last ? last.startFrame + last.shown : 0;
  const voices = entries.flatMap((entry) => voicesIn(entry, framesOf)).flatMap((voice) => heard(voice, frames, problems));
  return { entries, voices, music: layMusic(sequence.music, entries, frames), frames, exact: true, problems };
}

function trimmed(entry: SequenceEntry, frames: number, problems: EditProblem[]): TimelineEntry {
  const most = Math.max(0, frames - LEAST_SHOWN_FRAMES);
  const trimStart = Math.min(entry.trimStart, most);
  const trimEnd = Math.min(entry.trimEnd, most - trimStart);
  if (trimStart !== entry.trimStart || trimEnd !== entry.trimEnd) problems.push({ code: "trim_too_long", id: partsOf(entry.picture).subject, frames: most });
  return { ...entry, trimStart, trimEnd, frames, shown: frames - trimStart - trimEnd, startFrame: 0 };
}

/** A dissolve needs its frames in both entries, beside those that the entry before gives to its own dissolve. */
function placed(entry: TimelineEntry, before: TimelineEntry | undefined, problems: EditProblem[]): TimelineEntry {
  if (!before) return { ...entry, transition: entry.transition === "dissolve" ? "cut" : entry.transition };
  const end = before.startFrame + before.shown;
  if (entry.transition !== "dissolve") return { ...entry, startFrame: end };
  const needed = TRANSITION_FRAMES * (before.transition === "dissolve" ? 2 : 1);
  const short = before.shown < needed ? before : entry.shown < TRANSITION_FRAMES ? entry : null;
  if (!short) return { ...entry, startFrame: end - TRANSITION_FRAMES };
  problems.push({ code: "dissolve_too_long", id: partsOf(short.picture).subject, frames: short === before ? needed : TRANSITION_FRAMES });
  return { ...entry, transition: "cut", startFrame: end };
}

function voicesIn({ startFrame, trimStart, lines }: TimelineEntry, framesOf: (node: NodeId) => number): TimelineVoice[] {
  const speech = laySpeech(lines, (line) => framesOf(nodeId("voice", line)));
  const offsets = new Map(lines.map(({ line, offset }) => [line, offset]));
  return (speech?.starts ?? []).map(({ line, start, frames }) => {
    const at = startFrame + start - trimStart + (offsets.get(line) ?? 0);
    return { line, node: nodeId("voice", line), startFrame: Math.max(0, at), frames };
  });
}

function heard(voice: TimelineVoice, filmFrames: number, problems: EditProblem[]): TimelineVoice[] {
  const end = voice.startFrame + voice.frames;
  if (voice.startFrame >= filmFrames) {
    problems.push({ code: "line_unheard", id: voice.line, frames: end });
    return [];
  }
  if (end > filmFrames) problems.push({ code: "line_cut_off", id: voice.line, frames: end });
  return [voice];
}
