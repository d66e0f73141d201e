import { seedFrom } from "../hash.ts";
import { FRAME_RATE, type Aspect, type CameraMove, type Film, type Recipe, type Scene, type Shot, type TimeOfDay, type Weather } from "../film.ts";
import { derivedRecipe } from "./recipe.ts";

/** A line within its shot: a dual one is spoken together with its neighbour. */
export type SpokenLine = { line: string; dual: boolean };

/** What a shot's length follows from: the least that it lasts, and its lines, once their voices are measured. */
export type ShotLength = { leastFrames: number; lines: SpokenLine[] };

export type PictureParams = ShotLength & {
  cameraMove: CameraMove;
  aspect: Aspect;
  weather: Weather;
  timeOfDay: TimeOfDay;
  seed: number;
  /** The shot's slate number; a clip has no slate. */
  slate: string | null;
};

/** Seconds as whole frames, at least one. */
export const framesOf = (seconds: number): number => Math.max(1, Math.round(seconds * FRAME_RATE));

/**
 * The moving picture of a shot: `move`, slated, for the animatic, or `clip`, clean, for the master. Its frame count is not in it: that
 * follows from the voices, which it depends on.
 */
export function pictureRecipe(film: Film, scene: Scene | undefined, input: { tool: "move" | "clip"; shot: Shot; lines: SpokenLine[] }): Recipe {
  const { tool, shot, lines } = input;
  const params: PictureParams = {
    cameraMove: shot.cameraMove,
    aspect: film.aspect,
    weather: scene?.weather ?? "clear",
    timeOfDay: scene?.timeOfDay ?? "day",
    seed: seedFrom(film.seed, "picture", shot.id),
    slate: tool === "move" ? shot.number : null,
    leastFrames: framesOf(shot.seconds),
    lines,
  };
  return derivedRecipe(tool, params, tool === "clip" ? film.wishes?.clip : undefined);
}
