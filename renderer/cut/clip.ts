import { AV_CODEC_ID_H264, AV_PIX_FMT_YUV420P, AVSEEK_FLAG_BACKWARD } from "node-av/constants";
import { Frame, type Packet } from "node-av/lib";
import { check } from "../media/av.ts";
import { TICKS_PER_FRAME, TIME_BASE } from "../media/encode.ts";
import { MediaInput } from "../media/input.ts";
import { parameterSets } from "./headers.ts";

/** What a cut has to know of a clip: it comes from one reading of its packets. */
export interface ClipFacts {
  frames: number;
  /** Frames that decoding can begin with. */
  keys: number[];
  /** The stream's header as its container keeps it. */
  header: Buffer;
}

/** The facts of a clip in the film's one encoding, or null where it is encoded otherwise and has to be conformed. */
export async function readClip(path: string, size: { width: number; height: number }, headers: string): Promise<ClipFacts | null> {
  const input = await MediaInput.open(path, { trust: "header" });
  try {
    const stream = input.video;
    if (!stream) return null;
    const { codecId, width, height, extradata } = stream.codecpar;
    const { num, den } = stream.timeBase;
    if (codecId !== AV_CODEC_ID_H264 || width !== size.width || height !== size.height || num !== TIME_BASE.num || den !== TIME_BASE.den) return null;
    if (!extradata || parameterSets(extradata) !== headers) return null;
    const keys: number[] = [];
    let frames = 0;
    for await (const packet of input.packets(stream)) {
      const due = BigInt(frames) * TICKS_PER_FRAME;
      if (packet.pts !== due || packet.dts !== due) return null;
      if (packet.isKeyframe) keys.push(frames);
      frames += 1;
    }
    return keys[0] === 0 ? { frames, keys, header: extradata } : null;
  } finally {
    await input.close();
  }
}

/** Packets of the frames from a key frame on, as they lie in the file. */
export async function* copyPackets(path: string, range: { from: number; to: number }): AsyncGenerator<Packet> {
  const input = await MediaInput.open(path, { trust: "header" });
  try {
    const stream = input.video;
    if (!stream) throw new Error("a clip without a picture");
    await seek(input, range.from);
    for await (const packet of input.packets(stream)) {
      const frame = Number(packet.pts / TICKS_PER_FRAME);
      if (frame >= range.to) return;
      if (frame >= range.from) yield packet;
    }
  } finally {
    await input.close();
  }
}

/** Pictures of the frames of a range, decoded from the key frame before it. Each lives until the next is asked for. */
export async function* decodeFrames(path: string, range: { from: number; to: number }): AsyncGenerator<Frame> {
  const input = await MediaInput.open(path);
  try {
    const stream = input.video;
    if (!stream) throw new Error("a clip without a picture");
    await seek(input, range.from);
    for await (const frame of input.frames(stream)) {
      const at = Number(frame.pts / TICKS_PER_FRAME);
      if (at >= range.to) return;
      if (at >= range.from) yield frame;
    }
  } finally {
    await input.close();
  }
}

async function seek(input: MediaInput, frame: number): Promise<void> {
  if (frame === 0 || !input.video) return;
  check(await input.context.seekFrame(input.video.index, BigInt(frame) * TICKS_PER_FRAME, AVSEEK_FLAG_BACKWARD), "seek in a clip");
}

const BLACK_LUMA = 16;
const NO_CHROMA = 128;

/** A picture with its light scaled: 0 is black, 1 is the picture. */
export function dimmed(frame: Frame, light: number): Frame {
  const bytes = frame.toBuffer();
  const luma = frame.width * frame.height;
  for (let n = 0; n < bytes.length; n += 1) {
    const zero = n < luma ? BLACK_LUMA : NO_CHROMA;
    bytes[n] = Math.round(zero + ((bytes[n] ?? zero) - zero) * light);
  }
  return toFrame(bytes, frame);
}

/** A picture between two: 0 is the first, 1 the second. */
export function blended(first: Frame, second: Frame, part: number): Frame {
  const bytes = first.toBuffer();
  const other = second.toBuffer();
  for (let n = 0; n < bytes.length; n += 1) bytes[n] = Math.round((bytes[n] ?? 0) * (1 - part) + (other[n] ?? 0) * part);
  return toFrame(bytes, first);
}

function toFrame(bytes: Buffer, like: Frame): Frame {
  return Frame.fromVideoBuffer(bytes, { width: like.width, height: like.height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: 24 } });
}
