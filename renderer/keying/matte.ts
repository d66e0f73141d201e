import type { Size } from "../media/fitting.ts";

/** One value a pixel: 0 is background, 255 is what stands before it. */
export type Matte = Uint8ClampedArray<ArrayBuffer>;

/** Cuts something out of a picture: fills the matte, and takes the background's colour from the picture's edges. */
export type Key = (rgba: Uint8ClampedArray, matte: Matte) => void;

/** From how much of the key's colour on a pixel begins to be background, and from how much on it is nothing else. */
const KEY_FROM = 0.16;
const KEY_ALL = 0.42;
/** How far a colour may turn away from the key's hue: the tangent of the angle at which it counts no longer. */
const KEY_ANGLE = 1.15;
/** A key of less colour than this is none: it is told apart by its light. */
const LEAST_CHROMA = 24;

const smooth = (from: number, to: number, at: number): number => {
  const part = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return part * part * (3 - 2 * part);
};

/** Blue and red against light, as television has them (bt709), in steps of 256. */
const chroma = (r: number, g: number, b: number): [number, number] => {
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [(b - light) / 1.8556, (r - light) / 1.5748];
};

/** Keys a colour, by hue and saturation, so that shadows on the screen are background too. Grey keys go by distance. */
export function colorKey([r, g, b]: readonly [number, number, number]): Key {
  const [cb, cr] = chroma(r, g, b);
  const strength = Math.hypot(cb, cr);
  if (strength < LEAST_CHROMA) return greyKey([r, g, b]);
  const [ux, uy] = [cb / strength, cr / strength];
  return (rgba, matte) => {
    for (let n = 0; n < matte.length; n += 1) {
      const pr = rgba[4 * n] ?? 0;
      const pg = rgba[4 * n + 1] ?? 0;
      const pb = rgba[4 * n + 2] ?? 0;
      const light = 0.2126 * pr + 0.7152 * pg + 0.0722 * pb;
      const pu = (pb - light) / 1.8556;
      const pv = (pr - light) / 1.5748;
      const along = pu * ux + pv * uy;
      const across = Math.abs(pv * ux - pu * uy);
      const spill = along - KEY_ANGLE * across;
      matte[n] = 255 * (1 - smooth(KEY_FROM, KEY_ALL, spill / strength));
      if (spill <= 0) continue;
      // What shines from the screen onto the subject is taken back along the key's own colour.
      const du = spill * ux;
      const dv = spill * uy;
      rgba[4 * n] = pr - 1.5748 * dv;
      rgba[4 * n + 1] = pg + 0.4681 * dv + 0.1873 * du;
      rgba[4 * n + 2] = pb - 1.8556 * du;
    }
  };
}

function greyKey(key: readonly [number, number, number]): Key {
  return (rgba, matte) => {
    for (let n = 0; n < matte.length; n += 1) {
      const apart = Math.hypot((rgba[4 * n] ?? 0) - key[0], (rgba[4 * n + 1] ?? 0) - key[1], (rgba[4 * n + 2] ?? 0) - key[2]);
      matte[n] = 255 * smooth(18, 52, apart);
    }
  };
}

/** Keys what differs from the background. `noise`: by how much the background differs from itself, in steps of 256. */
export function differenceKey(background: Uint8Array, noise: number): Key {
  const from = Math.max(7, 3 * noise);
  return (rgba, matte) => {
    for (let n = 0; n < matte.length; n += 1) {
      const r = Math.abs((rgba[4 * n] ?? 0) - (background[3 * n] ?? 0));
      const g = Math.abs((rgba[4 * n + 1] ?? 0) - (background[3 * n + 1] ?? 0));
      const b = Math.abs((rgba[4 * n + 2] ?? 0) - (background[3 * n + 2] ?? 0));
      const apart = Math.max(r, g, b);
      matte[n] = 255 * smooth(from, 2.2 * from, apart);
    }
  };
}

/** Takes away specks and closes pinholes (a median over each pixel's cross), then softens the edge by a pixel. */
export function tidied(matte: Matte, { width, height }: Size): Matte {
  return blurred(crossMedian(crossMedian(matte, width, height), width, height), width, height);
}

function crossMedian(matte: Matte, width: number, height: number): Matte {
  const made = matte.slice();
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const a = matte[at] ?? 0;
      const b = matte[at - 1] ?? 0;
      const c = matte[at + 1] ?? 0;
      const d = matte[at - width] ?? 0;
      const e = matte[at + width] ?? 0;
      // Most of a matte is flat: there is nothing to choose from.
      if (a === b && a === c && a === d && a === e) continue;
      // Of five, the median is between the lower of two highs and the higher of two lows.
      const low = Math.max(Math.min(b, c), Math.min(d, e));
      const high = Math.min(Math.max(b, c), Math.max(d, e));
      made[at] = Math.max(Math.min(low, high), Math.min(Math.max(low, high), a));
    }
  }
  return made;
}

function blurred(matte: Matte, width: number, height: number): Matte {
  const rows = matte.slice();
  for (let y = 0; y < height; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      rows[at] = ((matte[at - 1] ?? 0) + 2 * (matte[at] ?? 0) + (matte[at + 1] ?? 0)) / 4;
    }
  }
  const made = rows.slice();
  for (let at = width; at < width * (height - 1); at += 1) made[at] = ((rows[at - width] ?? 0) + 2 * (rows[at] ?? 0) + (rows[at + width] ?? 0)) / 4;
  return made;
}

/** The picture over black by its matte, in place; and the matte as a picture. Says how much of the picture stands before the background. */
export function apply(matte: Matte, rgba: Uint8ClampedArray, shown: Uint8ClampedArray): number {
  let sum = 0;
  for (let n = 0; n < matte.length; n += 1) {
    const value = matte[n] ?? 0;
    sum += value;
    const part = value / 255;
    const at = 4 * n;
    rgba[at] = (rgba[at] ?? 0) * part;
    rgba[at + 1] = (rgba[at + 1] ?? 0) * part;
    rgba[at + 2] = (rgba[at + 2] ?? 0) * part;
    shown[at] = value;
    shown[at + 1] = value;
    shown[at + 2] = value;
    shown[at + 3] = 255;
  }
  return sum / (255 * matte.length);
}
