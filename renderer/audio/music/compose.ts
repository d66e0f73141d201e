import { type Random, randomOf } from "../../drawing/random.ts";
import { playBass, playDrum, playPad, playPluck } from "./instruments.ts";
import { addHall, Loop } from "./loop.ts";
import { type Chord, type Mood, moods } from "./moods.ts";

const BEATS_PER_BAR = 4;
const LEAST_BARS = 4;
const MOST_LOOP_SECONDS = 48;

/** A loop of music in a mood: whole rounds of its chords, about as long as asked for but never longer than 48 seconds. */
export function composeLoop(options: { mood: keyof typeof moods; seconds: number; seed: number; rate: number }): Loop {
  const mood = moods[options.mood];
  const random = randomOf("music", options.mood, options.seed);
  const barSamples = Math.round((options.rate * 60 * BEATS_PER_BAR) / mood.beatsPerMinute);
  const round = 4 * mood.barsPerChord;
  const wanted = (Math.min(options.seconds, MOST_LOOP_SECONDS) * options.rate) / barSamples;
  const bars = Math.max(LEAST_BARS, Math.min(round * Math.max(1, Math.round(wanted / round)), Math.floor((MOST_LOOP_SECONDS * options.rate) / barSamples / round) * round || round));
  const loop = new Loop(options.rate, bars * barSamples);
  const key = mood.key + Math.floor(random.between(-2, 3));
  const progression = mood.progressions[Math.floor(random() * mood.progressions.length)] ?? [];
  const motif = makeMotif(mood, random);
  let voicing = [60, 64, 67];
  for (let bar = 0; bar < bars; bar += 1) {
    const chord = progression[Math.floor(bar / mood.barsPerChord) % progression.length];
    if (!chord) continue;
    const at = { bar, start: bar * barSamples, barSamples, key };
    if (bar % mood.barsPerChord === 0) {
      voicing = nearest(chord, key, voicing);
      playChord(loop, mood, chord, { ...at, voicing, random });
    }
    playRhythm(loop, mood, { ...at, voicing, random });
    playMelody(loop, mood, { ...at, motif, random });
  }
  addHall(loop, mood.space);
  return loop;
}

interface At {
  bar: number;
  start: number;
  barSamples: number;
  key: number;
  random: Random;
}

function playChord(loop: Loop, mood: Mood, chord: Chord, at: At & { voicing: number[] }): void {
  const length = at.barSamples * mood.barsPerChord;
  at.voicing.forEach((midi, n) => playPad(loop, { start: at.start, length, midi, gain: 0.2, pan: (n - 1.5) * 0.25 }, mood.brightness, at.random));
  if (mood.strings) playPad(loop, { start: at.start, length, midi: (at.voicing.at(-1) ?? 67) + 12, gain: 0.07, pan: 0.3 }, mood.brightness + 0.15, at.random);
  playBass(loop, { start: at.start, length, midi: lowRoot(chord, at.key), gain: 0.22, pan: 0 });
}

/** Plucked chord tones that walk up and down, thinned by chance; the second half of each round of four bars repeats the first. */
function playRhythm(loop: Loop, mood: Mood, at: At & { voicing: number[] }): void {
  const tones = [...at.voicing, (at.voicing[0] ?? 60) + 12];
  const eighth = at.barSamples / 8;
  for (let n = 0; n < 8; n += 1) {
    const accent = n % 4 === 0 ? 0.25 : n % 2 === 0 ? 0.05 : -0.15;
    if (at.random() < mood.plucks + accent * mood.plucks) {
      const step = Math.abs(((n + at.bar * 3) % 6) - 3);
      const late = at.random.between(0, loop.rate * 0.012);
      playPluck(loop, { start: Math.round(at.start + n * eighth + late), length: 0, midi: (tones[step] ?? 60) + 12, gain: at.random.between(0.05, 0.085), pan: at.random.between(-0.6, 0.6) });
    }
    if (mood.pulse.includes(n)) playDrum(loop, { start: Math.round(at.start + n * eighth), length: 0, midi: 0, gain: n === 0 ? 0.22 : 0.13, pan: 0 });
  }
}

/** A phrase of scale steps on the beats of two bars; null is a rest. */
function makeMotif(mood: Mood, random: Random): (number | null)[] {
  let step = Math.floor(random() * 3);
  return Array.from({ length: 2 * BEATS_PER_BAR }, (_, beat) => {
    step = Math.max(-2, Math.min(mood.scale.length + 2, step + Math.round(random.between(-1.6, 1.6))));
    return random() < mood.melody * (beat % 4 === 0 ? 1.8 : 1) ? step : null;
  });
}

/** The phrase comes back every four bars, and answers itself a step away after eight. */
function playMelody(loop: Loop, mood: Mood, at: At & { motif: (number | null)[] }): void {
  if (at.bar % 4 >= 2) return;
  const turn = Math.floor(at.bar / 4) % 2;
  for (let beat = 0; beat < BEATS_PER_BAR; beat += 1) {
    const step = at.motif[(at.bar % 2) * BEATS_PER_BAR + beat];
    if (step === null || step === undefined) continue;
    const degree = step + turn;
    const octave = Math.floor(degree / mood.scale.length);
    const midi = at.key + 24 + octave * 12 + (mood.scale[degree - octave * mood.scale.length] ?? 0);
    playPluck(loop, { start: Math.round(at.start + (beat * at.barSamples) / BEATS_PER_BAR), length: 0, midi, gain: 0.13, pan: at.random.between(-0.2, 0.2) });
  }
}

const lowRoot = (chord: Chord, key: number): number => {
  const midi = key + chord.root - 12;
  return midi > 46 ? midi - 12 : midi < 31 ? midi + 12 : midi;
};

/** The chord's tones each in the octave that is closest to what was played before: voices that move little. */
function nearest(chord: Chord, key: number, before: number[]): number[] {
  return chord.tones
    .map((tone, n) => {
      const target = before[n] ?? before.at(-1) ?? 64;
      const midi = key + chord.root + tone;
      return midi + 12 * Math.round((target - midi) / 12);
    })
    .map((midi) => (midi < 52 ? midi + 12 : midi > 76 ? midi - 12 : midi))
    .sort((a, b) => a - b);
}
