import { expect, test } from "vitest";
import { fits, misfits, type Limits, type Wanted } from "./fits.ts";

const limits: Limits = { seconds: { least: 4, most: 8, only: [4, 6, 8] }, aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may", promptMax: 1_000, languages: null };
const wanted: Wanted = { seconds: 5, aspect: "16:9", resolution: "720p", firstFrame: "have", letters: null, language: null };

test("what a model can do is refused nothing, a length between two that it sells included", () => {
  expect(fits(limits, wanted)).toBeNull();
  expect(fits(limits, { ...wanted, seconds: 1 })).toBeNull();
  expect(fits(limits, { ...wanted, seconds: 8 })).toBeNull();
});

test("a length, shape or size that is not possible is named with the nearest that is", () => {
  expect(fits(limits, { ...wanted, seconds: 12.5 })).toEqual({ field: "seconds", detail: "It makes at most 8 seconds, and this is 12.5.", nearest: 8 });
  expect(fits(limits, { ...wanted, aspect: "1:1" })).toMatchObject({ field: "aspect", nearest: "16:9" });
  expect(fits(limits, { ...wanted, resolution: "480p" })).toMatchObject({ field: "resolution", nearest: "720p" });
  expect(fits(limits, { ...wanted, resolution: "4k" })).toMatchObject({ field: "resolution", nearest: "1080p" });
});

test("a length of one frame over the longest is too long, and the longest itself is not", () => {
  expect(fits(limits, { ...wanted, seconds: 8 + 1 / 24 })?.field).toBe("seconds");
  expect(fits({ ...limits, seconds: { least: 2, most: 10, only: null } }, { ...wanted, seconds: 10 })).toBeNull();
});

test("a file that is given is not made longer: one that is too short is refused with the least, one that is made is not", () => {
  const isolation: Limits = { ...limits, seconds: { least: 4, most: 600, only: null } };
  const file = { ...wanted, isGiven: true as const };
  expect(fits(isolation, { ...file, seconds: 2 })).toEqual({ field: "seconds", detail: "It takes at least 4 seconds, and this is 2.", nearest: 4 });
  expect([4, 4 - 1 / 50, 600].map((seconds) => fits(isolation, { ...file, seconds }))).toEqual([null, null, null]);
  expect(fits(isolation, { ...file, seconds: 601 })).toMatchObject({ nearest: 600 });
  expect(fits(isolation, { ...wanted, seconds: 2 })).toBeNull();
});

test("a model that must have a picture is not asked without one, and one that takes none not with one that is needed", () => {
  expect(fits({ ...limits, firstFrame: "must" }, { ...wanted, firstFrame: "none" })?.field).toBe("firstFrame");
  expect(fits({ ...limits, firstFrame: "never" }, { ...wanted, firstFrame: "need" })?.field).toBe("firstFrame");
  expect(fits({ ...limits, firstFrame: "never" }, { ...wanted, firstFrame: "have" })).toBeNull();
});

test("words that are spoken are not cut, so too many are refused; a language that it has not is too", () => {
  const voice: Limits = { ...limits, seconds: null, aspects: [], resolutions: [], firstFrame: "never", promptMax: 20, languages: ["en", "de"] };
  const line: Wanted = { seconds: null, aspect: null, resolution: null, firstFrame: "none", letters: 20, language: "de-AT" };
  expect(fits(voice, line)).toBeNull();
  expect(fits(voice, { ...line, letters: 21 })).toMatchObject({ field: "prompt", nearest: 20 });
  expect(fits(voice, { ...line, language: "fr" })).toMatchObject({ field: "language", nearest: "en" });
});

test("everything that is wrong is told at once", () => {
  expect(misfits(limits, { ...wanted, seconds: 20, aspect: "1:1", resolution: "4k" }).map(({ field }) => field)).toEqual(["seconds", "aspect", "resolution"]);
});
