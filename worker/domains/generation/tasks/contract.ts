/** What each tool is asked for when it is ordered by itself. Files are assets of the studio, by id. */
import { z } from "@hono/zod-openapi";
import { MESSAGE_LETTERS_MAX, TURN_LETTERS_MAX, TURNS_MAX } from "#film/chat/prompt.ts";
import { aspects, cameraMoves, musicMoods, styles } from "#film/film.ts";
import { resolutions } from "#film/inputs/model-request.ts";
import { voiceCasts } from "#film/recipes/voice.ts";
import type { TaskTool } from "#film/tasks/task.ts";

const PROMPT_MAX = 4_000;
const SPOKEN_MAX = 5_000;
export const SEED_MAX = 2_147_483_647;
/** What the renderer grades with. */
const looks = ["warm", "cold", "teal-orange", "bleach-bypass", "noir", "faded", "day-for-night"] as const;

const Asset = (what: string) => z.string().max(60).meta({ description: `Id of an asset of the studio: ${what}` });
const Prompt = z.string().trim().min(1).max(PROMPT_MAX).meta({ description: "What is to be made, in words" });
const Seed = z.int().min(0).max(SEED_MAX).optional().meta({ description: "The same seed asks for the same again, as far as a model can; without it one is drawn" });
const Language = z.string().regex(/^[a-z]{2}(?:-[A-Za-z]{2,8})?$/).meta({ description: "ISO 639-1, with a region where it matters: `en`, `pt-BR`" });

/** Input by tool. */
export const taskInputs = {
  frame: z.strictObject({ prompt: Prompt, aspect: z.enum(aspects).default("16:9"), style: z.enum(styles).default("cinematic"), seed: Seed }),
  clip: z.strictObject({
    prompt: Prompt, seconds: z.number().min(1).max(30).default(5), aspect: z.enum(aspects).default("16:9"), resolution: z.enum(resolutions).optional(),
    image: Asset("the picture that it begins with").optional(), cameraMove: z.enum(cameraMoves).default("push-in").meta({ description: "Where the house makes it" }), seed: Seed,
  }),
  voice: z.strictObject({ text: z.string().trim().min(1).max(SPOKEN_MAX), cast: z.enum(voiceCasts).default("ada"), language: Language.default("en"), pace: z.number().min(0.5).max(2).default(1), seed: Seed }),
  music: z.strictObject({ prompt: Prompt.optional(), mood: z.enum(musicMoods).exclude(["none"]).optional(), seconds: z.number().min(3).max(600).default(30), seed: Seed }),
  sound: z.strictObject({ prompt: Prompt, seconds: z.number().min(0.5).max(30).default(5) }),
  "lip-sync": z.strictObject({ video: Asset("somebody who speaks"), audio: Asset("what is to be said") }),
  transcribe: z.strictObject({ audio: Asset("a recording, or a video with speech"), language: Language.optional() }),
  dub: z.strictObject({ media: Asset("a recording, or a video with speech"), from: Language.optional(), to: Language }),
  "clean-audio": z.strictObject({ audio: Asset("a recording") }),
  grade: z.strictObject({ video: Asset("a video"), look: z.enum(looks), strength: z.number().min(0).max(1).default(1) }),
  roto: z.strictObject({
    video: Asset("a video"), prompt: z.string().trim().min(1).max(200).optional().meta({ description: "What is to be cut out, where it is not simply what moves" }),
    color: z.string().regex(/^#[0-9a-f]{6}$/i).optional().meta({ description: "Of the screen that it stands before, as `#00b140`" }),
  }),
  upscale: z.strictObject({ video: Asset("a video"), resolution: z.enum(resolutions).default("1080p").meta({ description: "Of its shorter side" }) }),
  mesh: z.strictObject({ image: Asset("a picture; one with a transparent background becomes a figure"), depth: z.number().min(0.01).max(0.5).default(0.1), seed: Seed }),
  rig: z.strictObject({ mesh: Asset("a figure, made by `mesh`") }),
  // What is read is the script of the project that the quote names.
  "break-down": z.strictObject({}),
  // What is told of the film is the script of the project that the quote names, if it names one.
  chat: z.strictObject({
    message: z.string().trim().min(1).max(MESSAGE_LETTERS_MAX),
    history: z.array(z.object({ by: z.enum(["you", "assistant"]), text: z.string().max(TURN_LETTERS_MAX) })).max(TURNS_MAX).default([]).meta({ description: "The conversation so far, oldest first; of a long one the end goes along" }),
  }),
} satisfies Record<TaskTool, z.ZodType>;

/** Which kinds of file the fields take that name one. */
export const fileFields: Readonly<Record<string, readonly ("video" | "audio" | "image" | "model")[]>> = {
  image: ["image"], video: ["video"], audio: ["audio"], media: ["video", "audio"], mesh: ["model"],
};

/** Some take more than their name says. */
export const alsoTakes = (tool: TaskTool, field: string): readonly ("video" | "audio" | "image" | "model")[] => (tool === "transcribe" && field === "audio" ? ["audio", "video"] : (fileFields[field] ?? []));
