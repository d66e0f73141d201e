/** What must come of an order. Other than in a film nothing is cut to the frame: what a model makes is kept as it is, if it is what was ordered. */
import type { Aspect, Json, Recipe } from "../film.ts";
import type { Resolution } from "../inputs/model-request.ts";
import { isSilent } from "../loudness.ts";
import { aspectIn, resolutionIn } from "./asking.ts";
import type { TaskTool } from "./task.ts";

export type TaskFileKind = "video" | "audio" | "image" | "model" | "text" | "data";

export interface TaskFile {
  /** Any of these. */
  kinds: readonly TaskFileKind[];
  required: boolean;
}

/** What a probe says of a file, as far as it matters here. */
export interface FileFacts {
  kind: string;
  durationMs: number | null;
  width: number | null;
  height: number | null;
  videoCodec: string | null;
  /** RFC 6381: `avc1.640028`. */
  videoProfile: string | null;
}

/** H.264 of eight bits and 4:2:0 (Baseline, Main, High), which every browser and every network plays; its other profiles few do. */
export const isPlayedByAll = ({ videoCodec, videoProfile }: Pick<FileFacts, "videoCodec" | "videoProfile">): boolean => videoCodec === "avc" && /^avc[13]\.(?:42|4d|64)/i.test(videoProfile ?? "");

const file = (...kinds: TaskFileKind[]): TaskFile => ({ kinds, required: true });
const optional = (...kinds: TaskFileKind[]): TaskFile => ({ kinds, required: false });

/** Role -> what it must be. Roles are those of the tools' outputs. */
export function taskFiles(tool: string): Record<string, TaskFile> {
  switch (tool as TaskTool) {
    case "frame":
      return { panel: file("image") };
    case "clip":
    case "lip-sync":
    case "upscale":
    case "grade":
      return { video: file("video") };
    case "roto":
      return { video: file("video"), mask: optional("video") };
    case "voice":
      return { audio: file("audio"), timings: optional("data") };
    case "music":
    case "sound":
    case "clean-audio":
      return { audio: file("audio") };
    case "dub":
      return { media: file("video", "audio") };
    case "mesh":
    case "rig":
      return { mesh: file("model") };
    case "transcribe":
      return {};
    case "chat":
      return { reply: file("data") };
    case "break-down":
      return { reading: file("data") };
  }
}

const SHORT_SIDES: Record<Resolution, number> = { "480p": 480, "720p": 720, "1080p": 1080, "4k": 2160 };
/** Pixels of the shorter side. */
export const shortSideOf = (resolution: Resolution): number => SHORT_SIDES[resolution];
const RATIOS: Record<Aspect, number> = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1 };
/** Models make pictures in steps of some pixels: they are as wide as ordered within this part. */
const RATIO_OFF_MAX = 0.06;
const SIZE_OFF_MAX = 0.05;
const SHORTER_MS_MAX = 500;
const LENGTH_OFF = { ms: 1_000, share: 0.05 } as const;

/** Whether what comes is as long as what it was made from. */
const keepsLength = (tool: string): boolean => ["lip-sync", "upscale", "roto", "grade", "clean-audio", "dub"].includes(tool);

/** Says what is wrong with a file of an order, or null. */
export function taskFault({ tool, params }: Pick<Recipe, "tool" | "params">, { kinds }: TaskFile, facts: FileFacts): string | null {
  if (!(kinds as readonly string[]).includes(facts.kind)) return `it is ${facts.kind === "unknown" ? "nothing that can be played" : `of the kind ${facts.kind}`}, ordered was ${kinds.join(" or ")}`;
  if (facts.kind === "video" && facts.videoCodec !== "avc") return `its codec is ${facts.videoCodec ?? "none"}, which not every browser plays; ordered was h264`;
  if (facts.kind === "video" && !isPlayedByAll(facts)) return `its encoding (${facts.videoProfile ?? "unknown"}) is not played by every browser; ordered was H.264 of eight bits`;
  return lengthFault(tool, params, facts) ?? shapeFault(tool, params, facts);
}

function lengthFault(tool: string, { seconds }: Recipe["params"], { kind, durationMs }: FileFacts): string | null {
  if (kind !== "video" && kind !== "audio") return null;
  if (durationMs === null || durationMs <= 0) return "it lasts no time at all";
  if (typeof seconds !== "number") return null;
  const ordered = seconds * 1_000;
  if (tool === "clip") return durationMs >= ordered - SHORTER_MS_MAX ? null : `it lasts ${inSeconds(durationMs)} seconds, ordered were ${inSeconds(ordered)}`;
  if (!keepsLength(tool)) return null;
  const isClose = Math.abs(durationMs - ordered) <= Math.max(LENGTH_OFF.ms, ordered * LENGTH_OFF.share);
  return isClose ? null : `it lasts ${inSeconds(durationMs)} seconds, and what it was made from ${inSeconds(ordered)}`;
}

const inSeconds = (ms: number): number => Math.round(ms / 100) / 10;

function shapeFault(tool: string, params: Recipe["params"], { width, height }: FileFacts): string | null {
  if (width === null || height === null) return null;
  const aspect = tool === "frame" || tool === "clip" ? aspectIn(params) : null;
  if (aspect !== null && Math.abs(width / height / RATIOS[aspect] - 1) > RATIO_OFF_MAX) return `it is ${width}x${height}, ordered was ${aspect}`;
  const resolution = tool === "upscale" ? resolutionIn(params) : null;
  if (resolution !== null && Math.min(width, height) < SHORT_SIDES[resolution] * (1 - SIZE_OFF_MAX)) return `it is ${width}x${height}, ordered was ${resolution}`;
  return null;
}

/** What is ordered to be heard. */
const heardTools: ReadonlySet<string> = new Set<TaskTool>(["voice", "music", "sound", "clean-audio", "dub", "lip-sync"]);

/** Says what is wrong with how loud an order is, or null. It is as loud as its model made it; but nobody ordered silence. */
export function taskLevelFault(tool: string, { truePeakDbtp, spoken }: { [key: string]: Json }): string | null {
  const isHushed = typeof truePeakDbtp === "number" && isSilent({ truePeakDbtp });
  return isHushed && heardTools.has(tool) && spoken !== false ? "nothing can be heard in it" : null;
}
