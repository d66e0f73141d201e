/** One entry of a cut, as the caller gives it. Frames are counted at 24 fps. */
export interface Entry {
  /** Of the clip, before trims. */
  frames: number;
  trimStart: number;
  trimEnd: number;
  transition: "cut" | "dissolve" | "fade";
}

/** A dissolve overlaps the entry before by so many frames; a fade leaves and enters black in as many. */
export const TRANSITION_FRAMES = 12;

/** A stretch of the film's picture. `clip` is the entry's position; frames are those of its clip, end exclusive. */
export type Segment =
  | { kind: "plain"; clip: number; from: number; to: number }
  | { kind: "fade-out" | "fade-in"; clip: number; from: number; to: number }
  | { kind: "dissolve"; clip: number; from: number; to: number; before: { clip: number; from: number } };

export interface Timeline {
  segments: Segment[];
  frames: number;
}

interface Shown {
  clip: number;
  from: number;
  to: number;
  transition: Entry["transition"];
}

/**
 * Lays entries out one after the other. A dissolve that finds no room in one of its two entries (beside the dissolve that the entry
 * before gave already) is a cut, and so is one without anything before it; what is planned elsewhere counts on the same rule.
 */
export function layOut(entries: Entry[]): Timeline {
  const shown: Shown[] = [];
  entries.forEach((entry, clip) => {
    const from = entry.trimStart;
    const to = entry.frames - entry.trimEnd;
    shown.push({ clip, from, to, transition: effective({ ...entry, from, to }, shown.at(-1)) });
  });
  const segments = shown.flatMap((one, n) => segmentsOf(one, shown[n - 1], shown[n + 1]));
  return { segments, frames: segments.reduce((sum, { from, to }) => sum + to - from, 0) };
}

function effective(entry: { transition: Entry["transition"]; from: number; to: number }, before: Shown | undefined): Entry["transition"] {
  if (entry.transition !== "dissolve") return entry.transition;
  if (!before) return "cut";
  const needed = TRANSITION_FRAMES * (before.transition === "dissolve" ? 2 : 1);
  return before.to - before.from < needed || entry.to - entry.from < TRANSITION_FRAMES ? "cut" : "dissolve";
}

function segmentsOf(one: Shown, before: Shown | undefined, after: Shown | undefined): Segment[] {
  const { clip } = one;
  const dissolving = one.transition === "dissolve" ? TRANSITION_FRAMES : 0;
  const given = after?.transition === "dissolve" ? TRANSITION_FRAMES : 0;
  const own = one.to - one.from - dissolving - given;
  const both = one.transition === "fade" && after?.transition === "fade";
  const fadeIn = one.transition === "fade" ? Math.min(TRANSITION_FRAMES, both ? own >> 1 : own) : 0;
  const fadeOut = after?.transition === "fade" ? Math.min(TRANSITION_FRAMES, own - fadeIn) : 0;
  const start = one.from + dissolving;
  const end = one.to - given;
  const segments: Segment[] = [];
  if (dissolving > 0 && before) segments.push({ kind: "dissolve", clip, from: one.from, to: start, before: { clip: before.clip, from: before.to - TRANSITION_FRAMES } });
  if (fadeIn > 0) segments.push({ kind: "fade-in", clip, from: start, to: start + fadeIn });
  if (end - fadeOut > start + fadeIn) segments.push({ kind: "plain", clip, from: start + fadeIn, to: end - fadeOut });
  if (fadeOut > 0) segments.push({ kind: "fade-out", clip, from: end - fadeOut, to: end });
  return segments;
}
