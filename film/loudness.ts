/** How loud things are (EBU R 128): voices and music among each other, and the film as networks play it. */
import { FRAME_RATE, type NodeId, type TakeFacts } from "./film.ts";
import type { Timeline } from "./edit-list.ts";

export interface Loudness {
  /** EBU R 128 integrated loudness; -70 where there is nothing to hear. */
  integratedLufs: number;
  truePeakDbtp: number;
}

/** As low as the measure goes: digital silence has no level. */
export const SILENCE: Loudness = { integratedLufs: -70, truePeakDbtp: -120 };
/** A sound whose highest peak is lower than this cannot be heard: nobody ordered it, and nobody pays for it. */
const LEAST_PEAK_DBTP = -60;
export const isSilent = ({ truePeakDbtp }: Pick<Loudness, "truePeakDbtp">): boolean => truePeakDbtp < LEAST_PEAK_DBTP;

/** A level, and how far from it a sound may be. */
export interface LoudnessRange {
  /** Null where it may be as quiet as it likes. */
  leastLufs: number | null;
  mostLufs: number;
  mostPeakDbtp: number;
}

/** A quiet bed: it lies under voices even before it is let down. */
export const MUSIC_LUFS = -25;
/** As networks play films: none of them turns it up or down by more than they allow each other. */
export const FILM_LUFS = -16;
const VOICE_LUFS = -20;
/** Nothing is turned up by more: what is quieter is the noise of a room. */
export const MOST_GAIN_DB = 30;
/** A short word can be measured only so well, and where peaks are limited a sound loses some of its level. */
const SOUND_OFF_LU = 3;
const FILM_OFF_LU = 1;
/** Above it the lossy encoders of networks clip. */
const MOST_PEAK_DBTP = -1;

/** How a line is spoken, as far as its parenthetical says it. */
export type Delivery = "plain" | "quiet" | "loud" | "weary" | "lively" | "filtered";

const deliveries: readonly [Delivery, RegExp][] = [
  ["quiet", /whisper|quiet|soft|under (his|her|their) breath|murmur/],
  ["loud", /shout|yell|scream|loud|furious|angr/],
  ["weary", /sad|weary|tired|slow|sigh/],
  ["lively", /excit|happ|laugh|eager|quick|fast|hurr/],
  ["filtered", /radio|phone|filtered|intercom/],
];

export function deliveryOf(parenthetical: string | null): Delivery {
  const text = (parenthetical ?? "").toLowerCase();
  return deliveries.find(([, words]) => words.test(text))?.[0] ?? "plain";
}

const voiceGainDb: Record<Delivery, number> = { plain: 0, quiet: -5, loud: 3, weary: -1, lively: 0, filtered: 0 };

/** How loud a line is, whoever speaks it: `(whispering)` is quieter, `(shouting)` louder. */
export const voiceLufs = (parenthetical: string | null): number => VOICE_LUFS + voiceGainDb[deliveryOf(parenthetical)];

/** What a voice or music is accepted with. */
export const soundRange = (lufs: number): LoudnessRange => ({ leastLufs: lufs - SOUND_OFF_LU, mostLufs: lufs + SOUND_OFF_LU, mostPeakDbtp: MOST_PEAK_DBTP });

/**
 * What a film is accepted with. It must be up to its level where something in it is known to be heard: a sound of known loudness that is in it as a
 * whole. Beside sounds that people brought, whose peaks can be anything, it may stay quiet: so may a film of noises, or of none.
 */
export function filmRange({ voices, music, frames }: Timeline, takes: ReadonlyMap<NodeId, TakeFacts>, gains: { voice: number; music: number }): LoudnessRange {
  const lufsOf = (node: NodeId): number | null => {
    const lufs = takes.get(node)?.values["integratedLufs"];
    return typeof lufs === "number" ? lufs : null;
  };
  const sounds = [
    ...voices.map((voice) => ({ lufs: lufsOf(voice.node), gainDb: gains.voice, isWhole: voice.startFrame + voice.frames <= frames })),
    ...music.map(({ cue, frames: heard }) => ({ lufs: lufsOf(cue), gainDb: gains.music, isWhole: secondsOf(takes.get(cue)) * FRAME_RATE <= heard })),
  ];
  const isKnown = sounds.every(({ lufs }) => lufs !== null);
  const isHeard = sounds.some(({ lufs, gainDb, isWhole }) => isWhole && lufs !== null && lufs + gainDb + MOST_GAIN_DB >= FILM_LUFS);
  return { leastLufs: isKnown && isHeard ? FILM_LUFS - FILM_OFF_LU : null, mostLufs: FILM_LUFS + FILM_OFF_LU, mostPeakDbtp: MOST_PEAK_DBTP };
}

function secondsOf(take: TakeFacts | undefined): number {
  const seconds = take?.values["seconds"];
  return typeof seconds === "number" ? seconds : Number.POSITIVE_INFINITY;
}

/** Says what is wrong with how loud something is, or null. */
export function loudnessFault({ leastLufs, mostLufs, mostPeakDbtp }: LoudnessRange, { integratedLufs: lufs, truePeakDbtp }: Loudness): string | null {
  const ordered = `${leastLufs === null ? "at most" : `${shown(leastLufs)} to`} ${shown(mostLufs)}`;
  if (leastLufs !== null && lufs < leastLufs) return lufs <= SILENCE.integratedLufs ? "nothing can be heard in it" : `it is too quiet: at ${shown(lufs)} LUFS, ordered were ${ordered}`;
  if (lufs > mostLufs) return `it is too loud: at ${shown(lufs)} LUFS, ordered were ${ordered}`;
  return truePeakDbtp > mostPeakDbtp ? `its peaks are at ${shown(truePeakDbtp)} dBTP and would be clipped; ordered were at most ${shown(mostPeakDbtp)}` : null;
}

const shown = (level: number): string => String(Math.round(level * 10) / 10);
