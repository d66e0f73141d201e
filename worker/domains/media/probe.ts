import { imageSize } from "image-size";
import { ADTS, CustomSource, FLAC, Input, MATROSKA, MP3, MP4, OGG, QTFF, WAVE, WEBM } from "mediabunny";
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

/** What people bring and providers make. Naming them one by one keeps the rest of the demuxers out of the bundle. */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, WAVE, MP3, OGG, FLAC, ADTS];

const HEAD_BYTES = 256 * 1024;
const UNKNOWN = { kind: "unknown", contentType: "application/octet-stream", durationMs: null, width: null, height: null, frames: null, videoCodec: null, audioCodec: null } as const;
const IMAGE_TYPES: Record<string, string> = { png: "image/png", jpg: "image/jpeg", webp: "image/webp", avif: "image/avif", heif: "image/avif" };

/** Probe an object by ranged reads; null where there is none. Never throws on what is in it: that is `unknown`. */
export async function probe(ctx: Ctx, key: string): Promise<ProbeFacts | null> {
  const head = await ctx.env.MEDIA.get(key, { range: { offset: 0, length: HEAD_BYTES } });
  if (!head) return null;
  const bytes = head.size;
  const start = new Uint8Array(await head.arrayBuffer());
  return probeImage(start, bytes) ?? (await probeMedia(ctx, key, bytes)) ?? probeText(start, bytes) ?? { ...UNKNOWN, bytes };
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
