import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runModel, testDir, urlOf } from "../testing/run.ts";
import { captions } from "./captions.ts";
import { voice } from "./voice.ts";

const place = testDir();
afterAll(place.remove);

test("captions of spoken lines appear when they are heard", async () => {
  const text = "We should leave before the water gets any higher, and nobody is going to come back for us tonight.";
  const spoken = await runModel(voice, { text, cast: "grace" }, place.dir);
  const run = await runModel(captions, { lines: [{ character: "", text, startFrame: 48, timings: urlOf(spoken.path("timings")) }], language: "en" }, place.dir);
  const vtt = readFileSync(run.path("captions"), "utf8");
  expect([vtt.startsWith("WEBVTT\n\n"), run.output.cues]).toEqual([true, vtt.match(/-->/g)?.length]);
  expect(vtt).toMatch(/00:00:02\.0\d\d --> /);
  expect(vtt.split("\n").filter((line) => line.length > 42)).toEqual([]);
});

test("timings that are something else are refused, naming the line", async () => {
  writeFileSync(join(place.dir, "bad.json"), "<html>");
  await expect(runModel(captions, { lines: [{ character: "", text: "Hm.", startFrame: 0, timings: urlOf(join(place.dir, "bad.json")) }] }, place.dir)).rejects.toThrow("the timings of line 1");
});
