/** What ElevenLabs runs, with its limits and prices, and which of its voices each of our casts is. */
import type { Model, VendorPrice } from "../tools/tool.ts";
import { accepts, between, MINUTE_MS, price as priced } from "./cards.ts";

const price = (unit: VendorPrice["unit"], micros: number, [words, quantity, total]: readonly [string, number, number]): VendorPrice => priced("2026-06", "elevenlabs.io API pricing as quoted in June 2026", unit, micros, [words, quantity, total]);

const model = (id: string, label: string, more: Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice"> & Partial<Model>): Model => ({
  id: `elevenlabs/${id}`, label, provider: "elevenlabs", version: null, lifecycle: "active", sunset: null, timeoutMs: 5 * MINUTE_MS, ...more,
});

const multilingual = ["en", "ja", "zh", "de", "hi", "fr", "ko", "pt", "it", "es", "id", "nl", "tr", "pl", "sv", "bg", "ro", "ar", "cs", "el", "fi", "hr", "ms", "sk", "da", "ta", "uk", "ru"] as const;
const longest = { seconds: between(0.5, 3_600) };

export const models: readonly Model[] = [
  model("v3", "Eleven v3", {
    tool: "voice", name: "eleven_v3", quality: 92, speed: { seconds: 3, perSecond: 0.4 }, accepts: accepts({ promptMax: 5_000 }), vendorPrice: price("letter", 100, ["A line of 120 letters", 120, 12_000]),
  }),
  model("multilingual-v2", "Eleven Multilingual v2", {
    tool: "voice", name: "eleven_multilingual_v2", quality: 88, speed: { seconds: 2, perSecond: 0.3 }, accepts: accepts({ promptMax: 10_000, languages: multilingual }),
    vendorPrice: price("letter", 100, ["A line of 120 letters", 120, 12_000]),
  }),
  model("flash-v2.5", "Eleven Flash v2.5", {
    tool: "voice", name: "eleven_flash_v2_5", quality: 80, speed: { seconds: 0.6, perSecond: 0.1 }, accepts: accepts({ promptMax: 40_000, languages: [...multilingual, "hu", "no", "vi"] }),
    vendorPrice: price("letter", 50, ["A line of 120 letters", 120, 6_000]),
  }),
  model("isolation", "Eleven Voice Isolator", {
    tool: "clean-audio", name: "audio-isolation", quality: 85, speed: { seconds: 3, perSecond: 0.2 }, accepts: accepts(longest), vendorPrice: price("minute", 120_000, ["Two minutes of a recording", 2, 240_000]),
  }),
  model("sound-v2", "Eleven Sound Effects v2", {
    tool: "sound", name: "eleven_text_to_sound_v2", quality: 82, speed: { seconds: 4, perSecond: 0.2 }, accepts: accepts({ seconds: between(0.5, 30), promptMax: 450 }),
    vendorPrice: price("each", 120_000, ["One effect", 1, 120_000]),
  }),
  model("music-v2", "Eleven Music v2", {
    tool: "music", name: "music_v2", quality: 85, speed: { seconds: 8, perSecond: 0.3 }, accepts: accepts({ seconds: between(3, 600), promptMax: 2_000 }), timeoutMs: 10 * MINUTE_MS,
    vendorPrice: price("minute", 300_000, ["A cue of half a minute", 0.5, 150_000]),
  }),
  model("dubbing-v1", "Eleven Dubbing v1", {
    tool: "dub", name: "dubbing", quality: 78, speed: { seconds: 60, perSecond: 2 }, accepts: accepts({ seconds: between(1, 2_700) }), timeoutMs: 120 * MINUTE_MS,
    vendorPrice: price("minute", 500_000, ["A minute without a watermark", 1, 500_000]),
  }),
  model("scribe-v2", "Scribe v2", {
    tool: "transcribe", name: "scribe_v2", quality: 92, speed: { seconds: 3, perSecond: 0.1 }, accepts: accepts(longest), vendorPrice: price("minute", 3_667, ["Half an hour", 30, 110_010]),
  }),
];

/** Our casts as voices that every account has. */
export const voices: Readonly<Record<string, string>> = {
  ada: "XrExE9yKIg1WjnnlVkGX", // Matilda
  clara: "EXAVITQu4vr4xnSDxMaL", // Sarah
  elena: "Xb7hH8MSUJpSbSDYk0k2", // Alice
  grace: "FGY2WhTYpPnrIDTdsKH5", // Laura
  iris: "cgSgspJ2msm6clMCkdW9", // Jessica
  bruno: "CwhRBWXzGAHq8TQ4Fs17", // Roger
  dmitri: "onwK4e9ZLuTAKqWW03F9", // Daniel
  felix: "bIHbv24MWmeRgasZH58o", // Will
  henry: "JBFqnCBsd6RMkjVDRZzb", // George
  jonas: "cjVigY5qzO86Huf0OWal", // Eric
};
