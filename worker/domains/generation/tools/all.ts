import type { Tool } from "./tool.ts";

const tool = (id: string, name: string, does: string, input: Tool["input"], output: Tool["output"]): Tool => ({ id, name, does, input, output });
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
  tool("sound", "Sound", "Makes a sound from words", { prompt: "string", seconds: "number" }, { audio: "audio/mpeg" }),
  tool("lip-sync", "Lip-sync", "Makes somebody say a recording", { video: "video", audio: "audio" }, { video: "video/mp4" }),
  tool("transcribe", "Transcript", "Writes down what is said, with its times", { audio: "audio or video", language: "string" }, { transcript: "application/json", captions: "text/vtt" }),
  tool("dub", "Dub", "Speaks a recording in another language", { media: "audio or video", from: "string", to: "string" }, { media: "audio or video" }),
  tool("clean-audio", "Clean-up", "Takes noise out of a recording", { audio: "audio" }, { audio: "audio/wav" }),
  tool("grade", "Grade", "Gives a video a look", { video: "video", look: "string", strength: "number" }, { video: "video/mp4" }),
  tool("roto", "Roto", "Cuts out what moves, or what stands before a screen", { video: "video", prompt: "string", color: "string" }, { video: "video/mp4", mask: "video/mp4" }),
  tool("upscale", "Upscale", "Makes a video larger", { video: "video", resolution: "string" }, { video: "video/mp4" }),
  tool("mesh", "Mesh", "Makes a model in three dimensions from a picture", { image: "image", depth: "number" }, { mesh: "model/gltf-binary" }),
  tool("rig", "Rig", "Puts a skeleton into a figure", { mesh: "model/gltf-binary" }, { mesh: "model/gltf-binary" }),
  tool("break-down", "Breakdown", "Reads a script: scenes, people, places, props and costumes, each with the lines that prove it", { project: "string" }, { reading: "application/json" }),
  tool("chat", "Assistant", "Answers a message about a script. It is a machine, and may be wrong", { message: "string", history: "list", project: "string" }, { reply: "application/json" }),
  tool("ingest", "Ingest", "Conforms a file that people bring", { file: "file", kind: "string", aspect: "string" }, { video: "video/mp4", audio: "audio/wav", panel: "image/png" }),
];
