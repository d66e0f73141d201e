import type { Model, Tool } from "./tool.ts";

const tool = (id: string, name: string, does: string, input: Tool["input"], output: Tool["output"]): Tool => ({ id, name, does, input, output });
const MINUTE_MS = 60_000;

const house = (id: string, seconds: number, perSecond: number, timeoutMinutes = 20): Model => ({
  id: `dailies/${id}`, tool: id, provider: "house", name: `dailies/${id}`, version: null, lifecycle: "active", quality: 50, speed: { seconds, perSecond }, timeoutMs: timeoutMinutes * MINUTE_MS,
});

/** One line a tool. */
export const tools: readonly Tool[] = [
  tool("voice", "Voice", "Speaks a line", { text: "string", cast: "string", language: "string", pace: "number", parenthetical: "string" }, { audio: "audio/wav", timings: "application/json" }),
  tool("frame", "Frame", "Draws a shot's storyboard panel in planes", { description: "string", framing: "string", cast: "list", props: "list", seed: "integer" }, { panel: "image/png", planes: "list of image/png" }),
  tool("move", "Camera move", "Moves the camera over a panel, with a slate", { panel: "image", planes: "list", cameraMove: "string", frames: "integer" }, { video: "video/mp4" }),
  tool("clip", "Clip", "Makes a shot's clean moving picture", { panel: "image", planes: "list", cameraMove: "string", frames: "integer" }, { video: "video/mp4" }),
  tool("title", "Title", "Sets words on a clip of their own", { title: "string", subtitle: "string", frames: "integer" }, { video: "video/mp4" }),
  tool("music", "Music", "Plays a quiet bed by mood", { mood: "string", seconds: "number", seed: "integer" }, { audio: "audio/wav" }),
  tool("captions", "Captions", "Times what is said", { lines: "list", language: "string" }, { captions: "text/vtt" }),
  tool("animatic", "Animatic", "Puts the storyboard together, timed and voiced", { entries: "list", voices: "list", music: "list" }, { video: "video/mp4" }),
  tool("cut", "Cut", "Puts the film together", { entries: "list", voices: "list", music: "list" }, { video: "video/mp4" }),
  tool("poster", "Poster", "Takes a still for the film's page", { video: "video", at: "number" }, { jpeg1280: "image/jpeg", webp960: "image/webp", avif960: "image/avif" }),
  tool("preview", "Preview", "Cuts a short muted preview and a sprite", { video: "video", seconds: "number" }, { video: "video/mp4", sprite: "image/jpeg", spriteMap: "text/vtt" }),
  tool("ingest", "Ingest", "Conforms a file that people bring", { file: "file", kind: "string", aspect: "string" }, { video: "video/mp4", audio: "audio/wav", panel: "image/png" }),
];

/** One line a model. */
export const models: readonly Model[] = [
  house("voice", 0.6, 0), house("frame", 1.2, 0), house("move", 1, 0.7), house("clip", 1.5, 1.4), house("title", 1, 0.7), house("music", 1, 0.05), house("captions", 0.2, 0),
  house("animatic", 2, 0.1, 60), house("cut", 2, 0.1, 60), house("poster", 1.5, 0), house("preview", 2, 0), house("ingest", 2, 0.5, 60),
];
