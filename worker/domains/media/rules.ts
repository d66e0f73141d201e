/** What may be stored and served, by content type: an allow-list, with the ending that each is served under. */
export const contentTypes = {
  "video/mp4": { kind: "video", ending: "mp4" },
  "audio/wav": { kind: "audio", ending: "wav" },
  "audio/mp4": { kind: "audio", ending: "m4a" },
  "audio/mpeg": { kind: "audio", ending: "mp3" },
  "image/png": { kind: "image", ending: "png" },
  "image/jpeg": { kind: "image", ending: "jpg" },
  "image/webp": { kind: "image", ending: "webp" },
  "image/avif": { kind: "image", ending: "avif" },
  "model/gltf-binary": { kind: "model", ending: "glb" },
  "text/vtt": { kind: "text", ending: "vtt" },
  "application/json": { kind: "data", ending: "json" },
} as const satisfies Record<string, { kind: string; ending: string }>;
export type ContentType = keyof typeof contentTypes;
export type MediaKind = (typeof contentTypes)[ContentType]["kind"];

export const isContentType = (text: string): text is ContentType => Object.hasOwn(contentTypes, text);

/** Containers that people may bring; they are conformed before anything plays them. */
export const uploadableTypes: readonly string[] = [
  "video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/flac",
  "image/png", "image/jpeg", "image/webp",
];

export const isBroughtType = (text: string): boolean => uploadableTypes.includes(text);

/** What an upload is, by what was found in it. Matroska and WebM look the same from outside: there it is what was announced. */
export const typeFound = (announced: string, found: string): string => (found === "video/x-matroska" || !isBroughtType(found) ? announced : found);

/** The kind of assets that people brought, and where they lie. They are never served to people as they are. */
export const UPLOAD_KIND = "upload";
export const UPLOAD_PREFIX = "uploads/";

const KEY_BYTES_MAX = 1_024;

/** The key of a stored object that an escaped path names; null where none can be called that. */
export function keyIn(path: string): string | null {
  try {
    const key = decodeURIComponent(path);
    return new TextEncoder().encode(key).length <= KEY_BYTES_MAX ? key : null;
  } catch {
    return null;
  }
}

/** A byte range of a file of `size` bytes, RFC 9110 section 14. */
export type Range = { offset: number; length: number } | "whole" | "unsatisfiable";

/** Read a `Range` header. Several ranges, or what is not understood, are answered with the whole file, as the specification allows. */
export function readRange(header: string | null, size: number): Range {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return "whole";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (offset >= size) return "unsatisfiable";
  return end < offset ? "whole" : { offset, length: end - offset + 1 };
}

/** Whether an `If-None-Match` names this entity tag. */
export const namesTag = (header: string | null, tag: string): boolean =>
  header !== null && header.split(",").some((entry) => entry.trim() === "*" || entry.trim().replace(/^W\//, "") === tag);
