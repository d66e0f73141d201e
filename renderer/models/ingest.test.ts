import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeWav } from "../audio/wav.ts";
import { MediaInput } from "../media/input.ts";
import { level } from "../testing/measure.ts";
import { record } from "../testing/record.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { hear, watchFrames } from "../testing/watch.ts";
import { cut } from "./cut.ts";
import { ingest } from "./ingest.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

beforeAll(async () => {
  await testClip(file("small.mp4"), { width: 640, height: 480, frames: 50, hue: 200 });
  const tone = Float32Array.from({ length: 96_000 }, (_, n) => 0.5 * Math.sin(n / 20));
  writeWav(file("stereo.wav"), { channels: [tone, tone], rate: 44_100 });
  const canvas = createCanvas(300, 900);
  const context = canvas.getContext("2d");
  context.fillStyle = "#20a040";
  context.fillRect(0, 0, 300, 900);
  writeFileSync(file("tall.png"), canvas.toBuffer("image/png"));
  writeFileSync(file("tall.webp"), canvas.toBuffer("image/webp"));
});

test("footage of another size becomes a clip of the film: every frame, between bars, and a cut copies it", async () => {
  const run = await runModel(ingest, { file: urlOf(file("small.mp4")), kind: "video", aspect: "16:9" }, place.dir);
  expect(run.output).toMatchObject({ frames: 50, width: 1280, height: 720, audio: null });
  const film = await runModel(cut, { aspect: "16:9", entries: [{ video: urlOf(run.path("video")), frames: 50 }] }, place.dir);
  expect(film.logs).toContain("frames copied 50, encoded 0");
  const seen = await watchFrames(film.path("video"));
  expect(seen.map(({ grey }, n) => Math.abs(grey - 20 - n) <= 3)).toEqual(Array.from({ length: 50 }, () => true));
});

test("a recording becomes 48 kHz mono of whole frames, as loud as it was", async () => {
  const run = await runModel(ingest, { file: urlOf(file("stereo.wav")), kind: "audio" }, place.dir);
  expect(run.output).toMatchObject({ frames: 53, seconds: 53 / 24 });
  const { samples, rate } = await hear(run.path("audio"), place.dir);
  expect([rate, level(samples)]).toEqual([48_000, expect.closeTo(0.5 / Math.SQRT2, 2)]);
  expect(JSON.parse(readFileSync(run.path("timings"), "utf8"))).toEqual({ words: [], seconds: 53 / 24 });
});

test.each([
  ["webm", "opus"], ["mka", "opus"], ["ogg", "opus"], ["m4a", "aac"], ["aac", "aac"], ["flac", "flac"], ["mp3", "mp3"], ["mov", "aac"],
] as const)("a recording as %s is read like any other", async (ending, encoder) => {
  const path = file(`recording.${ending}`);
  await record(file("stereo.wav"), path, encoder);
  const run = await runModel(ingest, { file: urlOf(path), kind: "audio" }, place.dir);
  const { samples } = await hear(run.path("audio"), place.dir);
  expect([samples.length / 48_000, level(samples)]).toEqual([expect.closeTo(96_000 / 44_100, 0), expect.closeTo(0.5 / Math.SQRT2, 1)]);
});

test.each(["tall.png", "tall.webp"])("a picture (%s) becomes an opaque panel of the film's size", async (name) => {
  const run = await runModel(ingest, { file: urlOf(file(name)), kind: "image", aspect: "16:9" }, place.dir);
  const image = await loadImage(run.path("panel"));
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const at = (x: number, y: number): number[] => [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
  expect([image.width, image.height, at(5, 360)]).toEqual([1280, 720, [0, 0, 0, 255]]);
  expect(at(640, 360).map((value, n) => Math.abs(value - ([32, 160, 64, 255][n] ?? 0)) < 6)).toEqual([true, true, true, true]);
});

test.each([
  ["text", Buffer.from("this is no video ".repeat(200))],
  ["nothing", Buffer.alloc(0)],
  ["a playlist that names another file", Buffer.from("#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n")],
  ["a concat list", Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n")],
  ["an SVG that names another file", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')],
  ["the head of a video", Buffer.alloc(0)],
])("%s is refused with a sentence about the file, whatever it is said to be", async (what, bytes) => {
  writeFileSync(file("bad"), what === "the head of a video" ? readFileSync(file("small.mp4")).subarray(0, 2000) : bytes);
  for (const kind of ["video", "audio", "image"] as const) {
    await expect(runModel(ingest, { file: urlOf(file("bad")), kind }, place.dir)).rejects.toMatchObject({ name: "InputError", message: expect.stringMatching(/^the (file|video|picture) /) });
  }
});

test("a video whose middle is garbage is refused or conformed, and never ends the process", async () => {
  const bytes = readFileSync(file("small.mp4"));
  const at = bytes.indexOf("mdat") + 200;
  for (let n = at; n < bytes.length; n += 3) bytes[n] = (n * 31) % 256;
  writeFileSync(file("broken.mp4"), bytes);
  const run = await runModel(ingest, { file: urlOf(file("broken.mp4")), kind: "video" }, place.dir).catch((error: Error) => error);
  if (run instanceof Error) expect(run.name).toBe("InputError");
  else expect((await watchFrames(run.path("video"))).length).toBe(run.output.frames);
});

test("a polyglot loses what it hid: nothing but the picture is in the output", async () => {
  writeFileSync(file("polyglot.mp4"), Buffer.concat([readFileSync(file("small.mp4")), Buffer.from("PK\u0003\u0004<script>alert(1)</script>%PDF-1.7")]));
  const run = await runModel(ingest, { file: urlOf(file("polyglot.mp4")), kind: "video" }, place.dir);
  const bytes = readFileSync(run.path("video"));
  for (const hidden of ["<script", "%PDF"]) expect(bytes.includes(hidden)).toBe(false);
});

test("a sound without a picture is no video, and a picture no sound", async () => {
  await expect(runModel(ingest, { file: urlOf(file("stereo.wav")), kind: "video" }, place.dir)).rejects.toThrow("the file has no picture");
  await expect(runModel(ingest, { file: urlOf(file("tall.png")), kind: "audio" }, place.dir)).rejects.toThrow("the file has no sound");
  const input = await MediaInput.open(file("stereo.wav"));
  expect([input.video, input.audio?.codecpar.sampleRate]).toEqual([null, 44_100]);
  await input.close();
});
