import { closeSync, openSync, writeSync } from "node:fs";
import type { Frame, Stream } from "node-av/lib";
import { toPcm, wavHeader } from "../audio/wav.ts";
import { InputError } from "../model.ts";
import { AudioGraph, type Format } from "./audio-graph.ts";
import { FRAME_RATE, openVideoEncoder } from "./encode.ts";
import { type Fit, fitting, type Kernel, type Size } from "./fitting.ts";
import { MediaInput } from "./input.ts";
import type { Picture } from "./sample.ts";
import { VideoGraph } from "./video-graph.ts";

export interface ConformOptions extends Size {
  /** What becomes of a picture of another shape; `bars` if it is not given. */
  fit?: Fit;
  kernel?: Kernel;
  /** FFmpeg's filters for the picture once it has its size. */
  filters?: string;
  /** How fine it is encoded: x264's constant rate factor. */
  crf?: number;
  /**
   * Exactly so many frames, or at most so many. Where exactly so many are wanted and there are fewer, the last one stands still: for at most
   * `standing` frames, or for as long as it takes.
   */
  frames: { exactly: number; standing?: number } | { atMost: number };
}

/** Encodes a video of any kind like a clip of the film. Says how many frames that made. */
export async function conformVideo(path: string, to: string, options: ConformOptions, onFrame: (done: number) => void = () => undefined): Promise<{ frames: number }> {
  const input = await MediaInput.open(path);
  const encoder = await openVideoEncoder({ path: to, width: options.width, height: options.height, ...(options.crf === undefined ? {} : { crf: options.crf }) });
  try {
    const stream = input.video;
    if (!stream) throw new InputError("the file has no picture");
    let done = 0;
    for await (const frame of conformedFrames(input, stream, options)) {
      await encoder.writeFrame(frame);
      done += 1;
      onFrame(done);
      if ("exactly" in options.frames && done === options.frames.exactly) break;
      if ("atMost" in options.frames && done > options.frames.atMost) throw new InputError(`the video is longer than ${Math.floor(options.frames.atMost / FRAME_RATE)} seconds`);
    }
    if (done === 0) throw new InputError("the video has no frame that can be decoded");
    if ("exactly" in options.frames && done < options.frames.exactly) {
      throw new InputError(`the video is too short: ${seconds(options.frames.exactly)} are wanted, and it lasts ${seconds(done - (options.frames.standing ?? 0))}`);
    }
    return await encoder.close();
  } catch (error) {
    await encoder.abandon();
    throw error;
  } finally {
    await input.close();
  }
}

const seconds = (frames: number): string => `${(frames / FRAME_RATE).toFixed(2)} s`;

/** The pictures of a video at 24 fps, as straight RGBA of a size that it covers. Each lives until the next is asked for. */
export async function* conformedPictures(path: string, options: Size & { atMost: number }): AsyncGenerator<Uint8ClampedArray<ArrayBuffer>> {
  const input = await MediaInput.open(path);
  try {
    const stream = input.video;
    if (!stream) throw new InputError("the file has no picture");
    let done = 0;
    for await (const frame of conformedFrames(input, stream, { ...options, fit: "cover", filters: "format=rgb24", frames: options }, "rgba")) {
      done += 1;
      if (done > options.atMost) throw new InputError(`the video is longer than ${seconds(options.atMost)}`);
      yield new Uint8ClampedArray(frame.toBuffer());
    }
    if (done === 0) throw new InputError("the video has no frame that can be decoded");
  } finally {
    await input.close();
  }
}

async function* conformedFrames(input: MediaInput, stream: Stream, options: ConformOptions, format = "yuv420p"): AsyncGenerator<Frame> {
  let graph: VideoGraph | null = null;
  const usual = usualDuration(stream);
  try {
    for await (const frame of input.frames(stream)) {
      frame.pts = frame.bestEffortTimestamp;
      // Without it the last picture would last no time at all.
      if (frame.duration <= 0n) frame.duration = usual;
      graph ??= await VideoGraph.open(frame, stream.timeBase, chainFor(frame, stream, options, format));
      if (frame.width !== graph.width || frame.height !== graph.height || frame.format !== graph.format) throw new InputError("the video changes its size midway");
      yield* graph.push(frame);
    }
    if (graph) yield* graph.push(null);
  } finally {
    graph?.free();
  }
}

/** How long a picture is shown where the file does not say so, in the stream's ticks. */
export function usualDuration(stream: Stream): bigint {
  const { num, den } = stream.avgFrameRate.num > 0 ? stream.avgFrameRate : { num: FRAME_RATE, den: 1 };
  return BigInt(Math.max(1, Math.round((stream.timeBase.den * den) / (stream.timeBase.num * num))));
}

/** Decodes one still and gives it the film's shape and size, as opaque RGBA. */
export async function conformPicture(path: string, size: Size, fit: Fit = "bars"): Promise<Uint8ClampedArray<ArrayBuffer>> {
  return decodeStill(path, size, { fit, formats: "format=rgb24,format=rgba" });
}

/** Decodes one still at a size, as straight RGBA with its transparency. */
export async function decodePicture(path: string, size: Size): Promise<Picture> {
  return { ...size, rgba: await decodeStill(path, size, { fit: "cover", formats: "format=rgba" }) };
}

async function decodeStill(path: string, size: Size, { fit, formats }: { fit: Fit; formats: string }): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const input = await MediaInput.open(path);
  try {
    const stream = input.video;
    if (!stream) throw new InputError("the file has no picture");
    for await (const frame of input.frames(stream)) {
      const graph = await VideoGraph.open(frame, stream.timeBase, `${fitting(frame, stream, size, { fit, kernel: "bicubic" })},${formats}`);
      try {
        for await (const made of graph.push(frame)) return new Uint8ClampedArray(made.toBuffer());
        for await (const made of graph.push(null)) return new Uint8ClampedArray(made.toBuffer());
      } finally {
        graph.free();
      }
    }
    throw new InputError("the picture cannot be decoded: the file is damaged or too large");
  } finally {
    await input.close();
  }
}

/** The filters that bring a video upright, to 24 fps, and to the film's shape and size. */
function chainFor(frame: Frame, stream: Stream, { width, height, fit = "bars", kernel = "bicubic", filters = "null", frames }: ConformOptions, format: string): string {
  const last = "exactly" in frames ? `,tpad=stop=${frames.standing ?? -1}:stop_mode=clone` : "";
  return `setpts=PTS-STARTPTS,fps=${FRAME_RATE},${fitting(frame, stream, { width, height }, { fit, kernel })},${filters},format=${format}${last}`;
}

/** Decodes the sound of a file into a WAV at 48 kHz, block by block. Null where it has none. */
export async function conformAudio(path: string, to: string, channels: Format["channels"], atMostSeconds: number): Promise<{ samples: number } | null> {
  const input = await MediaInput.open(path);
  const file = openSync(to, "w");
  try {
    const stream = input.audio;
    if (!stream) return null;
    const format: Format = { rate: 48_000, channels };
    let samples = 0;
    writeSync(file, wavHeader(format, 0));
    for await (const block of resampled(input, stream, format)) {
      writeSync(file, toPcm(block));
      samples += block.length / channels;
      if (samples > atMostSeconds * format.rate) throw new InputError(`the sound is longer than ${atMostSeconds} seconds`);
    }
    writeSync(file, wavHeader(format, samples), 0, 44, 0);
    return samples === 0 ? null : { samples };
  } finally {
    closeSync(file);
    await input.close();
  }
}

async function* resampled(input: MediaInput, stream: Stream, format: Format): AsyncGenerator<Float32Array> {
  let graph: AudioGraph | null = null;
  try {
    for await (const frame of input.frames(stream)) {
      // A single channel is heard from both sides as loud as it is: so does the cut mix it.
      const both = frame.channelLayout.nbChannels === 1 && format.channels === 2 ? "pan=stereo|c0=c0|c1=c0," : "";
      graph ??= await AudioGraph.forFrames(frame, format, `${both}aresample=${format.rate}:ochl=${format.channels === 1 ? "mono" : "stereo"}:rematrix_maxval=1:async=1:first_pts=0`);
      for await (const block of graph.pushFrame(frame)) yield block.samples;
    }
    if (graph) for await (const block of graph.finish()) yield block.samples;
    graph = null;
  } finally {
    graph?.free();
  }
}
