import type { Size } from "../media/fitting.ts";
import { VideoSampler } from "../media/sample.ts";

/** Odd, so that the middle one of them is one of them. */
const SAMPLES = 15;

export interface Background {
  /** RGB, three bytes a pixel. */
  rgb: Uint8Array;
  /** By how much most of the picture differs from it, from moment to moment: grain and coding, in steps of 256. */
  noise: number;
}

/** What stands still in a video: of each pixel the median over moments spread through its length. What moves on is not in it. */
export async function findBackground(path: string, size: Size, onSample: (done: number, of: number) => void): Promise<Background> {
  const sampler = await VideoSampler.open(path);
  const samples: Uint8ClampedArray[] = [];
  try {
    for (let n = 0; n < SAMPLES; n += 1) {
      const { rgba } = await sampler.pictureAt((sampler.facts.seconds * (n + 0.5)) / SAMPLES, size);
      samples.push(withoutAlpha(rgba));
      onSample(n + 1, SAMPLES);
    }
  } finally {
    await sampler.close();
  }
  const rgb = new Uint8Array(size.width * size.height * 3);
  const values = new Uint8Array(SAMPLES);
  for (let at = 0; at < rgb.length; at += 1) {
    for (let n = 0; n < SAMPLES; n += 1) values[n] = samples[n]?.[at] ?? 0;
    rgb[at] = values.sort()[SAMPLES >> 1] ?? 0;
  }
  return { rgb, noise: noiseOf(samples, rgb) };
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const rgb = new Uint8ClampedArray((rgba.length / 4) * 3);
  for (let n = 0; n < rgb.length / 3; n += 1) for (const channel of [0, 1, 2]) rgb[3 * n + channel] = rgba[4 * n + channel] ?? 0;
  return rgb;
}

/** Half of all differences from the background are smaller: what moves covers less than half of the picture. */
function noiseOf(samples: readonly Uint8ClampedArray[], rgb: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const sample of samples) {
    for (let at = 0; at < rgb.length; at += 7) {
      const apart = Math.abs((sample[at] ?? 0) - (rgb[at] ?? 0));
      counts[apart] = (counts[apart] ?? 0) + 1;
    }
  }
  let left = counts.reduce((sum, count) => sum + count, 0) / 2;
  return counts.findIndex((count) => (left -= count) < 0);
}
