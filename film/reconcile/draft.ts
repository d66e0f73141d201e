import { type Breakdown, type BreakdownScene, type SpeechBeat, nameKey, speakerName } from "../breakdown/index.ts";
import { type PlannedShot, planShots } from "../shots/index.ts";

/** A film as the script has it, before anything has an id. */
export interface Draft {
  breakdown: Breakdown;
  scenes: DraftScene[];
}

export interface DraftScene {
  scene: BreakdownScene;
  lines: DraftLine[];
  shots: PlannedShot[];
}

export interface DraftLine {
  /** Name in the breakdown. */
  speaker: string;
  beat: SpeechBeat;
}

/** Lines and shots of every scene of a breakdown. */
export function draftFilm(breakdown: Breakdown, seed: number): Draft {
  const names = new Map(breakdown.characters.map(({ name }) => [nameKey(name), name]));
  const scenes = breakdown.scenes.map((scene) => ({
    scene,
    lines: scene.beats.flatMap((beat) => (beat.kind === "speech" ? [{ speaker: names.get(nameKey(speakerName(beat.speaker))) ?? beat.speaker, beat }] : [])),
    shots: planShots(breakdown, scene, seed),
  }));
  return { breakdown, scenes };
}
