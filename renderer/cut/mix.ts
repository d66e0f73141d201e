import { closeSync, openSync, writeSync } from "node:fs";
import { WavReader } from "../audio/wav.ts";
import { Ducking } from "./ducking.ts";

export const RATE = 48_000;
export const SAMPLES_PER_FRAME = RATE / 24;
/** One second at a time. */
const BLOCK = RATE;
/** Music comes and goes softly. */
const FADE_IN_SECONDS = 0.8;
const FADE_OUT_SECONDS = 2;

/** A sound on the film's time, in samples. */
export interface Placed {
  /** A 48 kHz WAV, mono or stereo. */
  path: string;
  start: number;
  gain: number;
}

export interface PlacedMusic extends Placed {
  /** It is repeated until it has lasted so many samples. */
  length: number;
}

export interface Mix {
  voices: Placed[];
  music: PlacedMusic[];
  samples: number;
}

/** Writes the mix as interleaved stereo floats, and hands each block to `heard` on its way. Memory does not grow with the film. */
export async function writeMix(mix: Mix, path: string, heard: (block: Float32Array) => Promise<void>): Promise<void> {
  const ducking = new Ducking(mix.voices, mix.samples);
  const tracks = [...mix.voices.map((voice) => new Track(voice, null)), ...mix.music.map((music) => new Track(music, ducking))];
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < mix.samples; at += BLOCK) {
      const block = new Float32Array(2 * Math.min(BLOCK, mix.samples - at));
      for (const track of tracks) track.add(block, at);
      writeSync(file, new Uint8Array(block.buffer));
      await heard(block);
    }
  } finally {
    closeSync(file);
    for (const track of tracks) track.close();
  }
}

/** One sound of the mix: open only while it is heard. */
class Track {
  private reader: WavReader | null = null;
  private over = false;
  private readonly sound: Placed & { length?: number };
  private readonly ducking: Ducking | null;

  constructor(sound: Placed & { length?: number }, ducking: Ducking | null) {
    this.sound = sound;
    this.ducking = ducking;
  }

  /** Adds what is heard from `at` on to a block of stereo samples. */
  add(block: Float32Array, at: number): void {
    const { start, length = Number.POSITIVE_INFINITY } = this.sound;
    const count = block.length / 2;
    if (this.over || at + count <= start || at >= start + length) return;
    this.reader ??= new WavReader(this.sound.path);
    const from = Math.max(0, start - at);
    const to = Math.min(count, start + length - at);
    if (this.ducking) this.addMusic(this.reader, block, { at, from, to });
    else this.addOnce(this.reader, block, { at, from, to });
  }

  close(): void {
    this.over = true;
    this.reader?.close();
    this.reader = null;
  }

  private addOnce(reader: WavReader, block: Float32Array, range: { at: number; from: number; to: number }): void {
    const position = range.at + range.from - this.sound.start;
    const samples = reader.read(position, range.to - range.from);
    mixIn(block, range.from, samples, reader.channels, () => this.sound.gain);
    if (position + samples.length / reader.channels >= reader.frames) this.close();
  }

  private addMusic(reader: WavReader, block: Float32Array, range: { at: number; from: number; to: number }): void {
    if (reader.frames === 0) return;
    const { start, length = 0, gain } = this.sound;
    for (let at = range.from; at < range.to; ) {
      const played = range.at + at - start;
      const samples = reader.read(played % reader.frames, range.to - at);
      mixIn(block, at, samples, reader.channels, (n) => gain * edge(played + n, length) * (this.ducking?.at(range.at + at + n) ?? 1));
      at += samples.length / reader.channels;
    }
    if (range.at + range.to >= start + length) this.close();
  }
}

/** Raised-cosine fades at both ends of a stretch of music. */
function edge(played: number, length: number): number {
  const fadeIn = Math.min(FADE_IN_SECONDS * RATE, length / 4);
  const fadeOut = Math.min(FADE_OUT_SECONDS * RATE, length / 4);
  return smooth(played / fadeIn) * smooth((length - played) / fadeOut);
}

const smooth = (part: number): number => (part >= 1 ? 1 : part <= 0 ? 0 : 0.5 - 0.5 * Math.cos(Math.PI * part));

function mixIn(block: Float32Array, from: number, samples: Float32Array, channels: number, gainAt: (n: number) => number): void {
  const count = samples.length / channels;
  for (let n = 0; n < count; n += 1) {
    const gain = gainAt(n);
    const left = samples[n * channels] ?? 0;
    const right = channels === 1 ? left : (samples[n * channels + 1] ?? 0);
    const to = 2 * (from + n);
    block[to] = (block[to] ?? 0) + left * gain;
    block[to + 1] = (block[to + 1] ?? 0) + right * gain;
  }
}
