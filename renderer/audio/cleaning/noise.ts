import { BINS, type Windows } from "./windows.ts";

/** The quietest part of a recording is what is heard between the words. */
const QUIET_PART = 0.1;
const LOUD_PART = 0.1;
const LEAST_QUIET_WINDOWS = 8;
/** What is quieter is no noise but a gap that was cut into the recording. */
const GAP_POWER = 1e-9;
/** A recording whose loud parts are not this much above its quiet ones has no pauses that noise could be learnt from. */
const LEAST_CONTRAST_DB = 6;
/** The quietest windows are quiet by chance too: noise is so much more powerful than they are. */
const BIAS = 1.08;

/** What a recording sounds like between the words, and how that compares with the words. */
export interface Noise {
  /** Windows in which nothing but noise is heard. */
  windows: number[];
  /** Its mean power by frequency; null where the recording has no pause to learn it from. */
  spectrum: Float64Array | null;
}

/** Levels of a recording in dB, of full scale. */
export interface Levels {
  noiseDb: number;
  /** Of the loudest tenth. */
  signalDb: number;
  snrDb: number;
}

/** Learns the noise of a recording from its quietest tenth. */
export function learnNoise(windows: Windows): Noise {
  const powers = Float64Array.from({ length: windows.count }, (_, n) => windows.power(n));
  const heard = [...powers.keys()].filter((n) => (powers[n] ?? 0) > GAP_POWER).sort((a, b) => (powers[a] ?? 0) - (powers[b] ?? 0));
  const quiet = heard.slice(0, Math.max(LEAST_QUIET_WINDOWS, Math.floor(heard.length * QUIET_PART)));
  if (quiet.length === 0 || levelsOf(windows, quiet).snrDb < LEAST_CONTRAST_DB) return { windows: quiet, spectrum: null };
  const spectrum = new Float64Array(BINS).fill(1e-12);
  for (const n of quiet) {
    windows.open(n);
    for (let bin = 0; bin < BINS; bin += 1) spectrum[bin] = (spectrum[bin] ?? 0) + (BIAS * windows.powerAt(bin)) / quiet.length;
  }
  return { windows: quiet, spectrum };
}

/** How loud a recording is in the windows of its noise and in its loudest tenth. */
export function levelsOf(windows: Windows, quiet: readonly number[]): Levels {
  const powers = Array.from({ length: windows.count }, (_, n) => windows.power(n));
  const loud = powers.toSorted((a, b) => b - a).slice(0, Math.max(1, Math.floor(powers.length * LOUD_PART)));
  const noise = mean(quiet.map((n) => powers[n] ?? 0));
  const signal = mean(loud);
  return { noiseDb: decibels(noise), signalDb: decibels(signal), snrDb: decibels(signal) - decibels(noise) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
/** Not below what 16 bits can hold. */
const decibels = (power: number): number => 10 * Math.log10(Math.max(power, 1e-10));
