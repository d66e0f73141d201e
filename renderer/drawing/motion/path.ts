import type { CameraMove } from "../../../film/film.ts";
import { randomOf } from "../random.ts";

/** Where the camera is at a moment: shifts are shares of the plane's margin (-1 to 1), zoom is what the nearest plane grows by. */
export interface CameraPose {
  x: number;
  y: number;
  zoom: number;
  /** Radians. */
  roll: number;
}

/** How a move travels between two poses; `parallax` 0 turns the camera (all planes shift alike), 1 carries it sideways. */
interface Travel {
  from: CameraPose;
  to: CameraPose;
  parallax: number;
}

const REST: CameraPose = { x: 0, y: 0, zoom: 0, roll: 0 };

/** Fast for as long as it lasts: a short shot travels less, so that no move is hectic. */
const FULL_TRAVEL_FRAMES = 24 * 5;
const LEAST_TRAVEL = 0.4;

const travels: Record<CameraMove, Travel> = {
  static: { from: REST, to: REST, parallax: 1 },
  "push-in": { from: REST, to: { ...REST, zoom: 0.26 }, parallax: 1 },
  "pull-out": { from: { ...REST, zoom: 0.26 }, to: REST, parallax: 1 },
  "pan-left": { from: { ...REST, x: -0.85 }, to: { ...REST, x: 0.85 }, parallax: 0.55 },
  "pan-right": { from: { ...REST, x: 0.85 }, to: { ...REST, x: -0.85 }, parallax: 0.55 },
  "tilt-up": { from: { ...REST, y: -0.85 }, to: { ...REST, y: 0.85 }, parallax: 0.5 },
  "tilt-down": { from: { ...REST, y: 0.85 }, to: { ...REST, y: -0.85 }, parallax: 0.5 },
  "track-left": { from: { ...REST, x: -0.9 }, to: { ...REST, x: 0.9 }, parallax: 0.9 },
  "track-right": { from: { ...REST, x: 0.9 }, to: { ...REST, x: -0.9 }, parallax: 0.9 },
  "crane-up": { from: { x: 0, y: -0.8, zoom: 0.1, roll: 0 }, to: { x: 0, y: 0.85, zoom: 0.02, roll: 0 }, parallax: 0.85 },
  handheld: { from: { ...REST, zoom: 0.05 }, to: { ...REST, zoom: 0.07 }, parallax: 0.5 },
};

/** Starts and stops gently, with an even run between. */
export function eased(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  const edge = 0.28;
  const speed = 1 / (1 - edge);
  if (x < edge) return (speed * x * x) / (2 * edge);
  if (x > 1 - edge) return 1 - (speed * (1 - x) * (1 - x)) / (2 * edge);
  return speed * (x - edge / 2);
}

export interface CameraPath {
  /** The pose at a frame. */
  at(frame: number): CameraPose;
  parallax: number;
}

/** The camera's way through a clip of so many frames. The same seed shakes a hand-held camera in the same way. */
export function cameraPath(input: { move: CameraMove; frames: number; seed: number }): CameraPath {
  const { from, to, parallax } = travels[input.move];
  const share = Math.max(LEAST_TRAVEL, Math.min(1, input.frames / FULL_TRAVEL_FRAMES));
  const shake = input.move === "handheld" ? tremor(input.seed) : () => REST;
  // A shortened move keeps its middle: it starts later and ends earlier on the same way.
  const between = (a: number, b: number, t: number): number => {
    const middle = (a + b) / 2;
    return middle + (a - middle) * share + (b - a) * share * t;
  };
  const zoomed = (t: number): number => (from.zoom < to.zoom ? from.zoom + (to.zoom - from.zoom) * share * t : to.zoom + (from.zoom - to.zoom) * share * (1 - t));
  return {
    parallax,
    at: (frame) => {
      const t = eased(input.frames > 1 ? frame / (input.frames - 1) : 0);
      const hand = shake(frame);
      return { x: between(from.x, to.x, t) + hand.x, y: between(from.y, to.y, t) + hand.y, zoom: zoomed(t), roll: hand.roll };
    },
  };
}

/** A hand's unrest: slow sway and a faint tremble, from sines of unrelated lengths. */
function tremor(seed: number): (frame: number) => CameraPose {
  const random = randomOf(seed, "hand");
  const waves = Array.from({ length: 12 }, () => ({ phase: random() * Math.PI * 2, stretch: 0.85 + random() * 0.3 }));
  const wave = (i: number, frame: number, frames: number): number => {
    const w = waves[i];
    return w ? Math.sin((frame / (frames * w.stretch)) * Math.PI * 2 + w.phase) : 0;
  };
  return (frame) => ({
    x: 0.17 * wave(0, frame, 71) + 0.08 * wave(1, frame, 31) + 0.025 * wave(2, frame, 13),
    y: 0.2 * wave(3, frame, 59) + 0.1 * wave(4, frame, 27) + 0.03 * wave(5, frame, 11),
    zoom: 0,
    roll: 0.0028 * wave(6, frame, 83) + 0.0012 * wave(7, frame, 37),
  });
}

/** How a plane of that depth (0 far to 1 near) follows the camera: pixels of shift, and its scale. */
export function planeMotion(input: { pose: CameraPose; depth: number; parallax: number; marginX: number; marginY: number }): { dx: number; dy: number; scale: number } {
  const { pose, depth, parallax } = input;
  const share = 1 - parallax + parallax * (0.08 + 0.92 * depth);
  return { dx: pose.x * input.marginX * share, dy: pose.y * input.marginY * share, scale: 1 + pose.zoom * (0.2 + 0.8 * depth ** 1.15) };
}
