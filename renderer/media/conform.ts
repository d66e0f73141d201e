import { closeSync, openSync, writeSync } from "node:fs";
import { AV_FRAME_DATA_DISPLAYMATRIX, AV_PKT_DATA_DISPLAYMATRIX } from "node-av/constants";
import type { Frame, Stream } from "node-av/lib";
import { toInt16, wavHeader } from "../audio/wav.ts";
import { InputError } from "../model.ts";
import { AudioGraph, type Format } from "./audio-graph.ts";
import { FRAME_RATE, openVideoEncoder } from "./encode.ts";
import { MediaInput } from "./input.ts";
import { VideoGraph } from "./video-graph.ts";

/** Pictures that miss the film's shape by less than this are cropped to it; others keep their whole width or height between bars. */
const CROP_BELOW = 1.2;

export interface ConformOptions {
  width: number;
  height: number;
  /** Exactly so many frames (the last one stands still where there are fewer), or at most so many. */
  frames: { exactly: number } | { atMost: number };
}

/** Encodes a video of any kind like a clip of the film. Says how many frames that made. */
export async function conformVideo(path: string, to: string, options: ConformOptions, onFrame: (done: number) => void = () => undefined): Promise<{ frames: number }> {
  const input = await MediaInput.open(path);
  const encoder = await openVideoEncoder({ path: to, width: options.width, height: options.height });
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
    return await encoder.close();
  } catch (error) {
    await encoder.abandon();
    throw error;
  } finally {
    await input.close();
  }
}

async function* conformedFrames(input: MediaInput, stream: Stream, options: ConformOptions): AsyncGenerator<Frame> {
  let graph: VideoGraph | null = null;
  try {
    for await (const frame of input.frames(stream)) {
      frame.pts = frame.bestEffortTimestamp;
      graph ??= await VideoGraph.open(frame, stream.timeBase, chainFor(frame, stream, options));
      if (frame.width !== graph.width || frame.height !== graph.height || frame.format !== graph.format) throw new InputError("the video changes its size midway");
      yield* graph.push(frame);
    }
    if (graph) yield* graph.push(null);
  } finally {
    graph?.free();
  }
}

/** Decodes one still and gives it the film's shape and size, as opaque RGBA. */
export async function conformPicture(path: string, size: { width: number; height: number }): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const input = await MediaInput.open(path);
  try {
    const stream = input.video;
    if (!stream) throw new InputError("the file has no picture");
    for await (const frame of input.frames(stream)) {
      const graph = await VideoGraph.open(frame, stream.timeBase, `${fitting(frame, stream, size)},format=rgb24,format=rgba`);
      try {
        for await (const made of graph.push(frame)) return new Uint8ClampedArray(made.toBuffer());
        for await (const made of graph.push(null)) return new Uint8ClampedArray(made.toBuffer());
      } finally {
        graph.free();
      }
    }
    throw new InputError("the picture cannot be decoded: the file is damaged");
  } finally {
    await input.close();
  }
}

/** The filters that bring a video upright, to 24 fps, and to the film's shape and size. */
function chainFor(frame: Frame, stream: Stream, { width, height, frames }: ConformOptions): string {
  const last = "exactly" in frames ? ",tpad=stop=-1:stop_mode=clone" : "";
  return `setpts=PTS-STARTPTS,fps=${FRAME_RATE},${fitting(frame, stream, { width, height })},format=yuv420p${last}`;
}

/** The filters that turn a picture upright and make it fill the size, or lie between bars where its shape differs much. */
function fitting(frame: Frame, stream: Stream, { width, height }: { width: number; height: number }): string {
  const quarter = quarterTurns(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX) ?? stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const turn = ["null", "transpose=clock", "hflip,vflip", "transpose=cclock"][quarter] ?? "null";
  const sar = frame.sampleAspectRatio;
  const pixel = sar.num > 0 && sar.den > 0 ? sar.num / sar.den : 1;
  const shape = (frame.width * pixel) / frame.height;
  const mismatch = (quarter % 2 === 1 ? 1 / shape : shape) / (width / height);
  const crops = Math.max(mismatch, 1 / mismatch) <= CROP_BELOW;
  const fit = crops ? `force_original_aspect_ratio=increase:force_divisible_by=2` : `force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const frameIt = crops ? `crop=${width}:${height}` : `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black`;
  const square = pixel === 1 ? "null" : "scale=trunc(iw*sar/2)*2:ih,setsar=1";
  return `${square},${turn},scale=${width}:${height}:${fit}:flags=bicubic:out_color_matrix=bt709:out_range=limited,${frameIt},setsar=1`;
}

/** How often a player turns the picture clockwise by a quarter (phones store which way up they were held). */
function quarterTurns(matrix: Buffer | null): number {
  if (!matrix || matrix.length < 36) return 0;
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  return ((Math.round(degrees / 90) % 4) + 4) % 4;
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
      graph ??= await AudioGraph.forFrames(frame, format, `aresample=${format.rate}:ochl=${format.channels === 1 ? "mono" : "stereo"}:rematrix_maxval=1:async=1:first_pts=0`);
      for await (const block of graph.pushFrame(frame)) yield block.samples;
    }
    if (graph) for await (const block of graph.finish()) yield block.samples;
    graph = null;
  } finally {
    graph?.free();
  }
}

function toPcm(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let n = 0; n < samples.length; n += 1) bytes.writeInt16LE(toInt16(samples[n] ?? 0), 2 * n);
  return bytes;
}
