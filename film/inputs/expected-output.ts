import { FRAME_RATE, type Aspect, type Film, type Json, type NodeId, type TakeFacts } from "../film.ts";
import { filmRange, MUSIC_LUFS, soundRange, voiceLufs, type LoudnessRange } from "../loudness.ts";
import { framesOf } from "../recipes/picture.ts";
import { partsOf } from "../recipes/recipe.ts";
import type { CutParams } from "../recipes/sequence.ts";
import { recipeFrames } from "./frames.ts";
import type { VoiceParams } from "../recipes/voice.ts";
import { timelineOf, type Making } from "./tool-input.ts";

/** Lengths that are accepted, in frames, both ends included. */
export interface FrameRange {
  least: number;
  most: number;
}

/** What a delivered file must be. Sizes are in pixels, null where any will do; `many` is a list of files. */
export type ExpectedFile = { required: boolean; many: boolean } & (
  | { kind: "video"; container: "mp4"; codec: "h264"; width: number; height: number; frames: FrameRange | null; audio: "aac" | null }
  | { kind: "audio"; container: "wav"; sampleRate: 48_000; channels: 1 | 2; frames: FrameRange | null }
  | { kind: "image"; format: "png" | "jpeg" | "webp" | "avif"; width: number | null; height: number | null }
  | { kind: "text"; format: "json" | "vtt" }
);

/** What was ordered: a file for each role, the length of what has one, null if it is measured only now, and how loud what is heard must be. */
export interface ExpectedOutput {
  files: Record<string, ExpectedFile>;
  frames: number | null;
  loudness: ExpectedLoudness | null;
}

/** Of a voice or music the level that it is brought to; of a film none, since the mix brings itself there. */
export type ExpectedLoudness = LoudnessRange & { lufs: number | null };

const sizes: Record<Aspect, { width: number; height: number }> = {
  "16:9": { width: 1280, height: 720 },
  "9:16": { width: 720, height: 1280 },
  "1:1": { width: 720, height: 720 },
};

const previewSizes: Record<Aspect, { width: number; height: number }> = {
  "16:9": { width: 640, height: 360 },
  "9:16": { width: 360, height: 640 },
  "1:1": { width: 360, height: 360 },
};

/** What a step must deliver, so that nothing else is accepted for it. Needs the takes that it is made from, for its length. */
export function expectedOutput(step: Making, takes: ReadonlyMap<NodeId, TakeFacts>, film: Pick<Film, "aspect">): ExpectedOutput {
  const { recipe } = step;
  const timeline = recipe.tool === "animatic" || recipe.tool === "cut" ? timelineOf(recipe.params as CutParams, takes) : null;
  const frames = timeline ? timeline.frames : recipeFrames(recipe, takes);
  const tool = recipe.tool === "upload" ? `upload-${partsOf(step.node).kind}` : recipe.tool;
  const loudness = timeline ? { lufs: null, ...filmRange(timeline, takes, (recipe.params as CutParams).levels) } : loudnessIn(recipe);
  return { files: filesOf(tool, film.aspect, frames), frames, loudness };
}

/** What people bring is as loud as they made it. */
function loudnessIn({ tool, params }: Making["recipe"]): ExpectedLoudness | null {
  const lufs = tool === "voice" ? voiceLufs((params as VoiceParams).parenthetical) : tool === "music" && params["mood"] !== "none" ? MUSIC_LUFS : null;
  return lufs === null ? null : { lufs, ...soundRange(lufs) };
}

const one = { required: true, many: false } as const;

const exactly = (frames: number | null): FrameRange | null => (frames === null ? null : { least: frames, most: frames });

const pictures = (aspect: Aspect, frames: number | null, audio: "aac" | null): ExpectedFile => ({ ...one, kind: "video", container: "mp4", codec: "h264", ...sizes[aspect], frames: exactly(frames), audio });

const recording = (channels: 1 | 2, seconds: number | null): ExpectedFile => ({ ...one, kind: "audio", container: "wav", sampleRate: 48_000, channels, frames: exactly(seconds === null ? null : framesOf(seconds)) });

const text = (format: "json" | "vtt"): ExpectedFile => ({ ...one, kind: "text", format });

const image = (format: "png" | "jpeg" | "webp" | "avif", size: { width: number | null; height: number | null }): ExpectedFile => ({ ...one, kind: "image", format, ...size });

const anySize = { width: null, height: null } as const;

function filesOf(tool: string, aspect: Aspect, frames: number | null): Record<string, ExpectedFile> {
  switch (tool) {
    case "voice":
    case "upload-voice":
      return { audio: recording(1, null), timings: text("json") };
    case "upload-music":
      return { audio: recording(1, null), timings: { ...text("json"), required: false } };
    case "music":
      return { audio: recording(2, null) };
    case "frame":
      return { panel: image("png", sizes[aspect]), planes: { ...image("png", anySize), many: true } };
    case "upload-frame":
      return { panel: image("png", anySize) };
    case "move":
    case "clip":
    case "title":
      return { video: pictures(aspect, frames, null) };
    case "upload-clip":
    case "upload-title":
      return { video: pictures(aspect, null, null), audio: { ...recording(1, null), required: false } };
    case "captions":
      return { captions: text("vtt") };
    case "animatic":
    case "cut":
      return { video: pictures(aspect, frames, "aac") };
    case "poster":
      return posterFiles();
    case "preview":
      return previewFiles(aspect);
    default:
      return {};
  }
}

function posterFiles(): Record<string, ExpectedFile> {
  return { avif960: image("avif", anySize), avif480: image("avif", anySize), webp960: image("webp", anySize), webp480: image("webp", anySize), jpeg1280: image("jpeg", anySize) };
}

function previewFiles(aspect: Aspect): Record<string, ExpectedFile> {
  const frames = { least: 1, most: 6 * FRAME_RATE };
  return { video: { ...one, kind: "video", container: "mp4", codec: "h264", ...previewSizes[aspect], frames, audio: null }, sprite: image("jpeg", anySize), spriteMap: text("vtt") };
}

/** An output read by what was ordered: files by role (`planes.0`, `planes.1`, … for lists), the other values, and the length. */
export interface ReadOutput {
  files: Record<string, string>;
  values: { [key: string]: Json };
  frames: number | null;
}

/** Reads a model's output. Null where a file that was ordered is missing or is not a URL: the output is bad. */
export function readOutput(expected: ExpectedOutput, output: Json): ReadOutput | null {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return null;
  const files: Record<string, string> = {};
  for (const [role, { required, many }] of Object.entries(expected.files)) {
    const given = output[role] ?? null;
    if (given === null && !required) continue;
    const urls = many ? given : [given];
    if (!Array.isArray(urls) || !urls.every((url) => typeof url === "string")) return null;
    urls.forEach((url, at) => (files[many ? `${role}.${at}` : role] = url));
  }
  // Files that nobody ordered are not kept: where they lie is nobody's to read.
  const values = Object.fromEntries(Object.entries(output).filter(([name, value]) => !(name in expected.files) && !(typeof value === "string" && /^https?:/i.test(value))));
  return { files, values, frames: expected.frames ?? takeFrames(output) };
}

/** The frames that an output says it lasts, or null if it says none. */
export function takeFrames(output: Json): number | null {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return null;
  const frames = output["frames"];
  return typeof frames === "number" && Number.isInteger(frames) && frames > 0 ? frames : null;
}
