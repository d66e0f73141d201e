import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { loudnessFault, MUSIC_LUFS, soundRange } from "../../film/loudness.ts";
import { WavReader } from "../audio/wav.ts";
import { wavLoudness } from "../media/wav-loudness.ts";
import { runModel, testDir } from "../testing/run.ts";
import { music } from "./music.ts";

const place = testDir();
afterAll(place.remove);

test("music loops without a seam: the step from its end to its beginning is no greater than those within", async () => {
  const run = await runModel(music, { mood: "tense", seconds: 20, seed: 3 }, place.dir);
  const wav = new WavReader(run.path("audio"));
  const samples = wav.read(0, wav.frames);
  const steps = Array.from(samples, (sample, n) => Math.abs(sample - (samples[(n + 2) % samples.length] ?? 0)));
  expect([wav.channels, wav.rate]).toEqual([2, 48_000]);
  expect(Math.max(...steps.slice(-2))).toBeLessThan(Math.max(...steps.slice(0, 48_000)));
  wav.close();
  const heard = await wavLoudness(run.path("audio"));
  expect(run.output).toMatchObject({ seconds: wav.frames / wav.rate, integratedLufs: expect.closeTo(heard.integratedLufs, 1), truePeakDbtp: expect.closeTo(heard.truePeakDbtp, 0) });
  expect(loudnessFault(soundRange(MUSIC_LUFS), heard)).toBeNull();
});

test("no music is silence, and says so", async () => {
  expect((await runModel(music, { mood: "none", seconds: 20 }, place.dir)).output).toMatchObject({ seconds: 10, integratedLufs: -70 });
});

test("the same mood and seed are the same bytes, another seed is other music", async () => {
  const [one, again, other] = await Promise.all([1, 1, 2].map(async (seed) => readFileSync((await runModel(music, { mood: "sad", seconds: 16, seed }, place.dir)).path("audio"))));
  expect([one?.equals(again ?? Buffer.alloc(0)), one?.equals(other ?? Buffer.alloc(0))]).toEqual([true, false]);
});
