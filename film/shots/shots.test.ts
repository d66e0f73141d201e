import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { breakDown } from "../breakdown/index.ts";
import { cameraMoves, framings } from "../film.ts";
import { parseFountain } from "../fountain/index.ts";
import { speakingSeconds } from "../timing.ts";
import { type PlannedShot, planShots, sceneNumbers, slate } from "./index.ts";

const plan = (text: string): PlannedShot[][] => {
  const breakdown = breakDown(parseFountain(text), { seed: 7 });
  return breakdown.scenes.map((scene) => planShots(breakdown, scene, 7));
};
const scene = (text: string) => plan(`INT. ROOM - DAY\n\n${text}`)[0] ?? [];

describe("a scene becomes shots", () => {
  test("that begin wide", () => {
    expect(scene("A desk under a window. ANNA (30) types.")[0]?.framing).toBe("wide");
    expect(plan("EXT. VALLEY - DAWN\n\nFog over the river.")[0]?.[0]?.framing).toBe("extreme-wide");
  });
  test.each([
    ["CLOSE ON the key.", "close", null],
    ["EXTREME CLOSE UP: a drop of water.", "extreme-close", null],
    ["WIDE SHOT of the hall.", "wide", null],
    ["INSERT - LETTER", "insert", null],
    ["PUSH IN on Anna.", null, "push-in"],
    ["PAN LEFT across the shelves.", null, "pan-left"],
    ["TILT UP to the ceiling.", null, "tilt-up"],
    ["HANDHELD. He runs.", null, "handheld"],
    ["AERIAL: the whole island.", "extreme-wide", null],
  ])("in which the script's own words are obeyed: %s", (words, framing, move) => {
    const shots = scene(`ANNA (30) waits.\n\n${words}\n\nShe waits.`);
    expect(shots.some((shot) => (framing === null || shot.framing === framing) && (move === null || shot.cameraMove === move))).toBe(true);
    expect(shots.map(({ description }) => description).join(" ")).not.toMatch(/CLOSE|WIDE|PUSH|PAN |TILT|HANDHELD|AERIAL/);
  });
  test("that show a talk together first, then over shoulders and alone, never the same size of the same person twice", () => {
    const shots = scene("ANNA (30) and BEN (40) sit.\n\nANNA\nWhere were you last night, and who drove the car?\n\nBEN\nI was at home all night long, asking myself that.\n\nANNA\nYou were not at home, the light was off.\n\nBEN\n(whispering)\nI like the dark.");
    expect(shots.map(({ framing }) => framing)).toEqual(["wide", "medium", "over-shoulder", "medium-close", "close"]);
    expect(shots.map(({ lines }) => lines)).toEqual([[], [0], [1], [2], [3]]);
  });
  test("in which every line is spoken exactly once, in order", () => {
    const lines = plan(readFileSync(fileURLToPath(new URL("../../test/fixtures/scripts/comedy.fountain", import.meta.url).href), "utf8"));
    for (const shots of lines) {
      const spoken = shots.flatMap((shot) => shot.lines);
      expect(spoken).toEqual(spoken.map((_, index) => index));
    }
  });
  test("in which nobody speaks longer than one take of voice and picture can be", () => {
    const monologue = "I have told you this before, and you did not listen. ".repeat(60).trim();
    const speeches = { monologue, breathless: "and then we ran ".repeat(300).trim(), chinese: "你好世界".repeat(300), scream: "a".repeat(5_000) };
    for (const [kind, text] of Object.entries(speeches)) {
      for (const script of [`INT. ROOM - DAY\n\nANNA\n${text}\n`, `INT. ROOM - DAY\n\nANNA (V.O.)\n${text}\n`]) {
        const breakdown = breakDown(parseFountain(script), { seed: 7 });
        const spoken = breakdown.scenes[0]?.beats.flatMap((beat) => (beat.kind === "speech" ? [beat.text] : [])) ?? [];
        expect({ kind, most: Math.max(...spoken.map((piece) => Math.max(piece.length / 15, speakingSeconds(piece)))) }).toMatchObject({ most: expect.toSatisfy((most: number) => most <= 70) });
        expect(spoken.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
        expect(breakdown.scenes.flatMap((one) => planShots(breakdown, one, 7)).every(({ lines }) => lines.length <= 1)).toBe(true);
      }
    }
  });
  test("in which a voice from elsewhere is heard over the picture of who listens", () => {
    const shots = scene("ANNA (30) lifts the receiver.\n\nANNA\nHello?\n\nVOICE (V.O.)\nGet out of the house.");
    expect(shots.at(-1)).toMatchObject({ cast: ["ANNA"], lines: [1] });
  });
  test("in which two who speak at once share one shot", () => {
    const shots = scene("ANNA (30) and BEN (40).\n\nANNA\nNo!\n\nBEN ^\nYes!");
    expect(shots.at(-1)).toMatchObject({ lines: [0, 1], cast: ["ANNA", "BEN"] });
  });
  test("whose lengths are whole frames, of known sizes and moves", () => {
    for (const shot of plan(readFileSync(fileURLToPath(new URL("../demo/the-last-reel.fountain", import.meta.url).href), "utf8")).flat()) {
      expect(Math.abs(shot.seconds * 24 - Math.round(shot.seconds * 24))).toBeLessThan(1e-9);
      expect(framings).toContain(shot.framing);
      expect(cameraMoves).toContain(shot.cameraMove);
    }
  });
});

describe("slates", () => {
  test("count letters without I and O", () => {
    expect([0, 7, 8, 13, 14, 23, 24].map((index) => slate("3", index))).toEqual(["3A", "3H", "3J", "3P", "3Q", "3Z", "3AA"]);
    expect(slate("12A", 1)).toBe("12A-B");
  });
  test("keep the script's scene numbers, and no two are alike", () => {
    expect(sceneNumbers([{ number: "2" }, { number: null }, { number: "2" }, { number: null }])).toEqual(["2", "2.2", "2.3", "4"]);
  });
});
