import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeWav } from "../audio/wav.ts";
import { LoudnessMeter } from "../media/audio-graph.ts";
import { level } from "../testing/measure.ts";
import { type Run, runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { hear, picturePacketsOf, type Seen, watchFrames } from "../testing/watch.ts";
import { cut } from "./cut.ts";
import { voice } from "./voice.ts";

const place = testDir();
afterAll(place.remove);

const RATE = 48_000;
const SIZE = { width: 720, height: 720 };
const file = (name: string): string => join(place.dir, name);
const entry = (name: string, frames: number, more: object = {}) => ({ video: urlOf(file(name)), frames, ...more });

/** A tone as a WAV, or a click at its very start. */
function sound(name: string, seconds: number, sampleAt: (n: number) => number): string {
  const samples = Float32Array.from({ length: seconds * RATE }, (_, n) => sampleAt(n));
  writeWav(file(name), { channels: [samples], rate: RATE });
  return urlOf(file(name));
}

beforeAll(async () => {
  await testClip(file("a.mp4"), { ...SIZE, frames: 100, hue: 0, crf: 18 });
  await testClip(file("b.mp4"), { ...SIZE, frames: 96, hue: 120, crf: 24 });
  await testClip(file("c.mp4"), { ...SIZE, frames: 60, hue: 240 });
  await testClip(file("wide.mp4"), { width: 1280, height: 720, frames: 30, hue: 60 });
});

describe("a film of four clips with trims, a dissolve and a fade", () => {
  let run: Run;
  let seen: Seen[];
  let line: Run;
  beforeAll(async () => {
    line = await runModel(voice, { text: "Somebody has to say it before the storm arrives.", cast: "bruno" }, place.dir);
    const music = sound("tone.wav", 2, (n) => 0.05 * Math.sin((2 * Math.PI * 440 * n) / RATE));
    writeFileSync(file("captions.vtt"), "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\nBRUNO: Somebody &amp; <i>all</i>\n");
    run = await runModel(cut, {
      aspect: "1:1",
      entries: [entry("a.mp4", 100), entry("b.mp4", 96, { trimStart: 10, trimEnd: 6 }), entry("c.mp4", 60, { transition: "dissolve" }), entry("a.mp4", 100, { transition: "fade" })],
      voices: [{ audio: urlOf(line.path("audio")), startFrame: 72 }],
      music: [{ audio: music, startFrame: 0, frames: 328, gainDb: 0 }],
      captions: urlOf(file("captions.vtt")),
      title: "Four clips",
      language: "en",
    }, place.dir);
    seen = await watchFrames(run.path("video"));
  });

  test("has exactly the frames that were laid out, one every 24th of a second", () => {
    expect([run.output.frames, seen.length]).toEqual([328, 328]);
    expect(seen.every(({ pts }, n) => pts === BigInt(n) * 512n)).toBe(true);
  });

  test("shows at each moment the frame of the clip that belongs there", () => {
    const expected = (n: number): number => (n < 100 ? n : n < 168 ? n - 100 + 10 : n < 180 ? Number.NaN : n < 228 ? n - 168 : n - 228);
    const wrong = seen.flatMap(({ grey }, n) => (Number.isNaN(expected(n)) || (n >= 216 && n < 240) || Math.abs(grey - 20 - expected(n)) <= 2 ? [] : [{ n, grey, expected: 20 + expected(n) }]));
    expect(wrong).toEqual([]);
  });

  test("dissolves from one clip into the other, and fades through black", () => {
    const grounds = seen.slice(167, 181).map(({ ground }) => ground);
    const sinking = grounds[0] as number;
    const end = grounds.at(-1) as number;
    expect(Math.abs(sinking - end)).toBeGreaterThan(20);
    for (const [n, ground] of grounds.entries()) expect(Math.abs(ground - (sinking + ((end - sinking) * n) / 13))).toBeLessThan(6);
    expect([seen[227]?.ground, seen[228]?.ground]).toEqual([expect.toSatisfy((light: number) => light < 4), expect.toSatisfy((light: number) => light < 4)]);
  });

  test("copies what is unchanged, bit by bit, and encodes only around trims and transitions", async () => {
    const [source, film] = await Promise.all([picturePacketsOf(file("a.mp4")), picturePacketsOf(run.path("video"))]);
    expect(film.slice(0, 100).every((packet, n) => packet.equals(source[n] ?? Buffer.alloc(0)))).toBe(true);
    expect(run.logs).toContain("frames copied 182, encoded 146");
  });

  test("is a streamable MP4 for any player: H.264 High, AAC, captions, its index in front", async () => {
    const bytes = readFileSync(run.path("video"));
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
    const stats = await video?.computePacketStats();
    expect([await video?.getCodecParameterString(), await audio?.getCodecParameterString(), stats?.averagePacketRate]).toEqual([expect.stringMatching(/^avc1\.64/), "mp4a.40.2", 24]);
    expect(Math.abs(((await video?.computeDuration()) ?? 0) - ((await audio?.computeDuration()) ?? 9))).toBeLessThan(0.04);
    expect(bytes.includes("BRUNO: Somebody & all")).toBe(true);
  });

  test("is at -16 LUFS with true peaks under -1 dBTP, as it says", async () => {
    const { samples } = await hear(run.path("video"), place.dir);
    const stereo = new Float32Array(samples.length * 2).map((_, n) => samples[n >> 1] ?? 0);
    const meter = await LoudnessMeter.open({ rate: RATE, channels: 2 });
    await meter.push(stereo);
    const heard = await meter.finish();
    expect(Math.abs(heard.integratedLufs + 16)).toBeLessThan(1);
    expect(heard.truePeakDbtp).toBeLessThan(-1);
    expect(Math.abs(heard.integratedLufs - (run.output.integratedLufs as number))).toBeLessThan(0.3);
  });

  test("lets the music down under the voice, and up again", async () => {
    const { samples } = await hear(run.path("video"), place.dir);
    const { seconds } = line.output as { seconds: number };
    const tone = (from: number, to: number): number => tonePart(samples.subarray(from * RATE, to * RATE));
    const under = tone(3.4, 3 + seconds - 0.4);
    expect(20 * Math.log10(tone(1, 2.4) / under)).toBeGreaterThan(8);
    expect(20 * Math.log10(tone(9, 11) / under)).toBeGreaterThan(8);
  });
});

/** How strong the 440 Hz of the test's music is. */
function tonePart(samples: Float32Array): number {
  let [sine, cosine] = [0, 0];
  for (const [n, sample] of samples.entries()) {
    sine += sample * Math.sin((2 * Math.PI * 440 * n) / RATE);
    cosine += sample * Math.cos((2 * Math.PI * 440 * n) / RATE);
  }
  return Math.hypot(sine, cosine) / samples.length;
}

test("a voice is heard within a frame's time of where it was put", async () => {
  const click = sound("click.wav", 0.5, (n) => (n < 480 ? 0.8 * Math.sin(n * 0.3) : 0));
  const run = await runModel(cut, { aspect: "1:1", entries: [entry("a.mp4", 100)], voices: [{ audio: click, startFrame: 60 }] }, place.dir);
  const { samples } = await hear(run.path("video"), place.dir);
  const first = samples.findIndex((sample) => Math.abs(sample) > 0.05);
  expect(Math.abs(first / RATE - 60 / 24)).toBeLessThan(0.02);
});

test("a clip that is encoded otherwise, or is too short, is made to fit: the film keeps its frames", async () => {
  const run = await runModel(cut, { aspect: "1:1", entries: [entry("wide.mp4", 30), entry("c.mp4", 80)] }, place.dir);
  const seen = await watchFrames(run.path("video"));
  expect([seen.length, run.logs.filter((one) => one.includes("encoding it again")).length]).toEqual([110, 2]);
  expect(Math.abs((seen[109]?.grey ?? 0) - 79)).toBeLessThanOrEqual(2);
});

test("a film without any sound is silent, and says so", async () => {
  const run = await runModel(cut, { aspect: "1:1", entries: [entry("c.mp4", 60)] }, place.dir);
  expect(run.output).toMatchObject({ frames: 60, seconds: 2.5, integratedLufs: -70 });
  const { samples, rate } = await hear(run.path("video"), place.dir);
  expect(level(samples)).toBeLessThan(1e-4);
  expect(samples.length / rate).toBeCloseTo(2.5, 2);
});

test("the same cut is the same file, byte for byte", async () => {
  const make = async (): Promise<Buffer> => readFileSync((await runModel(cut, { aspect: "1:1", entries: [entry("a.mp4", 100, { trimStart: 5 }), entry("b.mp4", 96, { transition: "dissolve" })], voices: [{ audio: urlOf(file("click.wav")), startFrame: 3 }] }, place.dir)).path("video"));
  expect((await make()).equals(await make())).toBe(true);
});

test.each([
  ["no entries", { entries: [] }],
  ["trims that leave nothing", { entries: [{ video: "http://x/a", frames: 10, trimStart: 5, trimEnd: 5 }] }],
  ["a film of years", { entries: [{ video: "http://x/a", frames: 1e9 }] }],
  ["half a frame", { entries: [{ video: "http://x/a", frames: 10.5 }] }],
  ["too loud a voice", { entries: [{ video: "http://x/a", frames: 10 }], voices: [{ audio: "http://x/v", startFrame: 0, gainDb: 40 }] }],
])("%s is refused before anything is made", (_what, input) => {
  expect(cut.input.safeParse({ aspect: "16:9", ...input }).success).toBe(false);
});
