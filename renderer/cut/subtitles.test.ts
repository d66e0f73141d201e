import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testDir } from "../testing/run.ts";
import { readCues } from "./subtitles.ts";

const place = testDir();
afterAll(place.remove);

function cuesOf(text: string) {
  const path = join(place.dir, "captions.vtt");
  writeFileSync(path, text);
  return readCues(path);
}

test("captions that are up together share one text, so that none is lost in a track that shows one at a time", () => {
  expect(cuesOf("\uFEFFWEBVTT\r\n\r\n1\r\n00:01.000 --> 00:03.000\r\nA: <b>You</b> &lt;first&gt;\r\n\r\n2\r\n00:00:02.000 --> 00:00:04.000\r\nB: No\r\nyou\r\n")).toEqual([
    { startMs: 1000, endMs: 2000, text: "A: You <first>" },
    { startMs: 2000, endMs: 3000, text: "A: You <first>\nB: No\nyou" },
    { startMs: 3000, endMs: 4000, text: "B: No\nyou" },
  ]);
});

test("notes, styles and cues without text or length are passed over", () => {
  expect(cuesOf("WEBVTT\n\nNOTE --> nothing\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:01.000\nnever\n\n00:02.000 --> 00:03.000\n\n")).toEqual([]);
});

test("something else than WebVTT is refused", () => {
  expect(() => cuesOf("1\n00:00:01,000 --> 00:00:02,000\nSubRip\n")).toThrow("not a WebVTT file");
});
