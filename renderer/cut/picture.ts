import { type CodecContext, type Frame, Packet } from "node-av/lib";
import { AV_PICTURE_TYPE_NONE } from "node-av/constants";
import { check, drained } from "../media/av.ts";
import { openCodec } from "../media/encode.ts";
import { blended, type ClipFacts, copyPackets, decodeFrames, dimmed } from "./clip.ts";
import { lengthPrefixed } from "./headers.ts";
import type { Segment } from "./timeline.ts";

export interface Clip extends ClipFacts {
  path: string;
}

export interface PictureCounts {
  copied: number;
  encoded: number;
}

/**
 * The packets of the film's picture, one a frame, in order: copied wherever decoding can begin, encoded only from a trim to the next
 * key frame and for the frames of transitions. The packet is the generator's; it is used again for the next.
 */
export async function* picturePackets(segments: Segment[], clips: Clip[], size: { width: number; height: number }, counts: PictureCounts): AsyncGenerator<Packet> {
  for (const segment of segments) {
    const clip = clips[segment.clip];
    if (!clip) throw new Error("a segment without its clip");
    if (segment.kind !== "plain") {
      counts.encoded += segment.to - segment.from;
      yield* encode(effectFrames(segment, clips), size);
      continue;
    }
    const key = Math.min(segment.to, clip.keys.find((at) => at >= segment.from) ?? segment.to);
    counts.encoded += key - segment.from;
    counts.copied += segment.to - key;
    if (key > segment.from) yield* encode(decodeFrames(clip.path, { from: segment.from, to: key }), size);
    if (segment.to > key) yield* copyPackets(clip.path, { from: key, to: segment.to });
  }
}

async function* effectFrames(segment: Exclude<Segment, { kind: "plain" }>, clips: Clip[]): AsyncGenerator<Frame> {
  const { kind, from, to } = segment;
  const length = to - from;
  const path = clips[segment.clip]?.path ?? "";
  const before = segment.kind === "dissolve" ? decodeFrames(clips[segment.before.clip]?.path ?? "", { from: segment.before.from, to: segment.before.from + length }) : null;
  let n = 0;
  try {
    for await (const frame of decodeFrames(path, { from, to })) {
      const under = (await before?.next())?.value;
      const light = kind === "fade-in" ? n / length : 1 - (n + 1) / length;
      const made = under ? blended(under, frame, (n + 1) / (length + 1)) : dimmed(frame, light);
      yield made;
      made.free();
      n += 1;
    }
  } finally {
    await before?.return(undefined);
  }
}

/** Encodes a piece of its own: it begins with a key frame, so that it joins with what is around it. */
async function* encode(frames: AsyncGenerator<Frame>, size: { width: number; height: number }): AsyncGenerator<Packet> {
  const context = await openCodec(size);
  const packet = new Packet();
  packet.alloc();
  try {
    let n = 0n;
    for await (const frame of frames) {
      frame.pts = n;
      frame.pictType = AV_PICTURE_TYPE_NONE;
      n += 1n;
      check(await context.sendFrame(frame), "encode");
      yield* ready(context, packet);
    }
    check(await context.sendFrame(null), "finish the encoding");
    yield* ready(context, packet);
  } finally {
    packet.free();
    context.freeContext();
  }
}

async function* ready(context: CodecContext, packet: Packet): AsyncGenerator<Packet> {
  while (!drained(await context.receivePacket(packet), "encode")) {
    packet.data = lengthPrefixed(packet.data ?? Buffer.alloc(0));
    yield packet;
  }
}
