import { imageSize } from "image-size";
import { CustomSource, Input, MP3, MP4, QTFF, WAVE } from "mediabunny";
import type { Ctx } from "#core/context.ts";
import type { MediaKind } from "./rules.ts";

/** What a stored file really is, found by reading it. */
export interface ProbeFacts {
  kind: MediaKind | "unknown";
  contentType: string;
  bytes: number;
  durationMs: number | null;
  width: number | null;
  height: number | null;
  /** Of the video track. */
  frames: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
}

/** What providers make and most people bring is read here, to the frame. Naming the demuxers keeps the others out of the bundle. */
const FORMATS = [MP4, QTFF, WAVE, MP3];

/** Other containers that people bring: known by their first bytes, and measured by `ingest`, which reads them anyway. */
const signatures: readonly { kind: MediaKind; contentType: string; bytes: readonly number[] }[] = [
  { kind: "video", contentType: "video/x-matroska", bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { kind: "audio", contentType: "audio/ogg", bytes: [0x4f, 0x67, 0x67, 0x53] },
  { kind: "audio", contentType: "audio/flac", bytes: [0x66, 0x4c, 0x61, 0x43] },
  { kind: "audio", contentType: "audio/aac", bytes: [0xff, 0xf1] },
  { kind: "audio", contentType: "audio/aac", bytes: [0xff, 0xf9] },
];

const HEAD_BYTES = 256 * 1024;
const UNKNOWN = { kind: "unknown", contentType: "application/octet-stream", durationMs: null, width: null, height: null, frames: null, videoCodec: null, audioCodec: null } as const;
const IMAGE_TYPES: Record<string, string> = { png: "image/png", jpg: "image/jpeg", webp: "image/webp", avif: "image/avif", heif: "image/avif" };

/** Probe an object by ranged reads; null where there is none. Never throws on what is in it: that is `unknown`. */
export async function probe(ctx: Ctx, key: string): Promise<ProbeFacts | null> {
  const head = await ctx.env.MEDIA.get(key, { range: { offset: 0, length: HEAD_BYTES } });
  if (!head) return null;
  const bytes = head.size;
  const start = new Uint8Array(await head.arrayBuffer());
  return probeImage(start, bytes) ?? probeSignature(start, bytes) ?? (await probeMedia(ctx, key, bytes)) ?? probeText(start, bytes) ?? { ...UNKNOWN, bytes };
}

function probeSignature(start: Uint8Array, bytes: number): ProbeFacts | null {
  const found = signatures.find((signature) => signature.bytes.every((byte, at) => start[at] === byte));
  return found ? { ...UNKNOWN, kind: found.kind, contentType: found.contentType, bytes } : null;
}

function probeImage(start: Uint8Array, bytes: number): ProbeFacts | null {
  try {
    const { width, height, type } = imageSize(start);
    const contentType = IMAGE_TYPES[type ?? ""];
    return contentType ? { ...UNKNOWN, kind: "image", contentType, bytes, width, height } : null;
  } catch {
    return null;
  }
}

async function probeMedia(ctx: Ctx, key: string, bytes: number): Promise<ProbeFacts | null> {
  const source = new CustomSource({
    getSize: () => bytes,
    read: async (from, to) => {
      const part = await ctx.env.MEDIA.get(key, { range: { offset: from, length: to - from } });
      if (!part) throw new Error("the object went away");
      return new Uint8Array(await part.arrayBuffer());
    },
  });
  const input = new Input({ formats: FORMATS, source });
  try {
    const [format, video, audio, seconds] = await Promise.all([input.getFormat(), input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack(), input.computeDuration()]);
    if (!video && !audio) return null;
    const frames = video ? (await video.computePacketStats()).packetCount : null;
    const mime = format.mimeType;
    return {
      kind: video ? "video" : "audio", contentType: !video && mime === "video/mp4" ? "audio/mp4" : mime, bytes, durationMs: Math.round(seconds * 1_000),
      width: video?.displayWidth ?? null, height: video?.displayHeight ?? null, frames, videoCodec: video?.codec ?? null, audioCodec: audio?.codec ?? null,
    };
  } catch {
    return null;
  } finally {
    input.dispose();
  }
}

function probeText(start: Uint8Array, bytes: number): ProbeFacts | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(start, { stream: bytes > start.length });
  } catch {
    return null;
  }
  if (/^WEBVTT(\s|$)/.test(text)) return { ...UNKNOWN, kind: "text", contentType: "text/vtt", bytes };
  if (/^\s*[[{]/.test(text) && bytes <= start.length) {
    try {
      JSON.parse(text);
      return { ...UNKNOWN, kind: "data", contentType: "application/json", bytes };
    } catch {
      return null;
    }
  }
  return null;
}
