/** A chord by its root above the key, in semitones, and its tones above the root. */
export interface Chord {
  root: number;
  tones: number[];
}

/** How a mood sounds. */
export interface Mood {
  beatsPerMinute: number;
  /** MIDI number of the key's lowest comfortable root. */
  key: number;
  /** Semitones of the scale that melodies are made of. */
  scale: number[];
  /** Four chords of one bar (or two bars, where it is slow); one row is chosen by the seed. */
  progressions: Chord[][];
  barsPerChord: 1 | 2;
  /** 0-1: brightness of the pad's tone. */
  brightness: number;
  /** Plucked notes for each eighth of a bar, as a chance. */
  plucks: number;
  /** Chance of a melody note on each beat. */
  melody: number;
  /** A soft drum on these eighths of a bar. */
  pulse: number[];
  /** Octave strings on top. */
  strings: boolean;
  /** 0-1: how far away it all is. */
  space: number;
}

const major = (root: number): Chord => ({ root, tones: [0, 4, 7] });
const minor = (root: number): Chord => ({ root, tones: [0, 3, 7] });
const major7 = (root: number): Chord => ({ root, tones: [0, 4, 7, 11] });
const minor7 = (root: number): Chord => ({ root, tones: [0, 3, 7, 10] });
const add9 = (root: number): Chord => ({ root, tones: [0, 4, 7, 14] });
const minor9 = (root: number): Chord => ({ root, tones: [0, 3, 7, 14] });
const suspended = (root: number): Chord => ({ root, tones: [0, 5, 7] });
const diminished = (root: number): Chord => ({ root, tones: [0, 3, 6] });

const MAJOR_PENTATONIC = [0, 2, 4, 7, 9];
const MINOR_PENTATONIC = [0, 3, 5, 7, 10];

export const moods: Record<"calm" | "warm" | "tense" | "mystery" | "hopeful" | "sad" | "bright" | "epic", Mood> = {
  calm: { beatsPerMinute: 60, key: 50, scale: MAJOR_PENTATONIC, progressions: [[add9(0), major7(5), minor7(9), suspended(7)], [major7(0), minor7(4), major7(5), add9(0)]], barsPerChord: 2, brightness: 0.25, plucks: 0.28, melody: 0.18, pulse: [], strings: false, space: 0.5 },
  warm: { beatsPerMinute: 72, key: 53, scale: MAJOR_PENTATONIC, progressions: [[add9(0), minor7(9), major7(5), suspended(7)], [major(0), minor7(4), major7(5), minor(5)]], barsPerChord: 1, brightness: 0.35, plucks: 0.45, melody: 0.3, pulse: [], strings: false, space: 0.35 },
  tense: { beatsPerMinute: 84, key: 48, scale: [0, 1, 3, 5, 7, 8], progressions: [[minor(0), minor(0), major(1), diminished(7)], [minor(0), major(8), minor(5), major(1)]], barsPerChord: 2, brightness: 0.2, plucks: 0.12, melody: 0.06, pulse: [0, 3, 4, 6], strings: false, space: 0.4 },
  mystery: { beatsPerMinute: 66, key: 50, scale: [0, 2, 3, 6, 7, 9], progressions: [[minor9(0), major(2), minor9(0), major7(8)], [minor9(0), minor9(3), major(2), diminished(6)]], barsPerChord: 2, brightness: 0.22, plucks: 0.3, melody: 0.14, pulse: [], strings: false, space: 0.65 },
  hopeful: { beatsPerMinute: 78, key: 55, scale: MAJOR_PENTATONIC, progressions: [[minor7(9), major7(5), add9(0), suspended(7)], [add9(0), major(7), minor7(9), major7(5)]], barsPerChord: 1, brightness: 0.42, plucks: 0.6, melody: 0.32, pulse: [], strings: true, space: 0.4 },
  sad: { beatsPerMinute: 58, key: 50, scale: MINOR_PENTATONIC, progressions: [[minor9(0), major7(8), major(3), suspended(10)], [minor9(0), minor7(5), major7(8), minor(7)]], barsPerChord: 2, brightness: 0.2, plucks: 0.22, melody: 0.24, pulse: [], strings: false, space: 0.5 },
  bright: { beatsPerMinute: 100, key: 55, scale: MAJOR_PENTATONIC, progressions: [[add9(0), major(7), minor7(9), add9(5)], [add9(0), add9(5), major(0), suspended(7)]], barsPerChord: 1, brightness: 0.5, plucks: 0.78, melody: 0.35, pulse: [0, 4], strings: false, space: 0.25 },
  epic: { beatsPerMinute: 76, key: 45, scale: [0, 2, 3, 5, 7, 8, 10], progressions: [[minor(0), major(8), major(3), major(10)], [minor(0), minor(5), major(8), major(7)]], barsPerChord: 2, brightness: 0.48, plucks: 0.35, melody: 0.2, pulse: [0, 3, 6], strings: true, space: 0.5 },
};
