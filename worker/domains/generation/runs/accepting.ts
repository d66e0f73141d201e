import type { ContentType, ProbeFacts } from "#domains/media/index.ts";
import { FRAME_RATE } from "#film/film.ts";
import type { ExpectedFile, ExpectedOutput, ReadOutput } from "#film/inputs/expected-output.ts";
import { loudnessFault } from "#film/loudness.ts";
import { isPlayedByAll } from "#film/tasks/files.ts";

/** What a film's sound is, in every file that has one. */
const FILM_SOUND = { sampleRate: 48_000, channels: 2 } as const;
const FRAME_RATE_OFF_MAX = 0.05;
/** A recording may be off by this, since a sample is shorter than a frame. */
const FRAMES_OFF_MAX = 1;

/** The content type that a file which was ordered is stored and served as. */
export function contentTypeOf(expected: ExpectedFile): ContentType {
  switch (expected.kind) {
    case "video":
      return "video/mp4";
    case "audio":
      return "audio/wav";
    case "image":
      return `image/${expected.format}`;
    case "text":
      return expected.format === "vtt" ? "text/vtt" : "application/json";
  }
}

/** Compares what arrived with what was ordered. Says what is wrong with it, or null. */
export function faultIn(expected: ExpectedFile, facts: ProbeFacts | null): string | null {
  if (!facts) return "it did not arrive";
  const wanted = contentTypeOf(expected);
  if (facts.contentType !== wanted) return `it is ${facts.contentType}, ordered was ${wanted}`;
  switch (expected.kind) {
    case "video":
      return videoFault(expected, facts);
    case "audio": {
      const frames = facts.durationMs === null ? 0 : (facts.durationMs * FRAME_RATE) / 1_000;
      if (frames <= 0) return "it is silent for no time at all";
      const { frames: range } = expected;
      const sound = soundFault(expected, facts);
      if (sound) return sound;
      return range && (frames < range.least - FRAMES_OFF_MAX || frames > range.most + FRAMES_OFF_MAX) ? `it lasts ${Math.round(frames)} frames, ordered were ${range.least}` : null;
    }
    case "image":
      return sizeFault(expected, facts);
    case "text":
      return null;
  }
}

/** Compares how loud it says to be with what was ordered. A line that the house cannot speak is silent, and says so. */
export function levelFault({ loudness }: ExpectedOutput, { values }: ReadOutput): string | null {
  const { integratedLufs, truePeakDbtp, spoken } = values;
  if (loudness === null || spoken === false) return null;
  if (typeof integratedLufs !== "number" || typeof truePeakDbtp !== "number") return "it does not say how loud it is";
  return loudnessFault(loudness, { integratedLufs, truePeakDbtp });
}

function videoFault(expected: ExpectedFile & { kind: "video" }, facts: ProbeFacts): string | null {
  if (facts.videoCodec !== "avc") return `its codec is ${facts.videoCodec ?? "none"}, ordered was h264`;
  if (!isPlayedByAll(facts)) return `its encoding (${facts.videoProfile ?? "unknown"}) is not played everywhere, ordered was H.264 of eight bits`;
  const size = sizeFault(expected, facts);
  if (size) return size;
  const { frames, audio } = expected;
  const { frameRate } = facts;
  if (frameRate !== null && facts.frames !== null && facts.frames > 1 && Math.abs(frameRate - FRAME_RATE) > FRAME_RATE_OFF_MAX) return `it has ${Math.round(frameRate * 100) / 100} frames a second, ordered were ${FRAME_RATE}`;
  if (frames && (facts.frames === null || facts.frames < frames.least || facts.frames > frames.most)) return `it has ${facts.frames ?? 0} frames, ordered were ${frames.least}${frames.most > frames.least ? ` to ${frames.most}` : ""}`;
  if (audio === "aac" && facts.audioCodec !== "aac") return "it has no sound";
  if (audio === null && facts.audioCodec !== null) return "it has sound, and none was ordered";
  return audio === null ? null : soundFault(FILM_SOUND, facts);
}

function soundFault(expected: { sampleRate: number; channels: number }, { sampleRate, channels }: ProbeFacts): string | null {
  const isRight = sampleRate === expected.sampleRate && channels === expected.channels;
  return isRight ? null : `its sound has ${channels ?? 0} channels at ${sampleRate ?? 0} Hz, ordered were ${expected.channels} at ${expected.sampleRate} Hz`;
}

function sizeFault(expected: { width: number | null; height: number | null }, { width, height }: ProbeFacts): string | null {
  const isRight = (expected.width === null || expected.width === width) && (expected.height === null || expected.height === height);
  return isRight ? null : `it is ${width ?? 0}x${height ?? 0}, ordered was ${expected.width ?? "any"}x${expected.height ?? "any"}`;
}
