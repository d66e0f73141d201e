/** Models at Replicate: what they take and give. Official ones have no version that a caller names. */
import type { Json } from "../vendor/emulator.ts";
import { isLink, type FileSpec } from "../vendor/files.ts";

type Check = readonly Json[] | "string" | "uri" | "uris" | "integer" | "number" | "boolean";
type Input = { [name: string]: Json };

export interface ModelShape {
  version: string | null;
  /** Names that end in `?` may be left out. */
  input: Readonly<Record<string, Check>>;
  /** Files of the output by name, and how they are put together. */
  files(input: Input): Record<string, FileSpec>;
  output(urls: Record<string, string>): Json;
}

const one = (urls: Record<string, string>): Json => urls["out"] ?? null;
const short: Readonly<Record<string, readonly [number, number]>> = { "16:9": [1_280, 720], "9:16": [720, 1_280], "1:1": [1_024, 1_024] };
const sizeOf = (input: Input): { width: number; height: number } => {
  const [width, height] = short[String(input["aspect_ratio"] ?? "16:9")] ?? [1_280, 720];
  return input["resolution"] === "1080p" ? { width: width * 1.5, height: height * 1.5 } : { width, height };
};

export const catalogue: Readonly<Record<string, ModelShape>> = {
  "google/veo-3.1-fast": {
    version: null, input: { prompt: "string", "duration?": [4, 6, 8], "aspect_ratio?": ["16:9", "9:16"], "resolution?": ["720p", "1080p"], "image?": "uri", "last_frame?": "uri", "negative_prompt?": "string", "generate_audio?": "boolean", "seed?": "integer" },
    files: (input) => ({ out: { ending: "mp4", ...sizeOf(input), seconds: Number(input["duration"] ?? 8), hasAudio: input["generate_audio"] !== false } }), output: one,
  },
  "black-forest-labs/flux-1.1-pro": {
    version: null, input: { prompt: "string", "aspect_ratio?": ["custom", "1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"], "output_format?": ["webp", "jpg", "png"], "seed?": "integer", "safety_tolerance?": "integer", "prompt_upsampling?": "boolean" },
    files: (input) => ({ out: { ending: "png", ...sizeOf(input) } }), output: one,
  },
  "sync/lipsync-2": {
    version: null, input: { video: "uri", audio: "uri", "sync_mode?": ["loop", "bounce", "cut_off", "silence", "remap"], "temperature?": "number", "active_speaker?": "boolean" },
    files: () => ({ out: { ending: "mp4", width: 1_280, height: 720, seconds: 2, hasAudio: true } }), output: one,
  },
  "arielreplicate/robust_video_matting": {
    version: "73d2128a371922d5d1abf0712a1d974be0e4e2358cc1218e4e34714767232bac", input: { input_video: "uri", "output_type?": ["green-screen", "alpha-mask", "foreground-mask"] },
    files: () => ({ out: { ending: "mp4", width: 1_280, height: 720, seconds: 2, hasAudio: false } }), output: one,
  },
  "firtoz/trellis": {
    version: "e8f6c45206993f297372f5436b90350817bd9b4a0d52d2a76df50c1c8afa2b3c",
    input: { images: "uris", "seed?": "integer", "randomize_seed?": "boolean", "texture_size?": "integer", "mesh_simplify?": "number", "generate_model?": "boolean", "generate_color?": "boolean", "generate_normal?": "boolean", "ss_sampling_steps?": "integer", "slat_sampling_steps?": "integer" },
    files: (input): Record<string, FileSpec> => (input["generate_model"] === true ? { model: { ending: "glb" } } : {}), output: (urls) => ({ model_file: urls["model"] ?? null, color_video: null, gaussian_ply: null, normal_video: null, combined_video: null, no_background_images: null }),
  },
  "vaibhavs10/incredibly-fast-whisper": {
    version: "3ab86df6c8f54c11309d4d1f930ac292bad43ace52d10c80d87eb258b3c9f79c", input: { audio: "uri", "task?": ["transcribe", "translate"], "timestamp?": ["chunk", "word"], "batch_size?": "integer", "language?": ["None", "english", "german", "french", "spanish", "japanese"], "diarise_audio?": "boolean" },
    files: () => ({}), output: () => ({ text: " Hello there.", chunks: [{ text: " Hello", timestamp: [0.1, 0.4] }, { text: " there.", timestamp: [0.5, null] }] }),
  },
};

/** What is wrong with an input, in Replicate's words; null where nothing is. */
export function faultIn(shape: ModelShape, input: Input): string | null {
  const checks = new Map(Object.entries(shape.input).map(([name, check]) => [name.replace("?", ""), { check, isRequired: !name.endsWith("?") }]));
  const missing = [...checks].find(([name, { isRequired }]) => isRequired && input[name] === undefined)?.[0];
  if (missing !== undefined) return `- input: ${missing} is required`;
  // Replicate drops fields that a model does not have; here they are refused.
  const wrong = Object.entries(input).find(([name, value]) => !checks.has(name) || !fits(checks.get(name)?.check ?? "string", value))?.[0];
  return wrong === undefined ? null : `- input.${wrong}: Invalid type or value`;
}

function fits(check: Check, value: Json): boolean {
  if (typeof check !== "string") return check.includes(value);
  switch (check) {
    case "string":
      return typeof value === "string";
    case "uri":
      return isLink(value) || (typeof value === "string" && value.startsWith("data:"));
    case "uris":
      return Array.isArray(value) && value.every((item) => fits("uri", item));
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
  }
}
