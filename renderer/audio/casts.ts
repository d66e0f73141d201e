import type { FliteVoice } from "./speech.ts";

export const castNames = ["ada", "bruno", "clara", "dmitri", "elena", "felix", "grace", "henry", "iris", "jonas"] as const;
export type CastName = (typeof castNames)[number];

/** How a cast sounds. */
export interface Cast {
  voice: FliteVoice;
  /** Mean pitch as heard, in Hz. */
  pitchHz: number;
  /** How lively the pitch moves, as a part of the mean. */
  liveliness: number;
  /** Scales the formants: above 1 a shorter vocal tract, below 1 a longer one. */
  formant: number;
  /** Scales the speaking time. */
  stretch: number;
  /** FFmpeg's equaliser, for what the throat does not give. */
  tone: string;
}

/** `rms` speaks at about this pitch whatever it is told. */
export const RMS_PITCH_HZ = 104;

export const casts: Record<CastName, Cast> = {
  ada: { voice: "slt", pitchHz: 186, liveliness: 0.13, formant: 1, stretch: 1, tone: "anull" },
  bruno: { voice: "rms", pitchHz: RMS_PITCH_HZ * 0.9, liveliness: 0.12, formant: 0.9, stretch: 1, tone: "bass=g=3:f=180" },
  clara: { voice: "slt", pitchHz: 232, liveliness: 0.18, formant: 1.1, stretch: 0.94, tone: "treble=g=2:f=4000" },
  dmitri: { voice: "awb", pitchHz: 84, liveliness: 0.1, formant: 0.87, stretch: 1.08, tone: "bass=g=4:f=150,treble=g=-3:f=3500" },
  elena: { voice: "slt", pitchHz: 158, liveliness: 0.11, formant: 0.92, stretch: 1.06, tone: "bass=g=3:f=250,treble=g=-2:f=3500" },
  felix: { voice: "awb", pitchHz: 142, liveliness: 0.18, formant: 1.05, stretch: 0.95, tone: "treble=g=2:f=3500" },
  grace: { voice: "awb", pitchHz: 208, liveliness: 0.15, formant: 1.19, stretch: 1.03, tone: "bass=g=-4:f=250" },
  henry: { voice: "rms", pitchHz: RMS_PITCH_HZ * 1.08, liveliness: 0.12, formant: 1.08, stretch: 1.1, tone: "treble=g=3:f=3000" },
  iris: { voice: "slt", pitchHz: 268, liveliness: 0.2, formant: 1.19, stretch: 0.97, tone: "bass=g=-3:f=300" },
  jonas: { voice: "slt", pitchHz: 122, liveliness: 0.13, formant: 0.83, stretch: 1, tone: "bass=g=4:f=200" },
};
