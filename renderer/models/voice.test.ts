import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { castNames } from "../audio/casts.ts";
import { readWav } from "../audio/wav.ts";
import type { Word } from "../audio/words.ts";
import { loudnessFault, soundRange, voiceLufs } from "../../film/loudness.ts";
import { loudnessOf } from "../media/wav-loudness.ts";
import { level, medianPitch, spectralCentroid } from "../testing/measure.ts";
import { runModel, testDir } from "../testing/run.ts";
import { voice } from "./voice.ts";

const place = testDir();
afterAll(place.remove);

const SENTENCE = "We should leave before the water gets any higher. Do you hear me?";

interface Said {
  seconds: number;
  frames: number;
  spoken: boolean;
  integratedLufs: number;
  truePeakDbtp: number;
}

async function say(text: string, more: Partial<{ cast: (typeof castNames)[number]; language: string; pace: number; parenthetical: string }> = {}) {
  const run = await runModel(voice, { text, cast: "ada", ...more }, place.dir);
  const timings = JSON.parse(readFileSync(run.path("timings"), "utf8")) as { words: Word[]; seconds: number };
  return { ...(run.output as unknown as Said), ...readWav(run.path("audio")), bytes: readFileSync(run.path("audio")), words: timings.words };
}

const loudness = async (samples: Float32Array): Promise<number> => (await loudnessOf(samples, { rate: 48_000, channels: 1 })).integratedLufs;

describe("ten casts", () => {
  const heard = new Map<string, { pitch: number; centroid: number; loudness: number }>();
  beforeAll(async () => {
    for (const cast of castNames) {
      const { samples, rate } = await say(SENTENCE, { cast });
      heard.set(cast, { pitch: medianPitch(samples, rate), centroid: spectralCentroid(samples, rate), loudness: await loudness(samples) });
    }
  });

  test("can be told apart by pitch and timbre, every two of them", () => {
    const apart = castNames.flatMap((one, n) => castNames.slice(n + 1).map((other) => {
      const [a, b] = [heard.get(one), heard.get(other)];
      if (!a || !b) throw new Error("not heard");
      return { pair: `${one} ${other}`, semitones: Math.hypot(12 * Math.log2(a.pitch / b.pitch), 12 * Math.log2(a.centroid / b.centroid)) };
    }));
    expect(apart.filter(({ semitones }) => semitones < 2.5)).toEqual([]);
  });

  test("are five women and five men by their pitch", () => {
    const women = castNames.filter((cast) => (heard.get(cast)?.pitch ?? 0) > 150);
    expect(women).toEqual(["ada", "clara", "elena", "grace", "iris"]);
  });

  test("are equally loud", () => {
    for (const { loudness: lufs } of heard.values()) expect(lufs).toBeCloseTo(-20, 0);
  });
});

describe("word timings", () => {
  test("name every word of the line in order, numbers and dashes included, within the sound", async () => {
    const { words, seconds } = await say("It’s 1999 — and Mr. O'Neil owes $5.50, doesn't he?");
    expect(words.map(({ text }) => text)).toEqual(["It’s", "1999 —", "and", "Mr.", "O'Neil", "owes", "$5.50,", "doesn't", "he?"]);
    for (const [n, { start, end }] of words.entries()) {
      expect(start).toBeGreaterThanOrEqual(words[n - 1]?.end ?? 0);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(seconds);
    }
  });

  test.each(["ada", "dmitri", "iris"] as const)("meet what %s is heard to say: sound begins where a word after a pause does, and pauses lie between words", async (cast) => {
    const { samples, rate, words } = await say("Stop. Turn around. Pick up the telephone.", { cast });
    for (const index of [0, 1, 3]) {
      const word = words[index];
      if (!word) throw new Error("a word is missing");
      const begin = Math.round(word.start * rate);
      const quiet = level(samples.subarray(Math.max(0, begin - Math.round(rate * 0.05)), begin));
      const loud = level(samples.subarray(begin, begin + Math.round(rate * 0.2)));
      expect({ index, ratio: loud / Math.max(quiet, 1e-6) }).toMatchObject({ ratio: expect.toSatisfy((ratio: number) => ratio > 6) });
    }
  });
});

test("a line lasts whole frames, and half the pace takes twice as long", async () => {
  const [plain, slow] = [await say(SENTENCE), await say(SENTENCE, { pace: 0.5 })];
  expect(plain.samples.length).toBe(plain.frames * 2000);
  expect(slow.seconds / plain.seconds).toBeCloseTo(2, 0);
});

test("the same line is the same sound, byte for byte", async () => {
  expect((await say(SENTENCE)).bytes.equals((await say(SENTENCE)).bytes)).toBe(true);
});

test("whispering is quieter than speaking, shouting louder", async () => {
  const [whispered, spoken, shouted] = await Promise.all(["whispering", "to Bob", "shouting"].map(async (parenthetical) => loudness((await say(SENTENCE, { parenthetical })).samples)));
  expect(whispered).toBeLessThan((spoken ?? 0) - 3);
  expect(shouted).toBeGreaterThan((spoken ?? 0) + 1.5);
});

test.each(["Hi", "a", "No!", "Go! Now! Run!", "Ha".repeat(100), SENTENCE])("a line says how loud it is, and is as loud as a film wants it, however it is spoken: %s", async (text) => {
  for (const [cast, parenthetical] of [["felix", "whispering"], ["grace", "shouting"], ["dmitri", "excited"], ["iris", "on the radio"], ["bruno", "to Bob"]] as const) {
    const said = await say(text, { cast, parenthetical });
    expect([loudnessFault(soundRange(voiceLufs(parenthetical)), said), said.integratedLufs]).toEqual([null, expect.closeTo(await loudness(said.samples), 0)]);
  }
});

test.each([["fr", "Nous devons partir avant que l'eau ne monte."], ["en", "水が上がる前に、ここを出ましょう。"], ["ja", "水が上がる前に、ここを出ましょう。"]])("what cannot be spoken (%s: %s) is timed, silent, and says so", async (language, text) => {
  const { spoken, samples, words, seconds, integratedLufs } = await say(text, { language });
  expect([spoken, level(samples), integratedLufs, words.length > 0]).toEqual([false, 0, -70, true]);
  expect(seconds).toBeGreaterThan(2);
  expect(seconds).toBeLessThan(6);
});

test.each(["--help", "-f /etc/passwd", "<speak><audio src='/etc/passwd'/></speak>", "a", "?!", "\u0000\u0007 hm", "Ha".repeat(400)])("nothing that a line says is taken for a command: %s", async (text) => {
  const { frames } = await say(text);
  expect(frames).toBeGreaterThan(0);
});
