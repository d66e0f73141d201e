/** What each tool asks people for when it is used by itself. What it takes is the API's to say; this is how it is asked for. */
import { aspects, cameraMoves, musicMoods, styles } from "#film/film.ts";
import { resolutions } from "#film/inputs/model-request.ts";
import { voiceCasts } from "#film/recipes/voice.ts";
import type { TaskTool } from "#film/tasks/task.ts";

/** What has a form. What is ordered for a film, like the reading of its script, is ordered there. */
export type StudioTool = Exclude<TaskTool, "break-down" | "chat">;
/** What people find under Tools: that, and the assistant, who is talked to. */
export type ListedTool = StudioTool | "chat";

export type FileKind = "video" | "audio" | "image" | "model";
/** Whose models can do it: the house's own, or anybody else's. */
export type Maker = "house" | "other";

interface Option {
  value: string;
  by?: Maker;
}

interface Named {
  name: string;
  required?: boolean;
  /** It matters only with these models. */
  by?: Maker;
  /** Asked for only where another field says so. */
  when?: { field: string; is: string };
  /** Folded away: few change it. */
  minor?: boolean;
}

export type WordsField = Named & { kind: "words"; max: number; rows: number };
export type FileField = Named & { kind: "file"; takes: readonly FileKind[] };
/** `ways`: it is not sent, and says which of the others are. */
export type ChoiceField = Named & { kind: "choice" | "ways"; options: readonly Option[]; first: string };
export type NumberField = Named & { kind: "number"; least: number; most: number; step: number; first: number; unit: "seconds" | "times" | "percent" };
export type LanguageField = Named & { kind: "language"; first: string };
export type SeedField = Named & { kind: "seed" };
export type ColorField = Named & { kind: "color"; first: string };
export type Field = WordsField | FileField | ChoiceField | NumberField | LanguageField | SeedField | ColorField;

/** What the renderer grades with. */
export const looks = ["warm", "cold", "teal-orange", "bleach-bypass", "noir", "faded", "day-for-night"] as const;
export type Look = (typeof looks)[number];

const PROMPT_MAX = 4_000;
const SPOKEN_MAX = 5_000;
const NAMED_MAX = 200;

const plain = (values: readonly string[]): Option[] => values.map((value) => ({ value }));
const prompt: WordsField = { kind: "words", name: "prompt", max: PROMPT_MAX, rows: 4, required: true };
const seed: SeedField = { kind: "seed", name: "seed", minor: true };
const aspect: ChoiceField = { kind: "choice", name: "aspect", options: plain(aspects), first: "16:9" };
const file = (name: string, ...takes: FileKind[]): FileField => ({ kind: "file", name, takes, required: true });
const seconds = (least: number, most: number, first: number): NumberField => ({ kind: "number", name: "seconds", least, most, step: 0.5, first, unit: "seconds" });

export const toolFields: Record<StudioTool, readonly Field[]> = {
  frame: [prompt, aspect, { kind: "choice", name: "style", options: plain(styles), first: "cinematic", by: "house" }, seed],
  clip: [
    { ...file("image", "image"), required: false }, prompt, seconds(1, 30, 5), aspect, { kind: "choice", name: "resolution", options: plain(["", ...resolutions]), first: "", by: "other" },
    { kind: "choice", name: "cameraMove", options: plain(cameraMoves), first: "push-in", by: "house" }, seed,
  ],
  voice: [
    { kind: "words", name: "text", max: SPOKEN_MAX, rows: 5, required: true }, { kind: "choice", name: "cast", options: plain(voiceCasts), first: "ada" }, { kind: "language", name: "language", first: "en", required: true },
    { kind: "number", name: "pace", least: 0.5, most: 2, step: 0.05, first: 1, unit: "times", minor: true }, { ...seed, by: "other" },
  ],
  music: [
    { kind: "ways", name: "by", options: [{ value: "mood" }, { value: "words", by: "other" }], first: "mood" },
    { kind: "choice", name: "mood", options: plain(musicMoods.filter((mood) => mood !== "none")), first: "calm", when: { field: "by", is: "mood" } }, { ...prompt, when: { field: "by", is: "words" } }, seconds(3, 600, 30), seed,
  ],
  sound: [prompt, seconds(0.5, 30, 5)],
  "lip-sync": [file("video", "video"), file("audio", "audio")],
  transcribe: [file("audio", "audio", "video"), { kind: "language", name: "language", first: "" }],
  dub: [file("media", "video", "audio"), { kind: "language", name: "to", first: "", required: true }, { kind: "language", name: "from", first: "" }],
  "clean-audio": [file("audio", "audio")],
  grade: [file("video", "video"), { kind: "choice", name: "look", options: plain(looks), first: "warm" }, { kind: "number", name: "strength", least: 0, most: 1, step: 0.05, first: 1, unit: "percent" }],
  roto: [
    file("video", "video"), { kind: "ways", name: "by", options: [{ value: "moves" }, { value: "screen", by: "house" }, { value: "words", by: "other" }], first: "moves" },
    { kind: "color", name: "color", first: "#00b140", when: { field: "by", is: "screen" } }, { ...prompt, max: NAMED_MAX, rows: 2, when: { field: "by", is: "words" } },
  ],
  upscale: [file("video", "video"), { kind: "choice", name: "resolution", options: plain(resolutions), first: "1080p" }],
  mesh: [file("image", "image"), { kind: "number", name: "depth", least: 0.01, most: 0.5, step: 0.01, first: 0.1, unit: "percent", by: "house", minor: true }, { ...seed, by: "other" }],
  rig: [file("mesh", "model")],
};

export const studioTools = Object.keys(toolFields);
export const isStudioTool = (tool: string): tool is StudioTool => Object.hasOwn(toolFields, tool);
export const isListedTool = (tool: string): tool is ListedTool => tool === "chat" || isStudioTool(tool);

/** Tools as people look for them. */
export const toolGroups: readonly { id: "picture" | "sound" | "solid" | "words"; tools: readonly ListedTool[] }[] = [
  { id: "picture", tools: ["frame", "clip", "lip-sync", "upscale", "grade", "roto"] },
  { id: "sound", tools: ["voice", "music", "sound", "clean-audio", "dub", "transcribe"] },
  { id: "solid", tools: ["mesh", "rig"] },
  { id: "words", tools: ["chat"] },
];

/** The kind of a file by its content type; null where no tool takes it. */
export function fileKind(contentType: string): FileKind | null {
  const [kind] = contentType.split("/");
  return kind === "video" || kind === "audio" || kind === "image" || kind === "model" ? kind : null;
}

/** Tools and their fields that take a file of a kind. */
export const takersOf = (kind: FileKind): { tool: StudioTool; field: string }[] =>
  toolGroups.flatMap(({ tools }) => tools).filter(isStudioTool).flatMap((tool) => {
    const field = toolFields[tool].find((one) => one.kind === "file" && one.takes.includes(kind));
    return field ? [{ tool, field: field.name }] : [];
  });
