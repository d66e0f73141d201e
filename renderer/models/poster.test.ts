import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVideoEncoder } from "../media/encode.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { watchFrames } from "../testing/watch.ts";
import { poster } from "./poster.ts";
import { preview } from "./preview.ts";

const place = testDir();
afterAll(place.remove);
const film = join(place.dir, "film.mp4");

/** Ten seconds of black, in which two seconds show something: a checkered, coloured picture from second 6 to 8. */
beforeAll(async () => {
  const encoder = await openVideoEncoder({ path: film, width: 1280, height: 720 });
  const canvas = createCanvas(1280, 720);
  const context = canvas.getContext("2d");
  for (let frame = 0; frame < 240; frame += 1) {
    const shows = frame >= 144 && frame < 192;
    for (let n = 0; n < 72; n += 1) {
      context.fillStyle = !shows ? "black" : n % 2 === 0 ? "#d08030" : "#3060a0";
      context.fillRect((n % 12) * 107, Math.floor(n / 12) * 120, 107, 120);
    }
    await encoder.write(canvas.data());
  }
  await encoder.close();
});

async function sizeAndColor(path: string): Promise<{ width: number; height: number; light: number }> {
  const image = await loadImage(readFileSync(path));
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const { data } = canvas.getContext("2d").getImageData(0, 0, image.width, image.height);
  return { width: image.width, height: image.height, light: data.reduce((sum, value, n) => (n % 4 === 3 ? sum : sum + value), 0) / (image.width * image.height * 3) };
}

test("the poster of a film that is mostly black is the part that is not, in every format and size", async () => {
  const run = await runModel(poster, { video: urlOf(film), aspect: "16:9" }, place.dir);
  for (const [key, width] of [["avif960", 960], ["avif480", 480], ["webp960", 960], ["webp480", 480], ["jpeg1280", 1280]] as const) {
    const still = await sizeAndColor(run.path(key));
    expect([key, still.width, still.height]).toEqual([key, width, (width * 9) / 16]);
    expect(still.light).toBeGreaterThan(60);
  }
  expect(run.output.color).toMatch(/^#[0-9a-f]{6}$/);
});

test("a poster of a given second is that second, in the shape that was asked for", async () => {
  const run = await runModel(poster, { video: urlOf(film), aspect: "9:16", at: 2 }, place.dir);
  expect(await sizeAndColor(run.path("jpeg1280"))).toMatchObject({ width: 720, height: 1280, light: expect.toSatisfy((light: number) => light < 3) });
});

test("a preview is muted, 360p and as long as asked for; its sprite shows the film in order, and its map tells where", async () => {
  const clip = await testClip(join(place.dir, "clip.mp4"), { frames: 200, hue: 30, width: 720, height: 1280 });
  const run = await runModel(preview, { video: urlOf(clip), seconds: 4 }, place.dir);
  expect((await watchFrames(run.path("video"))).length).toBe(96);
  const sprite = await loadImage(run.path("sprite"));
  expect([sprite.width, sprite.height]).toEqual([900, 1600]);
  const map = readFileSync(run.path("spriteMap"), "utf8");
  expect(map.match(/-->/g)?.length).toBe(100);
  expect(map).toContain("00:00:08.250 --> 00:00:08.333\nsprite.jpg#xywh=810,1440,90,160");
  const canvas = createCanvas(900, 1600);
  const context = canvas.getContext("2d");
  context.drawImage(sprite, 0, 0);
  const greys = Array.from({ length: 100 }, (_, n) => context.getImageData((n % 10) * 90 + 20, Math.floor(n / 10) * 160 + 40, 1, 1).data[0] ?? 0);
  expect(greys.map((grey, n) => Math.abs(grey - (20 + 2 * n + 1)) < 8)).toEqual(Array.from({ length: 100 }, () => true));
});
