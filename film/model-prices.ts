/**
 * What models of other vendors cost, in credits: `docs/design/router.md` has the rule. A test (worker/domains/generation/router/prices.test.ts) holds
 * every line against what the vendor bills, as the model's adapter declares it.
 */
import type { PriceLine, WorkedExample } from "./price-card.ts";

/** What is added to what a vendor bills, and how many millionths of a dollar a credit is. */
export const MARGIN = 1.25;
export const CREDIT_MICROS = 10_000;

/** Credits of one unit, from what the vendor bills for it in millionths of a dollar. */
export const creditsFor = (micros: number): number => Math.ceil((micros * MARGIN) / CREDIT_MICROS);

/** Vendors' models, one line each. */
export const modelLines: readonly PriceLine[] = [
  { tool: "break-down", model: "anthropic/sonnet", unit: "each", credits: 12 },
  { tool: "break-down", model: "openai/terra", unit: "each", credits: 12 },
  { tool: "clip", model: "fal/kling-v3-pro", unit: "second", credits: 14, least: 3 },
  { tool: "clip", model: "fal/kling-v3-standard", unit: "second", credits: 11, least: 3 },
  { tool: "clip", model: "fal/seedance-1.5-pro", unit: "second", credits: 4, least: 4 },
  { tool: "clip", model: "fal/veo3.1", unit: "second", credits: 25, lengths: [4, 6, 8] },
  { tool: "clip", model: "fal/veo3.1-fast", unit: "second", credits: 13, lengths: [4, 6, 8] },
  { tool: "clip", model: "gemini/omni-1.1", unit: "second", credits: 13, least: 3 },
  { tool: "clip", model: "gemini/omni-1.1-1080p", unit: "second", credits: 19, least: 3 },
  { tool: "clip", model: "gemini/omni-1.2", unit: "second", credits: 9, least: 3 },
  { tool: "clip", model: "replicate/veo-3.1-fast", unit: "second", credits: 13, lengths: [4, 6, 8] },
  { tool: "clip", model: "runway/gen4-turbo", unit: "second", credits: 7, least: 2 },
  { tool: "clip", model: "runway/gen4.5", unit: "second", credits: 15, least: 2 },
  { tool: "clip", model: "runway/veo3.1", unit: "second", credits: 25, lengths: [4, 6, 8] },
  { tool: "clip", model: "runway/veo3.1-fast", unit: "second", credits: 13, lengths: [4, 6, 8] },
  { tool: "clip", model: "vertex/veo-3.1", unit: "second", credits: 25, lengths: [4, 6, 8] },
  { tool: "clip", model: "vertex/veo-3.1-fast", unit: "second", credits: 13, lengths: [4, 6, 8] },
  { tool: "frame", model: "fal/nano-banana-2", unit: "each", credits: 10 },
  { tool: "frame", model: "openai/image-2", unit: "each", credits: 7 },
  { tool: "frame", model: "replicate/flux-1.1-pro", unit: "each", credits: 5 },
  { tool: "frame", model: "runway/gen4-image", unit: "each", credits: 7 },
  { tool: "frame", model: "workers-ai/flux-schnell", unit: "each", credits: 1 },
  { tool: "voice", model: "elevenlabs/flash-v2.5", unit: "letters", credits: 1 },
  { tool: "voice", model: "elevenlabs/multilingual-v2", unit: "letters", credits: 2 },
  { tool: "voice", model: "elevenlabs/v3", unit: "letters", credits: 2 },
  { tool: "voice", model: "openai/speech", unit: "letters", credits: 1 },
  { tool: "voice", model: "workers-ai/aura-2", unit: "letters", credits: 1 },
  { tool: "music", model: "elevenlabs/music-v2", unit: "minute", credits: 38 },
  { tool: "sound", model: "elevenlabs/sound-v2", unit: "each", credits: 15 },
  { tool: "sound", model: "fal/sound-v2", unit: "second", credits: 1 },
  { tool: "sound", model: "runway/sound-v2", unit: "each", credits: 3 },
  { tool: "lip-sync", model: "fal/sync-lipsync-2", unit: "second", credits: 7 },
  { tool: "lip-sync", model: "replicate/lipsync-2", unit: "second", credits: 7 },
  { tool: "transcribe", model: "elevenlabs/scribe-v2", unit: "minute", credits: 1 },
  { tool: "transcribe", model: "fal/scribe-v2", unit: "minute", credits: 1 },
  { tool: "transcribe", model: "openai/whisper", unit: "minute", credits: 1 },
  { tool: "transcribe", model: "replicate/fast-whisper", unit: "each", credits: 2 },
  { tool: "transcribe", model: "workers-ai/nova-3", unit: "minute", credits: 1 },
  { tool: "dub", model: "elevenlabs/dubbing-v1", unit: "minute", credits: 63 },
  { tool: "clean-audio", model: "elevenlabs/isolation", unit: "minute", credits: 15 },
  { tool: "clean-audio", model: "fal/audio-isolation", unit: "minute", credits: 13 },
  { tool: "clean-audio", model: "runway/isolation", unit: "minute", credits: 13 },
  { tool: "upscale", model: "fal/seedvr-1080p", unit: "second", credits: 7 },
  { tool: "upscale", model: "fal/seedvr-4k", unit: "second", credits: 25 },
  { tool: "roto", model: "fal/sam-3", unit: "second", credits: 1 },
  { tool: "roto", model: "replicate/robust-video-matting", unit: "each", credits: 9 },
  { tool: "mesh", model: "fal/trellis", unit: "each", credits: 3 },
  { tool: "mesh", model: "fal/trellis-2", unit: "each", credits: 38 },
  { tool: "mesh", model: "replicate/trellis", unit: "each", credits: 7 },
  { tool: "rig", model: "fal/meshy-rigging", unit: "each", credits: 25 },
];

/** Orders of them, worked out. */
export const modelExamples: readonly WorkedExample[] = [
  { words: "Five seconds of Runway Gen-4.5", order: { tool: "clip", model: "runway/gen4.5", frames: 120 }, credits: 75 },
  { words: "Five seconds of Veo 3.1 are sold as six", order: { tool: "clip", model: "fal/veo3.1", frames: 120 }, credits: 150 },
  { words: "Half a second of Kling 3 is sold as three", order: { tool: "clip", model: "fal/kling-v3-pro", frames: 12 }, credits: 42 },
  { words: "A line of 120 letters, spoken by Eleven v3, has begun its second hundred", order: { tool: "voice", model: "elevenlabs/v3", letters: 120 }, credits: 4 },
  { words: "A film's music of 48 seconds, by Eleven Music", order: { tool: "music", model: "elevenlabs/music-v2", frames: 1_152 }, credits: 38 },
  { words: "A picture by Nano Banana 2", order: { tool: "frame", model: "fal/nano-banana-2" }, credits: 10 },
];
