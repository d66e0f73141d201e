import { expect, test } from "vitest";
import type { ProbeFacts } from "#domains/media/index.ts";
import type { ExpectedFile } from "#film/inputs/expected-output.ts";
import { faultIn } from "./accepting.ts";

const film: ExpectedFile = { required: true, many: false, kind: "video", container: "mp4", codec: "h264", width: 720, height: 1280, frames: { least: 360, most: 360 }, audio: "aac" };
const voice: ExpectedFile = { required: true, many: false, kind: "audio", container: "wav", sampleRate: 48_000, channels: 1, frames: null };
const filmed: ProbeFacts = { kind: "video", contentType: "video/mp4", bytes: 9_000, durationMs: 15_000, width: 720, height: 1280, frames: 360, frameRate: 24, videoCodec: "avc", videoProfile: "avc1.640028", audioCodec: "aac", sampleRate: 48_000, channels: 2 };
const spoken: ProbeFacts = { ...filmed, kind: "audio", contentType: "audio/wav", durationMs: 2_000, width: null, height: null, frames: null, frameRate: null, videoCodec: null, videoProfile: null, audioCodec: "pcm-s16", channels: 1 };

test("what is what was ordered is accepted", () => {
  expect([faultIn(film, filmed), faultIn(voice, spoken)]).toEqual([null, null]);
});

test.each([
  ["of another shape", { width: 1280, height: 720 }, "it is 1280x720, ordered was 720x1280"],
  ["shorter than its fifteen seconds", { frames: 340 }, "it has 340 frames, ordered were 360"],
  ["of another codec", { videoCodec: "hevc", videoProfile: "hvc1.1.6.L93.B0" }, "its codec is hevc, ordered was h264"],
  ["of ten bits", { videoProfile: "avc1.6e0028" }, "its encoding (avc1.6e0028) is not played everywhere, ordered was H.264 of eight bits"],
  ["at another rate", { frameRate: 29.97 }, "it has 29.97 frames a second, ordered were 24"],
  ["without sound", { audioCodec: null }, "it has no sound"],
  ["with sound of one channel", { channels: 1 }, "its sound has 1 channels at 48000 Hz, ordered were 2 at 48000 Hz"],
  ["with sound at another rate", { sampleRate: 44_100 }, "its sound has 2 channels at 44100 Hz, ordered were 2 at 48000 Hz"],
])("a film %s is not", (_what, facts, fault) => {
  expect(faultIn(film, { ...filmed, ...facts })).toBe(fault);
});

test.each([
  ["at another rate", { sampleRate: 22_050 }, "its sound has 1 channels at 22050 Hz, ordered were 1 at 48000 Hz"],
  ["of no length", { durationMs: 0 }, "it is silent for no time at all"],
])("a voice %s is not", (_what, facts, fault) => {
  expect(faultIn(voice, { ...spoken, ...facts })).toBe(fault);
});
