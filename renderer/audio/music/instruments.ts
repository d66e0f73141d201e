import type { Random } from "../../drawing/random.ts";
import type { Loop } from "./loop.ts";

const TABLE = 4096;

/** One period of a tone out of its harmonics' strengths. */
function wave(harmonics: number[]): Float32Array {
  const table = new Float32Array(TABLE + 1);
  for (let n = 0; n <= TABLE; n += 1) harmonics.forEach((strength, at) => (table[n] = (table[n] ?? 0) + strength * Math.sin((2 * Math.PI * (at + 1) * n) / TABLE)));
  return table;
}

const hertz = (midi: number): number => 440 * 2 ** ((midi - 69) / 12);

export interface Note {
  /** Samples from the loop's start. */
  start: number;
  /** Samples until it is let go. */
  length: number;
  midi: number;
  gain: number;
  pan: number;
}

/** A soft pad: three detuned voices that swell and breathe. `brightness` (0-1) lets higher harmonics through. */
export function playPad(loop: Loop, note: Note, brightness: number, random: Random): void {
  const harmonics = Array.from({ length: 10 }, (_, n) => (n === 0 ? 1 : (brightness ** (n * 0.75)) / (n + 1)));
  const table = wave(harmonics);
  const attack = Math.min(note.length * 0.4, loop.rate * 1.1);
  const release = loop.rate * 1.6;
  const total = note.length + release;
  for (const [detune, side] of [[-0.06, -0.7], [0, 0], [0.07, 0.7]] as const) {
    const step = (hertz(note.midi + detune) * TABLE) / loop.rate;
    let phase = random() * TABLE;
    const breath = random() * 6;
    for (let n = 0; n < total; n += 1) {
      const swell = n < attack ? rise(n / attack) : n < note.length ? 1 : rise(1 - (n - note.length) / release);
      const breathing = 1 + 0.12 * Math.sin(breath + (n / loop.rate) * 1.1);
      loop.add(note.start + n, read(table, phase) * note.gain * swell * breathing * 0.33, Math.max(-1, Math.min(1, note.pan + side)));
      phase += step;
      if (phase >= TABLE) phase -= TABLE;
    }
  }
}

/** A felt hammer on a string: harmonics that fade the faster the higher they are. */
export function playPluck(loop: Loop, note: Note): void {
  const base = hertz(note.midi);
  const seconds = Math.min(3.5, 500 / base + 0.9);
  const total = Math.round(seconds * loop.rate);
  for (let harmonic = 1; harmonic <= 6; harmonic += 1) {
    const frequency = base * harmonic * Math.sqrt(1 + 0.0004 * harmonic * harmonic);
    if (frequency > 9000) break;
    const strength = note.gain / harmonic ** 1.7;
    const decay = Math.exp(-(2.2 + harmonic * 1.5) / (seconds * loop.rate * 0.55));
    const turn = (2 * Math.PI * frequency) / loop.rate;
    let level = strength;
    for (let n = 0; n < total; n += 1) {
      const onset = n < 240 ? n / 240 : 1;
      const end = n > total - 2000 ? (total - n) / 2000 : 1;
      loop.add(note.start + n, Math.sin(turn * n) * level * onset * end, note.pan);
      level *= decay;
    }
  }
}

/** A round low tone under the chord. */
export function playBass(loop: Loop, note: Note): void {
  const table = wave([1, 0.28, 0.08]);
  const step = (hertz(note.midi) * TABLE) / loop.rate;
  const attack = loop.rate * 0.06;
  const release = loop.rate * 0.4;
  let phase = 0;
  for (let n = 0; n < note.length + release; n += 1) {
    const level = n < attack ? rise(n / attack) : n < note.length ? 1 - 0.35 * (n / note.length) : 0.65 * rise(1 - (n - note.length) / release);
    loop.add(note.start + n, read(table, phase) * note.gain * level, 0);
    phase += step;
    if (phase >= TABLE) phase -= TABLE;
  }
}

/** A soft, low drum: a tone that falls. */
export function playDrum(loop: Loop, note: Note): void {
  const total = Math.round(loop.rate * 0.5);
  let turn = 0;
  for (let n = 0; n < total; n += 1) {
    const time = n / loop.rate;
    turn += (2 * Math.PI * (48 + 55 * Math.exp(-time * 28))) / loop.rate;
    loop.add(note.start + n, Math.sin(turn) * note.gain * Math.exp(-time * 9) * Math.min(1, n / 100), note.pan);
  }
}

const rise = (part: number): number => 0.5 - 0.5 * Math.cos(Math.PI * Math.max(0, Math.min(1, part)));

function read(table: Float32Array, phase: number): number {
  const place = Math.floor(phase);
  const here = table[place] ?? 0;
  return here + ((table[place + 1] ?? 0) - here) * (phase - place);
}
