import { closeSync, openSync, writeSync } from "node:fs";
import { toInt16, wavHeader, type WavReader } from "../wav.ts";
import type { Noise } from "./noise.ts";
import { BINS, HOP, WINDOW, Windows } from "./windows.ts";

/** Noise is turned down by this much, not away: what is left hides the joints, and a room stays a room. */
const FLOOR = 10 ** (-24 / 20);
/** How much an estimate of what is speech leans on the window before: less is livelier and full of little tones. */
const INERTIA = 0.98;
const LEAST_PRIOR = 10 ** (-25 / 10);
/** How likely a frequency holds no speech, before it was looked at. */
const ABSENCE = 0.3;
/** Below that there is no voice, only steps, wind and the mains. */
const LOWEST_HZ = 55;

/**
 * Takes the noise out of a recording by the optimally modified log-spectral amplitude estimator (Ephraim and Malah 1985; Cohen and Berdugo 2001),
 * window by window, so that memory does not grow with its length. Channels are turned down together, so that nothing moves between them.
 */
export function cleanRecording(reader: WavReader, noise: Noise, to: string, onPart: (part: number) => void): void {
  const windows = new Windows(reader);
  const estimator = noise.spectrum === null ? null : new Estimator(noise.spectrum);
  const lowest = Math.ceil((LOWEST_HZ * WINDOW) / reader.rate);
  const sums = Array.from({ length: reader.channels }, () => new Float64Array(WINDOW));
  const file = openSync(to, "w");
  try {
    writeSync(file, wavHeader(reader, reader.frames));
    for (let n = 0; n < windows.count; n += 1) {
      windows.open(n);
      for (let bin = 0; bin < BINS; bin += 1) windows.scale(bin, bin < lowest ? 0 : (estimator?.gain(bin, windows.powerAt(bin)) ?? 1));
      for (const [channel, sum] of sums.entries()) {
        const sound = windows.close(channel);
        for (let at = 0; at < WINDOW; at += 1) sum[at] = (sum[at] ?? 0) + (sound[at] ?? 0);
      }
      writeSync(file, done(sums, { start: windows.startOf(n), length: reader.frames }));
      if (n % 100 === 0) onPart(n / windows.count);
    }
  } finally {
    closeSync(file);
  }
}

/** The first hop of the sums: no later window reaches it. Moves the rest to the front. */
function done(sums: Float64Array[], { start, length }: { start: number; length: number }): Buffer {
  const from = Math.max(0, -start);
  const to = Math.min(HOP, length - start);
  const bytes = Buffer.alloc(Math.max(0, to - from) * sums.length * 2);
  for (const [channel, sum] of sums.entries()) {
    for (let n = from; n < to; n += 1) bytes.writeInt16LE(toInt16(sum[n] ?? 0), 2 * ((n - from) * sums.length + channel));
    sum.copyWithin(0, HOP);
    sum.fill(0, WINDOW - HOP);
  }
  return bytes;
}

/** Says window by window how much of each frequency is speech. */
class Estimator {
  private readonly noise: Float64Array;
  /** The speech that was found in the window before, in units of the noise. */
  private readonly before = new Float64Array(BINS).fill(1);

  constructor(noise: Float64Array) {
    this.noise = noise;
  }

  gain(bin: number, power: number): number {
    const posterior = Math.min(1e4, power / (this.noise[bin] ?? 1));
    const prior = Math.max(LEAST_PRIOR, INERTIA * (this.before[bin] ?? 0) + (1 - INERTIA) * Math.max(0, posterior - 1));
    const wiener = prior / (1 + prior);
    const likelihood = wiener * posterior;
    const present = Math.min(1, wiener * Math.exp(0.5 * exponentialIntegral(likelihood)));
    this.before[bin] = present * present * posterior;
    const presence = 1 / (1 + (ABSENCE / (1 - ABSENCE)) * (1 + prior) * Math.exp(-likelihood));
    return Math.max(FLOOR, present ** presence * FLOOR ** (1 - presence));
  }
}

/** E1, by the approximations 5.1.53 and 5.1.56 of Abramowitz and Stegun. */
function exponentialIntegral(x: number): number {
  const at = Math.max(1e-10, x);
  if (at < 1) return -Math.log(at) - 0.57721566 + at * (0.99999193 + at * (-0.24991055 + at * (0.05519968 + at * (-0.00976004 + at * 0.00107857))));
  return (Math.exp(-at) / at) * ((at * at + 2.334733 * at + 0.250621) / (at * at + 3.330657 * at + 1.681534));
}
