/** What Runway runs, with its limits and prices; a credit of its API is a cent. */
import type { Model } from "../tools/tool.ts";
import { accepts, between, MINUTE_MS, only, price } from "./cards.ts";

const SOURCE = "Runway's API reference (runwayml/skills), in credits of $0.01, read in November 2026";
export const MICROS_PER_CREDIT = 10_000;

const model = (id: string, label: string, more: Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice"> & Partial<Model>): Model => ({
  id: `runway/${id}`, label, provider: "runway", version: null, lifecycle: "active", sunset: null, timeoutMs: 30 * MINUTE_MS, ...more,
});

const clip = { tool: "clip", speed: { seconds: 40, perSecond: 8 } } as const;

export const models: readonly Model[] = [
  model("gen4.5", "Runway Gen-4.5", {
    ...clip, name: "gen4.5", quality: 90, accepts: accepts({ seconds: between(2, 10), aspects: ["16:9", "9:16"], resolutions: ["720p"], firstFrame: "may" }),
    vendorPrice: price("2026-11", SOURCE, "second", 12 * MICROS_PER_CREDIT, ["A clip of 5 seconds: 60 credits", 5, 600_000]),
  }),
  model("gen4-turbo", "Runway Gen-4 Turbo", {
    ...clip, name: "gen4_turbo", quality: 76, speed: { seconds: 20, perSecond: 4 }, accepts: accepts({ seconds: between(2, 10), aspects: ["16:9", "9:16", "1:1"], resolutions: ["720p"], firstFrame: "must" }),
    vendorPrice: price("2026-11", SOURCE, "second", 5 * MICROS_PER_CREDIT, ["A clip of 5 seconds: 25 credits", 5, 250_000]),
  }),
  model("veo3.1", "Veo 3.1 at Runway", {
    ...clip, name: "veo3.1", quality: 93, accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may" }),
    vendorPrice: price("2026-11", `${SOURCE}; without sound`, "second", 20 * MICROS_PER_CREDIT, ["A clip of 8 seconds: 160 credits", 8, 1_600_000]),
  }),
  model("veo3.1-fast", "Veo 3.1 Fast at Runway", {
    ...clip, name: "veo3.1_fast", quality: 84, speed: { seconds: 25, perSecond: 5 }, accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may" }),
    vendorPrice: price("2026-11", `${SOURCE}; without sound`, "second", 10 * MICROS_PER_CREDIT, ["A clip of 8 seconds: 80 credits", 8, 800_000]),
  }),
  model("gen4-image", "Runway Gen-4 Image", {
    tool: "frame", name: "gen4_image", quality: 82, speed: { seconds: 15, perSecond: 0 }, timeoutMs: 10 * MINUTE_MS, accepts: accepts({ aspects: ["16:9", "9:16", "1:1"] }),
    vendorPrice: price("2026-11", `${SOURCE}; at 720p`, "each", 5 * MICROS_PER_CREDIT, ["A picture: 5 credits", 1, 50_000]),
  }),
  model("sound-v2", "Eleven Sound Effects v2 at Runway", {
    tool: "sound", name: "eleven_text_to_sound_v2", quality: 82, speed: { seconds: 6, perSecond: 0.2 }, timeoutMs: 10 * MINUTE_MS, accepts: accepts({ seconds: { least: 0.5, most: 30, only: null }, promptMax: 1_000 }),
    vendorPrice: price("2026-11", `${SOURCE}: one or two credits, of which this is the larger`, "each", 2 * MICROS_PER_CREDIT, ["A sound: at most 2 credits", 1, 20_000]),
  }),
  model("isolation", "Eleven Voice Isolation at Runway", {
    tool: "clean-audio", name: "eleven_voice_isolation", quality: 85, speed: { seconds: 6, perSecond: 0.2 }, timeoutMs: 15 * MINUTE_MS, accepts: accepts({ seconds: between(4, 600) }),
    vendorPrice: price("2026-11", `${SOURCE}: one credit for six seconds`, "minute", 10 * MICROS_PER_CREDIT, ["Two minutes of a recording: 20 credits", 2, 200_000]),
  }),
];
