import { WavReader } from "../audio/wav.ts";
import type { Placed } from "./mix.ts";

const RATE = 48_000;
/** The envelope has one value every 10 ms. */
const STEP = RATE / 100;
/** Speech is what is louder than this (root mean square over a step). */
const SPEECH_LEVEL = 0.01;
/** Music goes down by 11 dB under speech: before it begins, and stays down over the pauses within a sentence. */
const DUCKED_GAIN = 10 ** (-11 / 20);
const ATTACK_STEPS = 20;
const HOLD_STEPS = 40;
const RELEASE_STEPS = 60;

/** How loud music may be at each moment, from where the voices really speak. */
export class Ducking {
  private readonly gains: Float32Array;

  constructor(voices: Placed[], samples: number) {
    const speech = new Uint8Array(Math.ceil(samples / STEP) + 1);
    for (const voice of voices) markSpeech(voice, speech);
    this.gains = envelope(speech);
  }

  /** Gain for music at a sample of the film. */
  at(sample: number): number {
    const place = sample / STEP;
    const step = Math.floor(place);
    const here = this.gains[step] ?? 1;
    return here + ((this.gains[step + 1] ?? here) - here) * (place - step);
  }
}

function markSpeech(voice: Placed, speech: Uint8Array): void {
  const reader = new WavReader(voice.path);
  for (let at = 0; at < reader.frames; at += RATE) {
    const block = reader.read(at, RATE);
    for (let from = 0; from < block.length; from += STEP * reader.channels) {
      let energy = 0;
      const to = Math.min(block.length, from + STEP * reader.channels);
      for (let n = from; n < to; n += 1) energy += (block[n] ?? 0) ** 2;
      const step = Math.floor((voice.start + at + from / reader.channels) / STEP);
      if (Math.sqrt(energy / (to - from)) * voice.gain > SPEECH_LEVEL && step < speech.length) speech[step] = 1;
    }
  }
  reader.close();
}

/** Down along a line before speech, low during it and a hold, up along a line after. */
function envelope(speech: Uint8Array): Float32Array {
  const depth = new Float32Array(speech.length);
  let since = Number.POSITIVE_INFINITY;
  for (let step = 0; step < speech.length; step += 1) {
    since = speech[step] === 1 ? 0 : since + 1;
    depth[step] = 1 - Math.min(1, Math.max(0, (since - HOLD_STEPS) / RELEASE_STEPS));
  }
  let until = Number.POSITIVE_INFINITY;
  for (let step = speech.length - 1; step >= 0; step -= 1) {
    until = speech[step] === 1 ? 0 : until + 1;
    depth[step] = Math.max(depth[step] ?? 0, 1 - Math.min(1, until / ATTACK_STEPS));
  }
  return depth.map((part) => DUCKED_GAIN ** part);
}
