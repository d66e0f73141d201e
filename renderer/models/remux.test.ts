import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { afterAll, expect, test } from "vitest";
import { writeWav } from "../audio/wav.ts";
import { MediaInput } from "../media/input.ts";
import { evenly, foreignAudio, foreignVideo } from "../testing/foreign.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { watchFrames } from "../testing/watch.ts";
import { cut } from "./cut.ts";
import { remux } from "./remux.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);
const tone = (seconds: number, loud: number): Float32Array => Float32Array.from({ length: seconds * 48_000 }, (_, n) => loud * Math.sin((2 * Math.PI * 440 * n) / 48_000));
const run = (name: string, kind: "video" | "audio") => runModel(remux, { file: urlOf(file(name)), kind }, place.dir);

test("a video is the same pictures in another file: its index in front, nothing of the old one's metadata, and how loud it is", async () => {
  await testClip(file("a.mp4"), { width: 1280, height: 720, frames: 60, hue: 20 });
  writeWav(file("voice.wav"), { channels: [tone(2, 0.3)], rate: 48_000 });
  const film = await runModel(cut, { aspect: "16:9", title: "A name of somebody's", entries: [{ video: urlOf(file("a.mp4")), frames: 60 }], voices: [{ audio: urlOf(file("voice.wav")), startFrame: 0 }] }, place.dir);
  writeFileSync(file("film.mp4"), readFileSync(film.path("video")));
  const made = await run("film.mp4", "video");
  const bytes = readFileSync(made.path("video"));
  expect([bytes.indexOf("moov") < bytes.indexOf("mdat"), bytes.includes("A name of somebody's"), readFileSync(file("film.mp4")).includes("A name of somebody's")]).toEqual([true, false, true]);
  expect(await watchFrames(made.path("video"))).toEqual(await watchFrames(film.path("video")));
  expect(made.output).toMatchObject({ seconds: 2.5, integratedLufs: expect.closeTo(-16, 0), truePeakDbtp: expect.toSatisfy((peak: number) => peak < -1) });
  const media = await MediaInput.open(made.path("video"));
  expect([media.video?.codecpar.width, media.audio?.codecpar.channels]).toEqual([1280, 2]);
  await media.close();
});

test("a video without sound says nothing of how loud it is, and keeps another rate and size", async () => {
  await foreignVideo(file("thirty.mkv"), { codec: "libx264", pixels: { name: "yuv420p", format: AV_PIX_FMT_YUV420P }, width: 640, height: 360, times: evenly(60, 30), paint: (context, frame) => { context.fillStyle = frame % 2 ? "#fff" : "#000"; context.fillRect(0, 0, 640, 360); } });
  const made = await run("thirty.mkv", "video");
  expect(Object.keys(made.output).sort()).toEqual(["seconds", "video"]);
  expect((await watchFrames(made.path("video"))).map(({ ground }) => ground)).toEqual((await watchFrames(file("thirty.mkv"))).map(({ ground }) => ground));
  const media = await MediaInput.open(made.path("video"));
  expect([media.video?.codecpar.width, Math.round((media.video?.avgFrameRate.num ?? 0) / (media.video?.avgFrameRate.den ?? 1)), media.audio]).toEqual([640, 30, null]);
  await media.close();
});

test("a sound is measured and left as it is", async () => {
  await foreignAudio(file("a.mp3"), { codec: "libmp3lame", samples: "fltp", rate: 44_100, channels: [tone(2, 0.3), tone(2, 0.3)] });
  expect((await run("a.mp3", "audio")).output).toEqual({ seconds: expect.closeTo(2.1, 0), integratedLufs: expect.closeTo(-11.4, 0), truePeakDbtp: expect.closeTo(-10.7, 0) });
  writeWav(file("silent.wav"), { channels: [new Float32Array(48_000)], rate: 48_000 });
  expect((await run("silent.wav", "audio")).output).toMatchObject({ integratedLufs: -70, truePeakDbtp: -120 });
});

test.each([
  ["cut-off.mp4", "video", "damaged"],
  ["page.mp4", "video", "not a video, sound or picture"],
  ["page.mp4", "audio", "not a video, sound or picture"],
  ["voice.wav", "video", "the file has no picture"],
] as const)("%s as %s is refused with a sentence: %s", async (name, kind, message) => {
  writeFileSync(file("page.mp4"), "<html>403</html>");
  const film = readFileSync(file("film.mp4"));
  writeFileSync(file("cut-off.mp4"), film.subarray(0, Math.round(film.length * 0.5)));
  await expect(run(name, kind)).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining(message) });
});
