import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readWav, WavReader, writeWav } from "../audio/wav.ts";
import { foreignAudio } from "../testing/foreign.ts";
import { level } from "../testing/measure.ts";
import { runModel, testDir, urlOf } from "../testing/run.ts";
import { cleanAudio } from "./clean-audio.ts";
import { voice } from "./voice.ts";

const RATE = 48_000;
const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

let speech: Float32Array;

beforeAll(async () => {
  const pause = new Float32Array(RATE * 0.6);
  const parts: Float32Array[] = [pause];
  for (const [cast, text] of [["ada", "We should leave before the water gets any higher."], ["bruno", "I told you, I am not going anywhere tonight."]] as const) {
    parts.push(readWav((await runModel(voice, { text, cast }, place.dir)).path("audio")).samples, pause);
  }
  speech = Float32Array.from(parts.flatMap((part) => [...part]));
}, 60_000);

/** Noise of a kind, the same every time. */
function noise(kind: "hiss" | "room" | "mains", length: number): Float32Array {
  let state = 7;
  let [slow, low] = [0, 0];
  return Float32Array.from({ length }, (_, n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const white = state / 2 ** 31 - 1;
    slow = 0.996 * slow + 0.1 * white;
    low = 0.95 * low + 0.3 * white;
    if (kind === "hiss") return white;
    if (kind === "room") return slow + low + 0.2 * white;
    return 0.5 * Math.sin((2 * Math.PI * 50 * n) / RATE) + 0.3 * Math.sin((2 * Math.PI * 150 * n) / RATE) + 0.15 * white;
  });
}

function mixed(kind: "hiss" | "room" | "mains", snrDb: number): Float32Array {
  const added = noise(kind, speech.length);
  const gain = level(speech) / level(added) / 10 ** (snrDb / 20);
  return speech.map((sample, n) => sample + gain * (added[n] ?? 0));
}

/** How much louder the speech is than all that is not the speech, in dB. */
function snr(sound: Float32Array): number {
  const count = Math.min(sound.length, speech.length);
  let [both, own] = [0, 0];
  for (let n = 0; n < count; n += 1) [both, own] = [both + (sound[n] ?? 0) * (speech[n] ?? 0), own + (speech[n] ?? 0) ** 2];
  const gain = both / own;
  const rest = speech.subarray(0, count).map((sample, n) => (sound[n] ?? 0) - gain * sample);
  return 20 * Math.log10((gain * level(speech.subarray(0, count))) / level(rest));
}

interface Cleaned {
  noiseDb: number;
  before: { noiseDb: number; snrDb: number; integratedLufs: number };
  after: { noiseDb: number; snrDb: number; integratedLufs: number };
  seconds: number;
}

async function clean(channels: Float32Array[]) {
  writeWav(file("noisy.wav"), { channels, rate: RATE });
  const run = await runModel(cleanAudio, { audio: urlOf(file("noisy.wav")) }, place.dir);
  const reader = new WavReader(run.path("audio"));
  const woven = reader.read(0, reader.frames);
  reader.close();
  const sides = channels.map((_, side) => woven.filter((_, n) => n % channels.length === side));
  return { ...(run.output as unknown as Cleaned), sides, run, bytes: readFileSync(run.path("audio")) };
}

describe("a noisy recording", () => {
  test.each([["hiss", 5, 12], ["hiss", 15, 8], ["room", 5, 7], ["room", 15, 5], ["mains", 5, 8], ["mains", 15, 6]] as const)("(%s at %i dB) has its speech stand out by at least %i dB more, and its pauses fall quiet", async (kind, before, gained) => {
    const noisy = mixed(kind, before);
    const { sides, noiseDb, before: was, after } = await clean([noisy]);
    expect(snr(sides[0] ?? noisy) - snr(noisy)).toBeGreaterThan(gained);
    const pause = (sound: Float32Array): number => 20 * Math.log10(level(sound.subarray(RATE * 0.1, RATE * 0.5)));
    expect(pause(noisy) - pause(sides[0] ?? noisy)).toBeGreaterThan(16);
    expect([noiseDb, noiseDb]).toEqual([expect.closeTo(was.noiseDb - after.noiseDb, 1), expect.closeTo(pause(noisy) - pause(sides[0] ?? noisy), -1)]);
    expect(after.snrDb - was.snrDb).toBeGreaterThan(16);
  });

  test("is as long as it was, to the sample, its speech where it was and as loud", async () => {
    const { sides, seconds, after } = await clean([mixed("hiss", 15)]);
    const untouched = await clean([speech]);
    expect([sides[0]?.length, seconds]).toEqual([speech.length, speech.length / RATE]);
    expect(Math.abs(after.integratedLufs - untouched.before.integratedLufs)).toBeLessThan(0.5);
  });

  test("keeps its two sides as they are to each other", async () => {
    const noisy = mixed("room", 15);
    const { sides } = await clean([noisy, noisy.map((sample) => sample / 2)]);
    expect(level(sides[0] ?? noisy) / level(sides[1] ?? noisy)).toBeCloseTo(2, 2);
  });

  test("comes out the same, byte for byte", async () => {
    const noisy = mixed("mains", 15);
    expect((await clean([noisy])).bytes.equals((await clean([noisy])).bytes)).toBe(true);
  });

  test("may be an MP3 of 44.1 kHz", async () => {
    await foreignAudio(file("noisy.mp3"), { codec: "libmp3lame", samples: "fltp", rate: 44_100, channels: [mixed("hiss", 15)] });
    const run = await runModel(cleanAudio, { audio: urlOf(file("noisy.mp3")) }, place.dir);
    expect(run.output.noiseDb).toBeGreaterThan(15);
    expect(new WavReader(run.path("audio"))).toMatchObject({ rate: RATE, channels: 1 });
  });
});

test("what has no noise stays what it is", async () => {
  const { sides } = await clean([speech]);
  expect(snr(sides[0] ?? new Float32Array())).toBeGreaterThan(35);
});

test("what has no pause is not taken for noise", async () => {
  const tone = Float32Array.from({ length: RATE * 3 }, (_, n) => 0.2 * Math.sin((2 * Math.PI * 300 * n) / RATE));
  const { sides, noiseDb, run } = await clean([tone]);
  expect(level(sides[0] ?? tone) / level(tone)).toBeCloseTo(1, 2);
  expect([Math.abs(noiseDb) < 0.2, run.logs.some((line) => line.startsWith("the recording has no pause"))]).toEqual([true, true]);
});

test.each([["silence", new Float32Array(RATE)], ["a hundredth of a second", new Float32Array(480).fill(0.1)], ["full scale", Float32Array.from({ length: RATE }, (_, n) => (n % 100 < 50 ? 1 : -1))]])("%s is no trouble", async (_, samples) => {
  const { sides, before, after, noiseDb } = await clean([samples]);
  expect([sides[0]?.length, [before.noiseDb, after.noiseDb, before.snrDb, after.snrDb, noiseDb].every(Number.isFinite)]).toEqual([samples.length, true]);
});

test("what is no recording is refused with a sentence", async () => {
  for (const [bytes, message] of [["", "the file is empty"], ["<html>404</html>", "the file is not a video, sound or picture that can be read"]] as const) {
    writeFileSync(file("bad"), bytes);
    await expect(runModel(cleanAudio, { audio: urlOf(file("bad")) }, place.dir)).rejects.toMatchObject({ name: "InputError", message });
  }
  expect(cleanAudio.input.safeParse({ audio: "file:///etc/passwd" }).success).toBe(false);
});

test("a cancelled one stops", async () => {
  writeWav(file("long.wav"), { channels: [mixed("hiss", 15)], rate: RATE });
  await expect(runModel(cleanAudio, { audio: urlOf(file("long.wav")) }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
});
