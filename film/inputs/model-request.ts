import type { Aspect } from "../film.ts";

/** Sizes of the short side of a picture, as the vendors sell them. */
export const resolutions = ["480p", "720p", "1080p", "4k"] as const;
export type Resolution = (typeof resolutions)[number];

/**
 * What a model of somebody else's is asked for, in our words: its adapter spells it in the vendor's. Seconds may be fractions; an adapter asks for
 * the shortest length that it has and that is long enough, and what comes back is trimmed. Links are https URLs that outlive the longest queue.
 */
export type ModelRequest =
  | { tool: "frame"; prompt: string; aspect: Aspect; seed: number }
  | { tool: "clip"; prompt: string; seconds: number; aspect: Aspect; resolution: Resolution; firstFrame: string | null; seed: number }
  /** `voice` is one of our casts (`voiceCasts`). */
  | { tool: "voice"; text: string; voice: string; language: string; pace: number; seed: number }
  | { tool: "music"; prompt: string; seconds: number; seed: number }
  | { tool: "sound"; prompt: string; seconds: number }
  | { tool: "lip-sync"; video: string; audio: string; seconds: number }
  | { tool: "transcribe"; audio: string; language: string | null; seconds: number }
  | { tool: "upscale"; video: string; resolution: Resolution; seconds: number }
  | { tool: "roto"; video: string; prompt: string | null; seconds: number }
  | { tool: "mesh"; image: string; seed: number }
  | { tool: "rig"; mesh: string }
  | { tool: "clean-audio"; audio: string; seconds: number }
  | { tool: "dub"; media: string; from: string | null; to: string; seconds: number };

const made: ReadonlySet<string> = new Set<ModelRequest["tool"]>(["frame", "clip", "voice", "music", "sound"]);

/** Whether its length is that of a file that is given: then none can be made longer and cut. */
export const isOfGivenLength = (tool: string): boolean => !made.has(tool);

export type RequestOf<Tool extends ModelRequest["tool"]> = Extract<ModelRequest, { tool: Tool }>;

/** A word and when it is spoken, in seconds. */
export type TimedWord = { text: string; start: number; end: number };
