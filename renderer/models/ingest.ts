import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { conformAudio, conformVideo } from "../media/conform.ts";
import { FRAME_RATE } from "../media/encode.ts";
import type { Size } from "../media/fitting.ts";
import { inspect, mediaKinds, MOST_SECONDS } from "../media/inspect.ts";
import { conformPanel } from "../media/panel.ts";
import { defineModel, InputError, type OutputValue, type RunContext, SIZES } from "../model.ts";

const RATE = 48_000;

const input = z.object({ file: z.url({ protocol: /^https?$/ }).max(4000), kind: z.enum(mediaKinds), aspect: z.enum(["16:9", "9:16", "1:1"]).default("16:9") });

/** What people bring, made to fit the film: decoded and written anew, so that nothing of the file but picture and sound survives. */
export const ingest = defineModel({
  name: "ingest",
  description: "Footage, a recording or a picture, conformed to the film: 24 fps and the film's size and encoding, 48 kHz sound, PNG.",
  input,
  run: async ({ file, kind, aspect }, ctx) => {
    ctx.progress(2, "fetching the file");
    const path = await ctx.fetchFile(file);
    const { seconds } = await inspect(path, kind);
    if (kind === "video") return ingestVideo(path, { size: SIZES[aspect], seconds: seconds ?? MOST_SECONDS }, ctx);
    return kind === "audio" ? ingestAudio(path, ctx) : ingestPicture(path, SIZES[aspect], ctx);
  },
});

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
  const panel = join(ctx.dir, "panel.png");
  await conformPanel(path, panel, { size, fit: "bars" });
  return { panel: { file: panel }, ...size };
}
