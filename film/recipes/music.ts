import type { NodeId } from "../film.ts";
import type { SequenceMusic } from "./sequence.ts";

/** Where a cue is heard. */
export interface MusicStretch {
  cue: NodeId;
  startFrame: number;
  frames: number;
}

/** The film's cue is heard wherever no scene has one of its own; a scene whose own is `none` stays without music. */
export function layMusic(music: readonly SequenceMusic[], entries: readonly { scene: string | null; startFrame: number }[], filmFrames: number): MusicStretch[] {
  const overall = music.find(({ scene }) => scene === null)?.cue ?? null;
  const own = new Map(music.flatMap(({ scene, cue }) => (scene === null ? [] : [[scene, cue] as const])));
  const stretches: MusicStretch[] = [];
  entries.forEach(({ scene, startFrame }, at) => {
    const cue = scene === null ? overall : (own.has(scene) ? (own.get(scene) ?? null) : overall);
    const end = entries[at + 1]?.startFrame ?? filmFrames;
    const last = stretches.at(-1);
    if (cue === null || end <= startFrame) return;
    if (last?.cue === cue && last.startFrame + last.frames === startFrame) last.frames += end - startFrame;
    else stretches.push({ cue, startFrame, frames: end - startFrame });
  });
  return stretches;
}
