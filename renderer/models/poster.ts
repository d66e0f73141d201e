import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import { z } from "zod";
import { type Picture, VideoSampler } from "../media/sample.ts";
import { defineModel, type FileOutput, type RunContext, SIZES } from "../model.ts";

/** Where a picture is looked for, as parts of the film: its first and last seconds are titles and black. */
const CANDIDATES = Array.from({ length: 14 }, (_, n) => 0.06 + (0.86 * n) / 13);
/** Candidates are judged at a size at which noise no longer counts as detail. */
const JUDGED_LONG_SIDE = 320;

/** A still that stands for the film, in the formats that browsers take. */
export const poster = defineModel({
  name: "poster",
  description: "A still of a video as AVIF, WebP and JPEG: of a given second, or the best of fourteen by sharpness, light and colour.",
  input: z.object({ video: z.url({ protocol: /^https?$/ }).max(4000), at: z.number().min(0).max(86_400).nullable().default(null), aspect: z.enum(["16:9", "9:16", "1:1"]) }),
  run: async ({ video, at, aspect }, ctx) => {
    ctx.progress(5, "fetching the video");
    const size = SIZES[aspect];
    const sampler = await VideoSampler.open(await ctx.fetchFile(video));
    try {
      const seconds = at ?? (await bestMoment(sampler, scaled(size, JUDGED_LONG_SIDE), ctx));
      const still = await sampler.pictureAt(Math.min(seconds, sampler.facts.seconds), size);
      ctx.progress(50, "encoding the picture");
      return { ...(await encodeAll(toCanvas(still), ctx)), color: averageColor(still) };
    } finally {
      await sampler.close();
    }
  },
});

async function bestMoment(sampler: VideoSampler, size: { width: number; height: number }, ctx: RunContext): Promise<number> {
  let best = { seconds: 0, score: -1 };
  for (const [n, part] of CANDIDATES.entries()) {
    const seconds = part * sampler.facts.seconds;
    const score = scoreOf(await sampler.pictureAt(seconds, size));
    if (score > best.score) best = { seconds, score };
    ctx.progress(10 + (35 * (n + 1)) / CANDIDATES.length, "looking for a good picture");
  }
  ctx.log(`chose second ${best.seconds.toFixed(2)}`);
  return best.seconds;
}

/** High for a picture with detail, medium light and colour; near 0 for black, white and plain ones. */
function scoreOf({ width, height, rgba }: Picture): number {
  const luma = new Float32Array(width * height);
  let light = 0;
  let color = 0;
  for (let n = 0; n < luma.length; n += 1) {
    const [r, g, b] = [rgba[4 * n] ?? 0, rgba[4 * n + 1] ?? 0, rgba[4 * n + 2] ?? 0];
    luma[n] = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    light += luma[n] ?? 0;
    color += Math.max(r, g, b) - Math.min(r, g, b);
  }
  light /= luma.length;
  color /= luma.length;
  let spread = 0;
  let edges = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const here = luma[at] ?? 0;
      spread += (here - light) ** 2;
      edges += Math.min(60, Math.abs(4 * here - (luma[at - 1] ?? 0) - (luma[at + 1] ?? 0) - (luma[at - width] ?? 0) - (luma[at + width] ?? 0)));
    }
  }
  const contrast = Math.sqrt(spread / luma.length);
  const exposure = Math.exp(-(((light - 115) / 70) ** 2));
  return exposure * (contrast + 0.3) * (edges / luma.length + 0.3) * (1 + color / 60);
}

async function encodeAll(source: Canvas, ctx: RunContext): Promise<Record<string, FileOutput>> {
  const files: Record<string, FileOutput> = {};
  const keep = (key: string, extension: string, bytes: Buffer): void => {
    const path = join(ctx.dir, `${key}.${extension}`);
    writeFileSync(path, bytes);
    files[key] = { file: path };
  };
  for (const side of [960, 480]) {
    const canvas = resized(source, scaled(source, side));
    keep(`avif${side}`, "avif", await canvas.encode("avif", { quality: 62, speed: 7, threads: 1 }));
    keep(`webp${side}`, "webp", await canvas.encode("webp", 82));
    ctx.progress(side === 960 ? 75 : 90, "encoding the picture");
  }
  keep("jpeg1280", "jpg", await resized(source, scaled(source, 1280)).encode("jpeg", 86));
  return files;
}

const scaled = ({ width, height }: { width: number; height: number }, longSide: number): { width: number; height: number } => {
  const factor = longSide / Math.max(width, height);
  return { width: 2 * Math.round((width * factor) / 2), height: 2 * Math.round((height * factor) / 2) };
};

function toCanvas({ width, height, rgba }: Picture): Canvas {
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

function resized(source: Canvas, size: { width: number; height: number }): Canvas {
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, size.width, size.height);
  return canvas;
}

/** The colour to show before the picture is there. */
function averageColor({ rgba }: Picture): string {
  const sums = [0, 0, 0];
  for (let n = 0; n < rgba.length; n += 4) for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (rgba[n + channel] ?? 0);
  return `#${sums.map((sum) => Math.round(sum / (rgba.length / 4)).toString(16).padStart(2, "0")).join("")}`;
}
