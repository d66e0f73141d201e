import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { afterAll, expect, test } from "vitest";
import { openVideoEncoder } from "../media/encode.ts";
import { VideoSampler } from "../media/sample.ts";
import { runModel, testDir, urlOf } from "../testing/run.ts";
import { roto } from "./roto.ts";

const SIZE = { width: 640, height: 360 };
const FRAMES = 30;
const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

/** Where the subject is: a disc that crosses the picture. */
const middle = (frame: number): { x: number; y: number; radius: number } => ({ x: 120 + 14 * frame, y: 180, radius: 70 });

/** Films the disc before a ground, with grain. */
async function film(name: string, ground: (context: SKRSContext2D, frame: number) => void, subject = "#d0a080"): Promise<string> {
  const encoder = await openVideoEncoder({ path: file(name), ...SIZE, crf: 18 });
  const canvas = createCanvas(SIZE.width, SIZE.height);
  const context = canvas.getContext("2d");
  let state = 5;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    ground(context, frame);
    const { x, y, radius } = middle(frame);
    context.fillStyle = subject;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    const picture = context.getImageData(0, 0, SIZE.width, SIZE.height);
    for (let n = 0; n < picture.data.length; n += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      picture.data[n] = (picture.data[n] ?? 0) + ((state >>> 24) % 7) - 3;
    }
    context.putImageData(picture, 0, 0);
    await encoder.write(canvas.data());
  }
  await encoder.close();
  return file(name);
}

/** A screen that is lit unevenly, with a shadow on it. */
const screen = (context: SKRSContext2D): void => {
  const light = context.createLinearGradient(0, 0, SIZE.width, 0);
  light.addColorStop(0, "#20c040");
  light.addColorStop(1, "#148030");
  context.fillStyle = light;
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  context.fillStyle = "rgba(0 0 0 / 0.35)";
  context.fillRect(0, 300, SIZE.width, 60);
};

/** A room with things of many colours, that stands still. */
const room = (context: SKRSContext2D): void => {
  for (let n = 0; n < 64; n += 1) {
    context.fillStyle = `hsl(${180 + n * 2} 40% ${25 + (n % 5) * 6}%)`;
    context.fillRect((n % 8) * 80, Math.floor(n / 8) * 45, 80, 45);
  }
};

/** Of a frame: intersection over union of the matte and the disc that was filmed, how much of the rest shows something, and the most green in it. */
async function judged(run: Awaited<ReturnType<typeof runModel<typeof roto.input>>>, frame: number) {
  const at = frame / 24;
  const [mask, subject] = [await VideoSampler.open(run.path("mask")), await VideoSampler.open(run.path("video"))];
  const { rgba } = await mask.pictureAt(at, SIZE);
  const shown = (await subject.pictureAt(at, SIZE)).rgba;
  await mask.close();
  await subject.close();
  const disc = middle(frame);
  let [both, either, dirt, green] = [0, 0, 0, 0];
  for (let n = 0; n < SIZE.width * SIZE.height; n += 1) {
    const apart = Math.hypot((n % SIZE.width) + 0.5 - disc.x, Math.floor(n / SIZE.width) + 0.5 - disc.y) - disc.radius;
    const [inside, kept] = [apart < 0, (rgba[4 * n] ?? 0) > 127];
    both += Number(inside && kept);
    either += Number(inside || kept);
    if (apart > 4) dirt += Number(Math.max(shown[4 * n] ?? 0, shown[4 * n + 1] ?? 0, shown[4 * n + 2] ?? 0) > 24);
    if (apart < -6) green = Math.max(green, (shown[4 * n + 1] ?? 0) - Math.max(shown[4 * n] ?? 0, shown[4 * n + 2] ?? 0));
  }
  return { overlap: both / either, dirt: dirt / (SIZE.width * SIZE.height), green };
}

test("a subject before a screen is cut out along its edge, whatever light and shadow are on the screen", async () => {
  const run = await runModel(roto, { video: urlOf(await film("screen.mp4", screen)), color: "#1aa038" }, place.dir);
  expect(run.output).toMatchObject({ frames: FRAMES, seconds: FRAMES / 24, coverage: expect.closeTo((Math.PI * 70 ** 2) / (SIZE.width * SIZE.height), 2) });
  for (const frame of [3, 15, 27]) {
    const { overlap, dirt } = await judged(run, frame);
    expect(overlap).toBeGreaterThan(0.97);
    expect(dirt).toBeLessThan(0.0005);
  }
});

test("what shines from the screen onto the subject is taken back", async () => {
  const run = await runModel(roto, { video: urlOf(await film("spill.mp4", screen, "#808f80")), color: "#1aa038" }, place.dir);
  const { overlap, green } = await judged(run, 15);
  expect(overlap).toBeGreaterThan(0.95);
  expect(green).toBeLessThan(9);
});

test("a grey screen is keyed by its light", async () => {
  const white = (context: SKRSContext2D): void => {
    context.fillStyle = "#f4f4f4";
    context.fillRect(0, 0, SIZE.width, SIZE.height);
  };
  const run = await runModel(roto, { video: urlOf(await film("white.mp4", white)), color: "#F4F4F4" }, place.dir);
  expect((await judged(run, 15)).overlap).toBeGreaterThan(0.96);
});

test("without a colour, what moves is cut out from what stands still", async () => {
  const run = await runModel(roto, { video: urlOf(await film("room.mp4", room)) }, place.dir);
  for (const frame of [3, 15, 27]) {
    const { overlap, dirt } = await judged(run, frame);
    expect(overlap).toBeGreaterThan(0.95);
    expect(dirt).toBeLessThan(0.001);
  }
});

test("a background that does not stand still is refused, and nothing is made of it", async () => {
  const moving = (context: SKRSContext2D, frame: number): void => {
    for (let n = 0; n < 64; n += 1) {
      context.fillStyle = `hsl(${(n * 97 + frame * 61) % 360} 60% ${20 + ((n * 13 + frame * 29) % 60)}%)`;
      context.fillRect((n % 8) * 80, Math.floor(n / 8) * 45, 80, 45);
    }
  };
  await expect(runModel(roto, { video: urlOf(await film("moving.mp4", moving)) }, place.dir)).rejects.toMatchObject({ name: "InputError", message: expect.stringMatching(/^the background does not stand still/) });
});

test("a page, a wrong colour and a cancelled order make no matte", async () => {
  writeFileSync(file("page.mp4"), "<html></html>");
  await expect(runModel(roto, { video: urlOf(file("page.mp4")), color: "#00ff00" }, place.dir)).rejects.toMatchObject({ name: "InputError" });
  for (const color of ["green", "#0f0", "#00ff00;", 5]) expect(roto.input.safeParse({ video: "https://files.example/a", color }).success).toBe(false);
  await expect(runModel(roto, { video: urlOf(await film("again.mp4", screen)), color: "#1aa038" }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
});
