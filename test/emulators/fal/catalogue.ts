/** What fal's endpoints take and give, as its client (1.10.1) types them; `meshy/rigging` and the sizes as its pages have them. */
import type { Json } from "../vendor/emulator.ts";
import { isLink, type FileSpec } from "../vendor/files.ts";

type Check = readonly Json[] | "text" | "link" | "integer" | "number" | "truth";
type Input = { [name: string]: Json };

export interface EndpointShape {
  /** Names that end in `?` may be left out. */
  input: Readonly<Record<string, Check>>;
  /** Files of the answer: where they stand, with dots between, and what they are. */
  files(input: Input): Record<string, FileSpec>;
  /** What else is answered. */
  values?(input: Input): Input;
}

const lengths = (least: number, most: number): Json[] => Array.from({ length: most - least + 1 }, (_, at) => String(least + at));
const sizes: Readonly<Record<string, readonly [number, number]>> = { "16:9": [16, 9], "9:16": [9, 16], "1:1": [9, 9] };

/** A clip in its aspect, with the resolution as its short side. */
function clip(input: Input, side: number): Record<string, FileSpec> {
  const [wide, high] = sizes[String(input["aspect_ratio"] ?? "16:9")] ?? [16, 9];
  const unit = (Number.parseInt(String(input["resolution"] ?? ""), 10) || side) / 9;
  const even = (value: number): number => Math.round((value * unit) / 2) * 2;
  return { video: { ending: "mp4", width: even(wide), height: even(high), seconds: Number.parseInt(String(input["duration"] ?? "5"), 10), hasAudio: input["generate_audio"] !== false } };
}

const kling = { "generate_audio?": "truth", "negative_prompt?": "text", "cfg_scale?": "number", "duration?": lengths(3, 15), "shot_type?": "text", "prompt?": "text" } as const;
const veo = { prompt: "text", "duration?": ["4s", "6s", "8s"], "resolution?": ["720p", "1080p"], "generate_audio?": "truth", "negative_prompt?": "text", "auto_fix?": "truth", "safety_tolerance?": ["1", "2", "3", "4", "5", "6"], "seed?": "integer" } as const;
const seedance = { prompt: "text", "duration?": lengths(4, 12), "resolution?": ["480p", "720p", "1080p"], "aspect_ratio?": ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16", "auto"], "camera_fixed?": "truth", "generate_audio?": "truth", "enable_safety_checker?": "truth", "seed?": "integer" } as const;
const video = (): Record<string, FileSpec> => ({ video: { ending: "mp4", width: 1_280, height: 720, seconds: 2, hasAudio: true } });
const glb = (name: string) => (): Record<string, FileSpec> => ({ [name]: { ending: "glb" } });
const klingAt = (side: number, image: boolean): EndpointShape => ({ input: image ? { ...kling, start_image_url: "link", "end_image_url?": "link" } : { ...kling, "aspect_ratio?": ["16:9", "9:16", "1:1"] }, files: (input) => clip(input, side) });
const veoShape: EndpointShape = { input: { ...veo, "aspect_ratio?": ["16:9", "9:16"] }, files: (input) => clip(input, 720) };
const veoFromImage: EndpointShape = { input: { ...veo, image_url: "link", "aspect_ratio?": ["auto", "16:9", "9:16"] }, files: (input) => clip(input, 720) };

export const catalogue: Readonly<Record<string, EndpointShape>> = {
  "fal-ai/kling-video/v3/pro/text-to-video": klingAt(1_080, false),
  "fal-ai/kling-video/v3/pro/image-to-video": klingAt(1_080, true),
  "fal-ai/kling-video/v3/standard/text-to-video": klingAt(720, false),
  "fal-ai/kling-video/v3/standard/image-to-video": klingAt(720, true),
  "fal-ai/veo3.1": veoShape,
  "fal-ai/veo3.1/image-to-video": veoFromImage,
  "fal-ai/veo3.1/fast": veoShape,
  "fal-ai/veo3.1/fast/image-to-video": veoFromImage,
  "fal-ai/bytedance/seedance/v1.5/pro/text-to-video": { input: seedance, files: (input) => clip(input, 720), values: () => ({ seed: 7 }) },
  "fal-ai/bytedance/seedance/v1.5/pro/image-to-video": { input: { ...seedance, image_url: "link", "end_image_url?": "link" }, files: (input) => clip(input, 720), values: () => ({ seed: 7 }) },
  "fal-ai/nano-banana-2": {
    input: { prompt: "text", "aspect_ratio?": ["auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16", "4:1", "1:4", "8:1", "1:8"], "num_images?": "integer", "output_format?": ["jpeg", "png", "webp"], "resolution?": ["0.5K", "1K", "2K", "4K"], "safety_tolerance?": "text", "seed?": "integer", "sync_mode?": "truth" },
    files: ({ aspect_ratio: aspect }) => ({ "images.0": { ending: "png", width: aspect === "9:16" ? 768 : aspect === "1:1" ? 1_024 : 1_376, height: aspect === "9:16" ? 1_376 : aspect === "1:1" ? 1_024 : 768 } }), values: () => ({ description: "" }),
  },
  "fal-ai/sync-lipsync/v2": { input: { video_url: "link", audio_url: "link", "model?": ["lipsync-2", "lipsync-2-pro"], "sync_mode?": ["cut_off", "loop", "bounce", "silence", "remap"] }, files: video },
  "fal-ai/seedvr/upscale/video": {
    input: { video_url: "link", "upscale_mode?": ["target", "factor"], "target_resolution?": ["720p", "1080p", "1440p", "2160p"], "upscale_factor?": "number", "output_format?": ["X264 (.mp4)", "VP9 (.webm)", "PRORES4444 (.mov)", "GIF (.gif)"], "output_quality?": "text", "seed?": "integer", "noise_scale?": "number" },
    files: (input) => clip({ ...input, duration: "2", ...(input["target_resolution"] === undefined ? {} : { resolution: input["target_resolution"] }) }, 1_080), values: () => ({ seed: 7 }),
  },
  "fal-ai/sam-3/video": { input: { video_url: "link", "prompt?": "text", "apply_mask?": "truth", "detection_threshold?": "number", "video_output_type?": ["X264 (.mp4)", "VP9 (.webm)"] }, files: video },
  "fal-ai/trellis": { input: { image_url: "link", "texture_size?": ["512", "1024", "2048"], "mesh_simplify?": "number", "seed?": "integer" }, files: glb("model_mesh"), values: () => ({ timings: {} }) },
  "fal-ai/trellis-2": { input: { image_url: "link", "resolution?": ["512", "1024", "1536"], "texture_size?": ["1024", "2048", "4096"], "decimation_target?": "integer", "remesh?": "truth", "seed?": "integer" }, files: glb("model_glb") },
  "fal-ai/meshy/rigging": { input: { model_url: "link", "height_meters?": "number", "enable_animation?": "truth", "animation_action_id?": "integer", "enable_safety_checker?": "truth" }, files: glb("rigged_character_glb") },
  "fal-ai/elevenlabs/audio-isolation": { input: { "audio_url?": "link", "video_url?": "link" }, files: () => ({ audio: { ending: "mp3", seconds: 2 } }) },
  "fal-ai/elevenlabs/sound-effects/v2": { input: { text: "text", "duration_seconds?": "number", "loop?": "truth", "prompt_influence?": "number", "output_format?": ["mp3_44100_128", "mp3_44100_192", "pcm_44100"] }, files: (input) => ({ audio: { ending: "mp3", seconds: Number(input["duration_seconds"] ?? 2) } }) },
  "fal-ai/elevenlabs/speech-to-text/scribe-v2": {
    input: { audio_url: "link", "language_code?": "text", "diarize?": "truth", "tag_audio_events?": "truth" }, files: () => ({}),
    values: ({ language_code: code }) => ({
      text: "Hello there.", language_code: code ?? "eng", language_probability: 0.99,
      words: [{ text: "Hello", start: 0.1, end: 0.4, type: "word", speaker_id: "speaker_0" }, { text: " ", start: 0.4, end: 0.5, type: "spacing", speaker_id: "speaker_0" }, { text: "there.", start: 0.5, end: 0.9, type: "word", speaker_id: "speaker_0" }],
    }),
  },
};

/** What is wrong with an input, as FastAPI words it; empty where nothing is. */
export function faultsIn(shape: EndpointShape, input: Input): { loc: string[]; msg: string; type: string }[] {
  const checks = new Map(Object.entries(shape.input).map(([name, check]) => [name.replace("?", ""), { check, isRequired: !name.endsWith("?") }]));
  const missing = [...checks].flatMap(([name, { isRequired }]) => (isRequired && input[name] === undefined ? [{ loc: ["body", name], msg: "Field required", type: "missing" }] : []));
  const wrong = Object.entries(input).flatMap(([name, value]) => {
    const known = checks.get(name);
    if (!known) return [{ loc: ["body", name], msg: "Extra inputs are not permitted", type: "extra_forbidden" }];
    return fits(known.check, value) ? [] : [{ loc: ["body", name], msg: typeof known.check === "string" ? `Input should be a valid ${known.check}` : `Input should be ${known.check.join(" or ")}`, type: typeof known.check === "string" ? `${known.check}_type` : "literal_error" }];
  });
  return [...missing, ...wrong];
}

function fits(check: Check, value: Json): boolean {
  if (typeof check !== "string") return check.includes(value);
  switch (check) {
    case "text":
      return typeof value === "string";
    case "link":
      return isLink(value) || (typeof value === "string" && value.startsWith("data:"));
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "truth":
      return typeof value === "boolean";
  }
}
