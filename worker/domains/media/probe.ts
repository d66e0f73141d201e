import { imageSize } from "image-size";
import type { Ctx } from "#core/context.ts";
import { late } from "#core/late.ts";
import type { MediaKind } from "./rules.ts";

export const demuxing = late(() => import("./demuxing.ts"));

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
  frameRate: number | null;
  videoCodec: string | null;
  /** Of the video track, as browsers are asked whether they play it (RFC 6381): `avc1.640028`. */
  videoProfile: string | null;
  audioCodec: string | null;
  /** Of the audio track. */
  sampleRate: number | null;
  channels: number | null;
}

/** Containers that people bring and that are not read here: known by their first bytes, and measured by `ingest`, which reads them anyway. */
const signatures: readonly { kind: MediaKind; contentType: string; bytes: readonly number[] }[] = [
  { kind: "model", contentType: "model/gltf-binary", bytes: [0x67, 0x6c, 0x54, 0x46] },
  { kind: "video", contentType: "video/x-matroska", bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { kind: "audio", contentType: "audio/ogg", bytes: [0x4f, 0x67, 0x67, 0x53] },
  { kind: "audio", contentType: "audio/flac", bytes: [0x66, 0x4c, 0x61, 0x43] },
  { kind: "audio", contentType: "audio/aac", bytes: [0xff, 0xf1] },
  { kind: "audio", contentType: "audio/aac", bytes: [0xff, 0xf9] },
];

const HEAD_BYTES = 256 * 1024;
const UNKNOWN = { kind: "unknown", contentType: "application/octet-stream", durationMs: null, width: null, height: null, frames: null, frameRate: null, videoCodec: null, videoProfile: null, audioCodec: null, sampleRate: null, channels: null } as const;
const IMAGE_TYPES: Record<string, string> = { png: "image/png", jpg: "image/jpeg", webp: "image/webp", avif: "image/avif", heif: "image/avif" };

/** Where a file's bytes come from. */
export interface Source {
  bytes: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Probe a stored object by ranged reads, or by what is still `held` of it in memory; null where there is none. Never throws on what is in it: that is `unknown`. */
export async function probe(ctx: Ctx, key: string, held: Uint8Array | null = null): Promise<ProbeFacts | null> {
  if (held) return probeSource({ bytes: held.length, read: (from, to) => Promise.resolve(held.subarray(from, to)) }, held.subarray(0, HEAD_BYTES));
  const head = await ctx.env.MEDIA.get(key, { range: { offset: 0, length: HEAD_BYTES } });
  if (!head) return null;
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    const part = await ctx.env.MEDIA.get(key, { range: { offset: from, length: to - from } });
    if (!part) throw new Error("the object went away");
    return new Uint8Array(await part.arrayBuffer());
  };
  return probeSource({ bytes: head.size, read }, new Uint8Array(await head.arrayBuffer()));
}

const probeSource = async (source: Source, start: Uint8Array): Promise<ProbeFacts> =>
  probeImage(start, source.bytes) ?? probeSignature(start, source.bytes) ?? (await (await demuxing()).probeMedia(source)) ?? (await probeText(source, start)) ?? { ...UNKNOWN, bytes: source.bytes };

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

/** JSON is read whole to know that it is: more of it than this is no answer of anybody's. */
const JSON_BYTES_MAX = 10_000_000;

async function probeText({ bytes, read }: Source, start: Uint8Array): Promise<ProbeFacts | null> {
  try {
    const decode = (part: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(part, { stream: part.length < bytes });
    const text = decode(start);
    if (/^WEBVTT(\s|$)/.test(text)) return { ...UNKNOWN, kind: "text", contentType: "text/vtt", bytes };
    if (!/^\s*[[{]/.test(text) || bytes > JSON_BYTES_MAX) return null;
    JSON.parse(bytes > start.length ? decode(await read(0, bytes)) : text);
    return { ...UNKNOWN, kind: "data", contentType: "application/json", bytes };
  } catch {
    return null;
  }
}
