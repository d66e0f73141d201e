import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, expect, test } from "vitest";
import { conformVideo } from "../media/conform.ts";
import { openVideoEncoder } from "../media/encode.ts";
import { VideoSampler } from "../media/sample.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { watchFrames } from "../testing/watch.ts";
import { upscale } from "./upscale.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

/** A picture with edges of every direction and lines of every width. */
async function drawing(name: string, size: { width: number; height: number }): Promise<string> {
  const large = createCanvas(1280, 720);
  const context = large.getContext("2d");
  context.fillStyle = "#305070";
  context.fillRect(0, 0, 1280, 720);
  for (let n = 0; n < 40; n += 1) {
    context.strokeStyle = `hsl(${n * 40} 50% ${30 + (n % 5) * 14}%)`;
    context.lineWidth = 2 + (n % 9);
    context.beginPath();
    context.moveTo(640, 360);
    context.lineTo(640 + 600 * Math.cos(n * 0.157), 360 + 600 * Math.sin(n * 0.157));
    context.stroke();
  }
  const canvas = createCanvas(size.width, size.height);
  const small = canvas.getContext("2d");
  small.imageSmoothingQuality = "high";
  small.drawImage(large, 0, 0, size.width, size.height);
  const encoder = await openVideoEncoder({ path: file(name), ...size, crf: 8 });
  for (let n = 0; n < 6; n += 1) await encoder.write(canvas.data());
  await encoder.close();
  return file(name);
}

async function light(path: string): Promise<Float64Array> {
  const sampler = await VideoSampler.open(path);
  const { rgba } = await sampler.pictureAt(0.1, { width: 1280, height: 720 });
  await sampler.close();
  return Float64Array.from({ length: 1280 * 720 }, (_, n) => 0.2126 * (rgba[4 * n] ?? 0) + 0.7152 * (rgba[4 * n + 1] ?? 0) + 0.0722 * (rgba[4 * n + 2] ?? 0));
}

const apart = (a: Float64Array, b: Float64Array): number => Math.sqrt(a.reduce((sum, value, n) => sum + (value - (b[n] ?? 0)) ** 2, 0) / a.length);
const sharpness = (a: Float64Array): number => a.reduce((sum, value, n) => sum + Math.abs(value - (a[n + 1] ?? value)), 0) / a.length;

test.each([
  [{ width: 640, height: 360 }, "720p", [1280, 720]],
  [{ width: 360, height: 640 }, "1080p", [1080, 1920]],
  [{ width: 480, height: 480 }, "1080p", [1080, 1080]],
  [{ width: 640, height: 360 }, "4k", [3840, 2160]],
] as const)("%j at %s is %j, as many frames, each what it was", async (size, resolution, [width, height]) => {
  const clip = await testClip(file("clip.mp4"), { ...size, frames: 6, hue: 30 });
  const run = await runModel(upscale, { video: urlOf(clip), resolution }, place.dir);
  expect(run.output).toMatchObject({ width, height, frames: 6, seconds: 0.25 });
  const seen = await watchFrames(run.path("video"));
  expect(seen.map(({ grey }, n) => Math.abs(grey - 20 - n) <= 4)).toEqual(Array.from({ length: 6 }, () => true));
}, 60_000);

test("what was made smaller comes back sharper than by plain enlarging, and closer to what it was", async () => {
  const [own, small] = [await light(await drawing("own.mp4", { width: 1280, height: 720 })), await drawing("small.mp4", { width: 640, height: 360 })];
  await conformVideo(small, file("plain.mp4"), { width: 1280, height: 720, crf: 18, frames: { atMost: 100 } });
  const plain = await light(file("plain.mp4"));
  const run = await runModel(upscale, { video: urlOf(small), resolution: "720p" }, place.dir);
  const made = await light(run.path("video"));
  expect(sharpness(made)).toBeGreaterThan(sharpness(plain) * 1.03);
  expect(sharpness(made)).toBeLessThan(sharpness(own) * 1.3);
  expect(apart(made, own)).toBeLessThan(apart(plain, own));
});

test("is the same bytes each time", async () => {
  const small = await drawing("same.mp4", { width: 320, height: 180 });
  const [one, two] = [await runModel(upscale, { video: urlOf(small), resolution: "480p" }, place.dir), await runModel(upscale, { video: urlOf(small), resolution: "480p" }, place.dir)];
  expect(readFileSync(one.path("video")).equals(readFileSync(two.path("video")))).toBe(true);
});

test("what would not become larger, or too large, is refused with a sentence, and so is what is no video", async () => {
  const small = await drawing("refused.mp4", { width: 640, height: 360 });
  await testClip(file("strip.mp4"), { width: 1280, height: 96, frames: 2, hue: 30 });
  writeFileSync(file("page.mp4"), "<html></html>");
  await expect(runModel(upscale, { video: urlOf(small), resolution: "480p" }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  await testClip(file("full.mp4"), { width: 1280, height: 720, frames: 2, hue: 30 });
  await expect(runModel(upscale, { video: urlOf(file("full.mp4")), resolution: "720p" }, place.dir)).rejects.toMatchObject({ name: "InputError", message: "the video is 1280 x 720: at 720p it would not be larger" });
  await expect(runModel(upscale, { video: urlOf(file("strip.mp4")), resolution: "1080p" }, place.dir)).rejects.toMatchObject({ name: "InputError", message: "at 1080p the video would be 14400 x 1080: at most 8192 is possible" });
  await expect(runModel(upscale, { video: urlOf(file("page.mp4")) }, place.dir)).rejects.toMatchObject({ name: "InputError" });
  expect(upscale.input.safeParse({ video: "https://files.example/a", resolution: "8k" }).success).toBe(false);
});
