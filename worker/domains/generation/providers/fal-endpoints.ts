/** fal's endpoints as data: what each is called, what our words are called there, and where its files stand in the answer. Names as its client's types have them. */
import type { Json } from "#film/film.ts";
import type { Model } from "../tools/tool.ts";
import { accepts, between, MINUTE_MS, only, price } from "./cards.ts";

/** Our name of a value -> the endpoint's field. */
type Fields = Readonly<Partial<Record<"prompt" | "firstFrame" | "seconds" | "aspect" | "resolution" | "seed" | "video" | "audio" | "image" | "mesh" | "language", string>>>;

interface Way {
  /** What follows the model's name in the address. */
  path: string;
  fields: Fields;
}

export interface Endpoint {
  model: Model;
  /** From words; null where it makes nothing without a picture. */
  way: Way;
  /** From a first frame, where that is another address. */
  fromPicture: Way | null;
  /** How values are written, where not as they are. */
  spelt: Readonly<Partial<Record<keyof Fields, (value: string | number) => Json>>>;
  /** What is sent with every request. */
  also: { readonly [field: string]: Json };
  /** Role -> where its file stands in the answer, with dots between. */
  files: Readonly<Record<string, string>>;
}

type Given = Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice"> & Partial<Model> & Pick<Endpoint, "way" | "files"> & Partial<Endpoint>;

function endpoint(id: string, label: string, { way, fromPicture = null, spelt = {}, also = {}, files, model: _none, ...more }: Given): Endpoint {
  return { model: { id: `fal/${id}`, label, provider: "fal", version: null, lifecycle: "active", sunset: null, timeoutMs: 30 * MINUTE_MS, ...more }, way, fromPicture, spelt, also, files };
}

const page = (endpointId: string): string => `fal.ai/models/${endpointId}, read in November 2026`;
const text = (value: string | number): string => String(value);
const inSeconds = (value: string | number): string => `${value}s`;
const clip = { tool: "clip", speed: { seconds: 45, perSecond: 10 }, files: { video: "video" } } as const;
const silent = { generate_audio: false };

const kling = { fields: { prompt: "prompt", seconds: "duration", aspect: "aspect_ratio" }, picture: { prompt: "prompt", seconds: "duration", firstFrame: "start_image_url" } } as const;
const full: Fields = { prompt: "prompt", seconds: "duration", aspect: "aspect_ratio", resolution: "resolution", seed: "seed" };

export const endpoints: readonly Endpoint[] = [
  endpoint("kling-v3-pro", "Kling 3.0 Pro", {
    ...clip, name: "fal-ai/kling-video/v3/pro", quality: 92, way: { path: "/text-to-video", fields: kling.fields }, fromPicture: { path: "/image-to-video", fields: kling.picture }, spelt: { seconds: text }, also: silent,
    accepts: accepts({ seconds: between(3, 15), aspects: ["16:9", "9:16", "1:1"], resolutions: ["1080p", "720p"], firstFrame: "may", promptMax: 2_500 }),
    vendorPrice: price("2026-11", `${page("fal-ai/kling-video/v3/pro/image-to-video")}; without sound`, "second", 112_000, ["A clip of 5 seconds", 5, 560_000]),
  }),
  endpoint("kling-v3-standard", "Kling 3.0 Standard", {
    ...clip, name: "fal-ai/kling-video/v3/standard", quality: 84, way: { path: "/text-to-video", fields: kling.fields }, fromPicture: { path: "/image-to-video", fields: kling.picture }, spelt: { seconds: text }, also: silent,
    accepts: accepts({ seconds: between(3, 15), aspects: ["16:9", "9:16", "1:1"], resolutions: ["720p"], firstFrame: "may", promptMax: 2_500 }),
    vendorPrice: price("2026-11", `${page("fal-ai/kling-video/v3/standard/text-to-video")}; without sound`, "second", 84_000, ["A clip of 5 seconds", 5, 420_000]),
  }),
  endpoint("veo3.1", "Veo 3.1 at fal", {
    ...clip, name: "fal-ai/veo3.1", quality: 93, way: { path: "", fields: full }, fromPicture: { path: "/image-to-video", fields: { ...full, firstFrame: "image_url" } }, spelt: { seconds: inSeconds }, also: silent,
    accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may", promptMax: 2_000 }),
    vendorPrice: price("2026-11", `${page("fal-ai/veo3.1")}; without sound`, "second", 200_000, ["A clip of 8 seconds", 8, 1_600_000]),
  }),
  endpoint("veo3.1-fast", "Veo 3.1 Fast at fal", {
    ...clip, name: "fal-ai/veo3.1/fast", quality: 84, speed: { seconds: 25, perSecond: 6 }, way: { path: "", fields: full }, fromPicture: { path: "/image-to-video", fields: { ...full, firstFrame: "image_url" } }, spelt: { seconds: inSeconds }, also: silent,
    accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may", promptMax: 2_000 }),
    vendorPrice: price("2026-11", `${page("fal-ai/veo3.1/fast")}; without sound`, "second", 100_000, ["A clip of 8 seconds", 8, 800_000]),
  }),
  endpoint("seedance-1.5-pro", "Seedance 1.5 Pro", {
    ...clip, name: "fal-ai/bytedance/seedance/v1.5/pro", quality: 86, way: { path: "/text-to-video", fields: full }, fromPicture: { path: "/image-to-video", fields: { ...full, firstFrame: "image_url" } }, spelt: { seconds: text }, also: silent,
    accepts: accepts({ seconds: between(4, 12), aspects: ["16:9", "9:16", "1:1"], resolutions: ["720p"], firstFrame: "may", promptMax: 2_000 }),
    vendorPrice: price("2026-11", `${page("fal-ai/bytedance/seedance/v1.5/pro/image-to-video")}: $1.2 a million tokens without sound, of which a second of 1280x720 at 24 frames has 21,600`, "second", 25_920, ["A clip of 5 seconds", 5, 129_600]),
  }),
  endpoint("nano-banana-2", "Nano Banana 2", {
    tool: "frame", name: "fal-ai/nano-banana-2", quality: 88, speed: { seconds: 20, perSecond: 0 }, timeoutMs: 10 * MINUTE_MS, way: { path: "", fields: { prompt: "prompt", aspect: "aspect_ratio", seed: "seed" } },
    also: { num_images: 1, output_format: "png", resolution: "1K" }, files: { panel: "images.0" }, accepts: accepts({ aspects: ["16:9", "9:16", "1:1"], promptMax: 4_000 }),
    vendorPrice: price("2026-11", page("fal-ai/nano-banana-2"), "each", 80_000, ["A picture", 1, 80_000]),
  }),
  endpoint("sync-lipsync-2", "Sync Lipsync 2", {
    tool: "lip-sync", name: "fal-ai/sync-lipsync/v2", quality: 85, speed: { seconds: 30, perSecond: 10 }, way: { path: "", fields: { video: "video_url", audio: "audio_url" } }, also: { sync_mode: "cut_off" }, files: { video: "video" },
    accepts: accepts({ seconds: { least: 0.5, most: 300, only: null } }), vendorPrice: price("2026-11", page("fal-ai/sync-lipsync/v2"), "minute", 3_000_000, ["Half a minute of a film", 0.5, 1_500_000]),
  }),
  ...([["seedvr-1080p", "1080p", 49_766, 497_660], ["seedvr-4k", "4k", 199_066, 1_990_660]] as const).map(([id, resolution, micros, ten]) => endpoint(id, `SeedVR2 to ${resolution}`, {
    tool: "upscale", name: "fal-ai/seedvr/upscale/video", quality: 82, speed: { seconds: 30, perSecond: 20 }, timeoutMs: 60 * MINUTE_MS, way: { path: "", fields: { video: "video_url", resolution: "target_resolution" } },
    spelt: { resolution: (value) => (value === "4k" ? "2160p" : value) }, also: { upscale_mode: "target", output_format: "X264 (.mp4)" }, files: { video: "video" }, accepts: accepts({ seconds: { least: 0.5, most: 60, only: null }, resolutions: [resolution] }),
    vendorPrice: price("2026-11", `${page("fal-ai/seedvr/upscale/video")}: $0.001 a megapixel, at 24 frames a second`, "second", micros, ["Ten seconds of a film", 10, ten]),
  })),
  endpoint("sam-3", "SAM 3", {
    tool: "roto", name: "fal-ai/sam-3/video", quality: 80, speed: { seconds: 20, perSecond: 4 }, way: { path: "", fields: { video: "video_url", prompt: "prompt" } }, also: { apply_mask: true, video_output_type: "X264 (.mp4)" }, files: { video: "video" },
    accepts: accepts({ seconds: { least: 0.5, most: 60, only: null }, promptMax: 200 }), vendorPrice: price("2026-11", `${page("fal-ai/sam-3/video")}: $0.005 for 16 frames, at 24 a second`, "second", 7_500, ["Ten seconds of a film", 10, 75_000]),
  }),
  endpoint("trellis-2", "Trellis 2", {
    tool: "mesh", name: "fal-ai/trellis-2", quality: 84, speed: { seconds: 60, perSecond: 0 }, way: { path: "", fields: { image: "image_url", seed: "seed" } }, also: { resolution: "1024" }, files: { mesh: "model_glb" },
    accepts: accepts({}), vendorPrice: price("2026-11", `${page("fal-ai/trellis-2-lora")}, whose base model this is: $0.30 at 1024`, "each", 300_000, ["A mesh", 1, 300_000]),
  }),
  endpoint("trellis", "Trellis", {
    tool: "mesh", name: "fal-ai/trellis", quality: 70, speed: { seconds: 30, perSecond: 0 }, way: { path: "", fields: { image: "image_url", seed: "seed" } }, files: { mesh: "model_mesh" },
    accepts: accepts({}), vendorPrice: price("2026-05", "a public price list of May 2026", "each", 20_000, ["A mesh", 1, 20_000]),
  }),
  endpoint("meshy-rigging", "Meshy Rigging", {
    tool: "rig", name: "fal-ai/meshy/rigging", quality: 80, speed: { seconds: 120, perSecond: 0 }, way: { path: "", fields: { mesh: "model_url" } }, files: { mesh: "rigged_character_glb" },
    accepts: accepts({}), vendorPrice: price("2026-11", page("fal-ai/meshy/rigging"), "each", 200_000, ["A rigged character", 1, 200_000]),
  }),
  endpoint("audio-isolation", "Eleven Audio Isolation at fal", {
    tool: "clean-audio", name: "fal-ai/elevenlabs/audio-isolation", quality: 85, speed: { seconds: 8, perSecond: 0.2 }, timeoutMs: 15 * MINUTE_MS, way: { path: "", fields: { audio: "audio_url" } }, files: { audio: "audio" },
    accepts: accepts({ seconds: { least: 0.5, most: 3_600, only: null } }), vendorPrice: price("2026-05", "a public price list of May 2026", "minute", 100_000, ["Two minutes of a recording", 2, 200_000]),
  }),
  endpoint("scribe-v2", "Eleven Scribe v2 at fal", {
    tool: "transcribe", name: "fal-ai/elevenlabs/speech-to-text/scribe-v2", quality: 90, speed: { seconds: 5, perSecond: 0.1 }, timeoutMs: 15 * MINUTE_MS, way: { path: "", fields: { audio: "audio_url", language: "language_code" } },
    spelt: { language: (code) => threeLetters[code] ?? null }, also: { diarize: false, tag_audio_events: false }, files: {}, accepts: accepts({ seconds: { least: 0.5, most: 3_600, only: null } }),
    vendorPrice: price("2026-09", "a public price list of September 2026", "minute", 8_000, ["Ten minutes of a recording", 10, 80_000]),
  }),
  endpoint("sound-v2", "Eleven Sound Effects v2 at fal", {
    tool: "sound", name: "fal-ai/elevenlabs/sound-effects/v2", quality: 82, speed: { seconds: 6, perSecond: 0.2 }, timeoutMs: 10 * MINUTE_MS, way: { path: "", fields: { prompt: "text", seconds: "duration_seconds" } }, also: { output_format: "mp3_44100_128" }, files: { audio: "audio" },
    accepts: accepts({ seconds: { least: 0.5, most: 22, only: null }, promptMax: 450 }), vendorPrice: price("2026-10", "public price lists of October 2026", "second", 2_000, ["A sound of 5 seconds", 5, 10_000]),
  }),
];

/** Scribe names languages by three letters; one that is not here it finds out by itself. */
const threeLetters: Readonly<Record<string, string>> = {
  en: "eng", es: "spa", fr: "fra", de: "deu", it: "ita", pt: "por", nl: "nld", pl: "pol", ru: "rus", tr: "tur", sv: "swe", da: "dan", fi: "fin", cs: "ces", uk: "ukr", el: "ell", ar: "ara", hi: "hin", ja: "jpn", ko: "kor", zh: "zho",
};
