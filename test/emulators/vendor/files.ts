/** Small files that are what they say: media made by code, as a vendor's models would give them. */
import { mp4, png, wav } from "../media.ts";
import { pictures } from "../pictures.ts";

/** What a file is asked to be; sizes in pixels, lengths in seconds. */
export type FileSpec =
  | { ending: "mp4"; width: number; height: number; seconds: number; hasAudio: boolean }
  | { ending: "wav"; seconds: number; channels: 1 | 2 }
  | { ending: "mp3"; seconds: number }
  | { ending: "png"; width: number; height: number }
  | { ending: "jpg" | "webp" | "glb" }
  | { ending: "srt" | "txt" | "json"; text: string };

export const fileTypes: Readonly<Record<FileSpec["ending"], string>> = {
  mp4: "video/mp4", wav: "audio/wav", mp3: "audio/mpeg", png: "image/png", jpg: "image/jpeg", webp: "image/webp", glb: "model/gltf-binary", srt: "application/x-subrip", txt: "text/plain", json: "application/json",
};

const FRAME_RATE = 24;
const made = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** Makes a file, or null where it leaves that to this module. */
export type Maker = (spec: FileSpec) => Promise<Uint8Array<ArrayBuffer> | null>;
let maker: Maker = () => Promise.resolve(null);

/** Lets somebody else make files first: clips that play take a program that workerd has not. */
export function makeFilesBy(other: Maker): void {
  maker = other;
}

/** The bytes of a file; what was made once is made no more. */
export function fileOf(spec: FileSpec): Promise<Uint8Array<ArrayBuffer>> {
  const key = JSON.stringify(spec);
  const bytes = made.get(key) ?? maker(spec).then((other) => other ?? make(spec));
  made.set(key, bytes);
  return bytes;
}

async function make(spec: FileSpec): Promise<Uint8Array<ArrayBuffer>> {
  switch (spec.ending) {
    case "mp4":
      return mp4({ width: spec.width, height: spec.height, frames: Math.round(spec.seconds * FRAME_RATE), audio: spec.hasAudio ? "aac" : null });
    case "wav":
      return wav({ frames: Math.round(spec.seconds * FRAME_RATE), channels: spec.channels });
    case "mp3":
      return mp3(spec.seconds);
    case "png":
      return png(spec);
    case "jpg":
    case "webp":
      return Uint8Array.from(atob(pictures[spec.ending] ?? ""), (char) => char.charCodeAt(0));
    case "glb":
      return glb();
    case "srt":
    case "txt":
    case "json":
      return bytesOf(spec.text);
  }
}

/** Whether a vendor takes an address as an input: https, or this machine's own, where everything runs on it. */
export const isLink = (value: unknown): boolean => typeof value === "string" && /^https:\/\/|^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?\//.test(value);

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));

/** Begin and end of one frame of MPEG 1 layer III at 192 kbit/s and 44.1 kHz, with filling between them: one after the other they sound. */
const MP3_FRAME = {
  bytes: 627,
  begin: "//uyxBADxhQlDA7/gmE4hWABz/gQpOCBAbKZNiigqqIvZI6QI1nA1UeGNJhMYBgYhUAEmSxgOh+cg24fbOAnmSbAqRnhkGmLKSGYRBMgBQxMAIWMZA0JAB1Em7wxLKO887/t/2//////6P9H+j/R9v/0/6Y=",
  end: "MSx+MIjNBKtGBtVmArEFRhLf3UYS8QIGBahSJsacGyDocA==",
} as const;

/** A hum: what nobody can hear is not taken. */
function mp3(seconds: number): Uint8Array<ArrayBuffer> {
  const bytesIn = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const frame = new Uint8Array(MP3_FRAME.bytes).fill(0xaa);
  frame.set(bytesIn(MP3_FRAME.begin));
  frame.set(bytesIn(MP3_FRAME.end), MP3_FRAME.bytes - bytesIn(MP3_FRAME.end).length);
  const frames = Math.max(1, Math.round((seconds * 44_100) / 1_152));
  const bytes = new Uint8Array(frames * MP3_FRAME.bytes);
  for (let at = 0; at < frames; at += 1) bytes.set(frame, at * MP3_FRAME.bytes);
  return bytes;
}

/** A triangle, as binary glTF 2.0. */
function glb(): Uint8Array<ArrayBuffer> {
  const points = new Uint8Array(new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]).buffer);
  const scene = {
    asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }], meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    buffers: [{ byteLength: points.length }], bufferViews: [{ buffer: 0, byteOffset: 0, byteLength: points.length }], accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [0, 0, 0], max: [1, 1, 0] }],
  };
  const text = JSON.stringify(scene);
  const json = bytesOf(text.padEnd(Math.ceil(text.length / 4) * 4, " "));
  const bytes = new Uint8Array(12 + 8 + json.length + 8 + points.length);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, json.length, 0x4e4f534a].forEach((word, index) => view.setUint32(index * 4, word, true));
  bytes.set(json, 20);
  view.setUint32(20 + json.length, points.length, true);
  view.setUint32(24 + json.length, 0x004e4942, true);
  bytes.set(points, 28 + json.length);
  return bytes;
}
