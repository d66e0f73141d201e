import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { z } from "zod";
import { FRAME_RATE, openVideoEncoder } from "../media/encode.ts";
import { VideoSampler } from "../media/sample.ts";
import { defineModel, type RunContext } from "../model.ts";

const SHORT_SIDE = 360;
const EXCERPTS = [0.12, 0.42, 0.72];
const GRID = 10;
const CRF = 27;

/** What moves when a film is pointed at, and what shows while its bar is dragged. */
export const preview = defineModel({
  name: "preview",
  description: "A muted 360p preview of three excerpts (3-6 seconds in all), and a 10x10 sprite of the whole film with its WebVTT map.",
  input: z.object({ video: z.url({ protocol: /^https?$/ }).max(4000), seconds: z.number().min(3).max(6).default(5) }),
  run: async ({ video, seconds }, ctx) => {
    ctx.progress(5, "fetching the video");
    const path = await ctx.fetchFile(video);
    const excerpts = await excerptVideo(path, seconds, ctx);
    const { sprite, spriteMap } = await drawSprite(path, ctx);
    return { video: { file: excerpts }, sprite: { file: sprite }, spriteMap: { file: spriteMap } };
  },
});

async function excerptVideo(source: string, wanted: number, ctx: RunContext): Promise<string> {
  const sampler = await VideoSampler.open(source);
  const { width, height, seconds } = sampler.facts;
  const factor = SHORT_SIDE / Math.min(width, height);
  const size = { width: 2 * Math.round((width * factor) / 2), height: 2 * Math.round((height * factor) / 2) };
  const path = join(ctx.dir, "preview.mp4");
  const encoder = await openVideoEncoder({ path, ...size, crf: CRF });
  try {
    const times = excerptTimes(seconds, wanted);
    for (const [n, time] of times.entries()) {
      await encoder.write((await sampler.pictureAt(time, size)).rgba);
      ctx.progress(5 + (45 * n) / times.length, "making the preview");
    }
    await encoder.close();
  } catch (error) {
    await encoder.abandon();
    throw error;
  } finally {
    await sampler.close();
  }
  return path;
}

/** When each frame of the preview is taken: three excerpts, or the whole film where it is not longer. Less than three seconds stand still at their end. */
function excerptTimes(seconds: number, wanted: number): number[] {
  const frames = Math.round(wanted * FRAME_RATE);
  const all = Array.from({ length: frames }, (_, n) => n);
  if (seconds <= wanted * 1.5) return all.map((n) => Math.min(n / FRAME_RATE, Math.max(0, seconds - 1 / FRAME_RATE)));
  const each = Math.ceil(frames / EXCERPTS.length);
  return all.map((n) => (EXCERPTS[Math.floor(n / each)] ?? 0) * seconds + (n % each) / FRAME_RATE);
}

async function drawSprite(source: string, ctx: RunContext): Promise<{ sprite: string; spriteMap: string }> {
  const sampler = await VideoSampler.open(source);
  try {
    const { width, height, seconds } = sampler.facts;
    const tile = width === height ? { width: 120, height: 120 } : width > height ? { width: 160, height: 90 } : { width: 90, height: 160 };
    const canvas = createCanvas(tile.width * GRID, tile.height * GRID);
    const context = canvas.getContext("2d");
    const cues: string[] = [];
    for (let n = 0; n < GRID * GRID; n += 1) {
      const start = (seconds * n) / (GRID * GRID);
      const end = (seconds * (n + 1)) / (GRID * GRID);
      const picture = await sampler.pictureAt((start + end) / 2, tile);
      const [x, y] = [(n % GRID) * tile.width, Math.floor(n / GRID) * tile.height];
      context.putImageData(new ImageData(picture.rgba, tile.width, tile.height), x, y);
      cues.push(`${clock(start)} --> ${clock(end)}\nsprite.jpg#xywh=${x},${y},${tile.width},${tile.height}\n`);
      ctx.progress(50 + n / 2, "drawing the seek bar's pictures");
    }
    const sprite = join(ctx.dir, "sprite.jpg");
    const spriteMap = join(ctx.dir, "sprite.vtt");
    writeFileSync(sprite, await canvas.encode("jpeg", 78));
    writeFileSync(spriteMap, `WEBVTT\n\n${cues.join("\n")}`);
    return { sprite, spriteMap };
  } finally {
    await sampler.close();
  }
}

function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}
