import type { Look, Rgb } from "./cube.ts";

export const lookNames = ["none", "warm", "cold", "teal-orange", "bleach-bypass", "noir", "faded", "day-for-night"] as const;
export type LookName = (typeof lookNames)[number];

const luma = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const mix = (a: Rgb, b: Rgb, part: number): Rgb => [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
const times = (color: Rgb, by: Rgb): Rgb => [color[0] * by[0], color[1] * by[1], color[2] * by[2]];
const each = (color: Rgb, change: (part: number) => number): Rgb => [change(color[0]), change(color[1]), change(color[2])];
const clamp = (part: number): number => Math.min(1, Math.max(0, part));
/** An S about the middle: 0 changes nothing, 1 is the steepest without a reversal. */
const contrast = (amount: number) => (part: number): number => {
  const x = clamp(part);
  return x + (x * x * (3 - 2 * x) - x) * amount;
};
const saturate = (color: Rgb, by: number): Rgb => mix([luma(color), luma(color), luma(color)], color, by);
/** Light that goes over from one tint to another between shadows and highlights; what is black or white stays nearly so. */
const toned = (color: Rgb, { shadows, lights, amount }: { shadows: Rgb; lights: Rgb; amount: number }): Rgb => {
  const light = clamp(luma(color));
  const weight = amount * 4 * light * (1 - light) + amount * 0.25;
  return mix(color, times(color, mix(shadows, lights, light)), Math.min(1, weight));
};

/** The house's looks, as what becomes of a colour. */
export const looks: Record<LookName, Look> = {
  none: (color) => color,
  warm: (color) => each(times(color, [1.06, 1.0, 0.86]), contrast(0.2)),
  cold: (color) => each(saturate(times(color, [0.88, 0.99, 1.09]), 0.9), contrast(0.25)),
  "teal-orange": (color) => each(saturate(toned(color, { shadows: [0.7, 1.03, 1.14], lights: [1.15, 0.98, 0.8], amount: 0.75 }), 1.12), contrast(0.35)),
  "bleach-bypass": (color) => each(saturate(color, 0.4), contrast(0.9)),
  noir: (color) => {
    // Red counts more than the eye would have it, as on the film stock of the time: faces are light, skies dark.
    const grey = 0.4 * color[0] + 0.45 * color[1] + 0.15 * color[2];
    return each([grey, grey, grey], (part) => contrast(1)(contrast(0.25)(part)) * 0.98);
  },
  faded: (color) => each(saturate(times(color, [1.02, 0.99, 0.95]), 0.72), (part) => 0.09 + 0.84 * part),
  "day-for-night": (color) => {
    const dark = each(color, (part) => 0.52 * clamp(part) ** 1.35);
    return times(saturate(dark, 0.45), [0.62, 0.86, 1.22]);
  },
};
