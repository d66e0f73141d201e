import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { AV_DISPOSITION_ATTACHED_PIC } from "node-av/constants";
import { z } from "zod";
import { conformAudio, conformPicture, conformVideo } from "../media/conform.ts";
import { FRAME_RATE } from "../media/encode.ts";
import { MediaInput } from "../media/input.ts";
import { defineModel, InputError, type OutputValue, type RunContext, SIZES } from "../model.ts";

const MOST_SECONDS = 30 * 60;
const RATE = 48_000;
const MOST_PIXELS = 100_000_000;

const input = z.object({ file: z.url({ protocol: /^https?$/ }).max(4000), kind: z.enum(["video", "audio", "image"]), aspect: z.enum(["16:9", "9:16", "1:1"]).default("16:9") });
type Size = { width: number; height: number };

/** What people bring, made to fit the film: decoded and written anew, so that nothing of the file but picture and sound survives. */
export const ingest = defineModel({
  name: "ingest",
  description: "Footage, a recording or a picture, conformed to the film: 24 fps and the film's size and encoding, 48 kHz sound, PNG.",
  input,
  run: async ({ file, kind, aspect }, ctx) => {
    ctx.progress(2, "fetching the file");
    const path = await ctx.fetchFile(file);
    const seconds = await inspect(path, kind);
    if (kind === "video") return ingestVideo(path, { size: SIZES[aspect], seconds }, ctx);
    return kind === "audio" ? ingestAudio(path, ctx) : ingestPicture(path, SIZES[aspect], ctx);
  },
});

/** Refuses what is not of its kind; says how long it claims to be. */
async function inspect(path: string, kind: z.output<typeof input>["kind"]): Promise<number> {
  const media = await MediaInput.open(path);
  try {
    const { video, audio } = media;
    const pictured = video && !video.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) ? video : null;
    if (kind === "audio" && !audio) throw new InputError("the file has no sound");
    if (kind !== "audio" && !pictured) throw new InputError("the file has no picture");
    if (pictured && pictured.codecpar.width * pictured.codecpar.height > MOST_PIXELS) throw new InputError("the picture has more than 100 million pixels");
    const seconds = Number(media.context.duration) / 1_000_000;
    if (kind !== "image" && seconds > MOST_SECONDS) throw new InputError(`the file is longer than ${MOST_SECONDS / 60} minutes`);
    return seconds;
  } finally {
    await media.close();
  }
}

async function ingestVideo(path: string, { size, seconds }: { size: Size; seconds: number }, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  const video = join(ctx.dir, "video.mp4");
  const audio = join(ctx.dir, "audio.wav");
  const expected = Math.max(1, seconds * FRAME_RATE);
  const { frames } = await conformVideo(path, video, { ...size, frames: { atMost: MOST_SECONDS * FRAME_RATE } }, (done) => ctx.progress(5 + (80 * done) / expected, "conforming the picture"));
  ctx.progress(90, "conforming the sound");
  const sound = await conformAudio(path, audio, 1, MOST_SECONDS + 1);
  return { video: { file: video }, audio: sound ? { file: audio } : null, frames, seconds: frames / FRAME_RATE, ...size };
}

async function ingestAudio(path: string, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  const audio = join(ctx.dir, "audio.wav");
  const timings = join(ctx.dir, "timings.json");
  ctx.progress(20, "conforming the sound");
  const sound = await conformAudio(path, audio, 1, MOST_SECONDS);
  if (!sound) throw new InputError("the file has no sound that can be decoded");
  const frames = Math.max(1, Math.ceil((sound.samples / RATE) * FRAME_RATE));
  const seconds = frames / FRAME_RATE;
  // Nobody has said which words these are: captions then count on the length alone.
  writeFileSync(timings, JSON.stringify({ words: [], seconds }));
  return { audio: { file: audio }, timings: { file: timings }, frames, seconds };
}

async function ingestPicture(path: string, size: Size, ctx: RunContext): Promise<{ [key: string]: OutputValue }> {
  ctx.progress(30, "conforming the picture");
  const rgba = await conformPicture(path, size);
  const canvas = createCanvas(size.width, size.height);
  canvas.getContext("2d").putImageData(new ImageData(rgba, size.width, size.height), 0, 0);
  const panel = join(ctx.dir, "panel.png");
  writeFileSync(panel, await canvas.encode("png"));
  return { panel: { file: panel }, ...size };
}
