import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captionCues, webVtt, type CaptionCue, type SpokenCaption } from "./captions.ts";

const said = (text: string, startFrame: number, seconds: number, name = ""): SpokenCaption => ({ name, text, startFrame, seconds, words: [] });

const rate = ({ startMs, endMs, lines }: CaptionCue): number => (lines.join(" ").length * 1000) / (endMs - startMs);

const words = fc.array(fc.oneof(fc.constantFrom("I", "waited,", "harbour", "until", "the", "boat.", "Rhabarberbarbara—", "<b>", "-->", "&"), fc.string({ minLength: 1, maxLength: 90 })), { maxLength: 40 });

const speech = fc.array(
  fc.record({
    name: fc.constantFrom("", "MARA", "THE VOICE ON THE TELEPHONE FROM BEYOND THE SEA"),
    text: words.map((all) => all.join(" ")),
    startFrame: fc.nat(2000),
    seconds: fc.double({ min: 0.1, max: 20, noNaN: true }),
    words: fc.constant([]),
  }),
  { maxLength: 6 },
);

describe("captions", () => {
  test("whatever is said, however fast, no cue is wider, taller or faster than a viewer can read", () => {
    fc.assert(
      fc.property(speech, (lines) => {
        for (const cue of captionCues(lines)) {
          expect(cue.lines.length).toBeLessThanOrEqual(2);
          for (const line of cue.lines) expect(line.length).toBeLessThanOrEqual(42);
          expect(rate(cue)).toBeLessThanOrEqual(17);
        }
      }),
    );
  });

  test("every word that is said is shown, in its order", () => {
    fc.assert(
      fc.property(words, fc.double({ min: 0.1, max: 20, noNaN: true }), (all, seconds) => {
        const shown = captionCues([said(all.join(" "), 10, seconds)]).flatMap(({ lines }) => lines);
        expect(shown.join("").replaceAll(/\s/gu, "")).toBe(all.join("").replaceAll(/\s/gu, ""));
      }),
    );
  });

  test("a voice that takes turns is never captioned twice at once, and one that talks over another is", () => {
    const turns = captionCues([said("I waited at the harbour until the last boat had gone.", 0, 1), said("And then?", 24, 1)]);
    expect(turns.every((cue, at) => at === 0 || cue.startMs >= (turns[at - 1]?.endMs ?? 0))).toBe(true);
    const together = captionCues([said("Stop right there!", 0, 2, "MARA"), said("Run, now, run!", 0, 2, "TOM")]);
    expect(together.map(({ startMs, lines }) => [startMs, lines])).toEqual([[0, ["MARA: Stop right there!"]], [0, ["TOM: Run, now, run!"]]]);
  });

  test("a long speech is cut where its clauses end, each cue when its words are spoken", () => {
    const text = "When the last boat had gone I stood on the pier, counted the lamps along the water, and thought of nothing at all until the morning came.";
    const spoken = text.split(" ").map((word, at) => ({ text: word, start: at * 0.4, end: at * 0.4 + 0.35 }));
    const cues = captionCues([{ name: "", text, startFrame: 48, words: spoken, seconds: 11 }]);
    expect(cues.map(({ lines }) => lines)).toEqual([
      ["When the last boat had gone I stood on the", "pier, counted the lamps along the water,"],
      ["and thought of nothing at", "all until the morning came."],
    ]);
    expect(cues.map(({ startMs }) => startMs)).toEqual([2000, 2000 + 17 * 400]);
  });

  test("text that looks like markup or like a cue's timing stays text", () => {
    expect(webVtt([{ startMs: 3_661_005, endMs: 3_662_000, lines: ["<i>a --> b</i> & c"] }])).toBe("WEBVTT\n\n1\n01:01:01.005 --> 01:01:02.000\n&lt;i&gt;a --&gt; b&lt;/i&gt; &amp; c\n");
  });
});
