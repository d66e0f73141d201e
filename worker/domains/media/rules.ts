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

/** Containers that people may bring, with the endings that files of them have; they are conformed before anything plays them. */
const brought: Record<string, readonly string[]> = {
  "video/mp4": ["mp4", "m4v"], "video/quicktime": ["mov", "qt"], "video/webm": ["webm"], "video/x-matroska": ["mkv"],
  "audio/wav": ["wav", "wave"], "audio/mpeg": ["mp3"], "audio/mp4": ["m4a", "m4b"], "audio/aac": ["aac", "adts"], "audio/ogg": ["ogg", "oga", "opus"], "audio/flac": ["flac"],
  "audio/webm": ["weba"], "audio/x-matroska": ["mka"], "image/png": ["png"], "image/jpeg": ["jpg", "jpeg", "jfif"], "image/webp": ["webp"],
};
export const uploadableTypes: readonly string[] = Object.keys(brought);

/** What browsers and systems call the same containers. */
const aliases: Record<string, string> = {
  "video/x-m4v": "video/mp4", "video/matroska": "video/x-matroska", "audio/matroska": "audio/x-matroska",
  "audio/x-wav": "audio/wav", "audio/wave": "audio/wav", "audio/vnd.wave": "audio/wav", "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg",
  "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/x-m4b": "audio/mp4", "audio/x-aac": "audio/aac", "audio/aacp": "audio/aac", "audio/vnd.dlna.adts": "audio/aac",
  "audio/opus": "audio/ogg", "application/ogg": "audio/ogg", "audio/x-flac": "audio/flac", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg",
};
/** What is announced where nobody knows what a file is: its name's ending tells then. */
const UNTOLD = new Set(["application/octet-stream", "binary/octet-stream"]);

/** The type of a file as we call it, by what it was announced as and its name; null for what nobody may bring. What is in it decides once it has arrived. */
export function typeAnnounced({ contentType, filename }: { contentType: string; filename: string }): string | null {
  const [bare = ""] = contentType.toLowerCase().split(";");
  const announced = bare.trim();
  if (UNTOLD.has(announced)) {
    const [, ending = ""] = /\.([^.]+)$/.exec(filename.toLowerCase()) ?? [];
    return uploadableTypes.find((type) => brought[type]?.includes(ending)) ?? null;
  }
  const type = Object.hasOwn(aliases, announced) ? aliases[announced] : announced;
  return type !== undefined && isBroughtType(type) ? type : null;
}

export const isBroughtType = (text: string): boolean => uploadableTypes.includes(text);

/** The outside does not tell which of these a file is, nor whether there is a picture in it: that much is as it was announced, and `ingest` finds out. */
const MATROSKA = new Set(["video/x-matroska", "video/webm", "audio/x-matroska", "audio/webm"]);
const kindOf = (type: string): string => type.split("/")[0] ?? "";

/** Whether what was found in a file may be what it was announced as. */
export const mayBe = (announced: string, found: { kind: string; contentType: string }): boolean =>
  MATROSKA.has(found.contentType) ? ["video", "audio"].includes(kindOf(announced)) : found.kind === kindOf(announced);

/** What an upload is, by what was found in it. */
export function typeFound(announced: string, found: string): string {
  if (MATROSKA.has(found)) return MATROSKA.has(announced) ? announced : `${kindOf(announced)}/x-matroska`;
  return isBroughtType(found) ? found : announced;
}

/** The kind of assets that people brought, and where they lie. They are never served to people as they are. */
export const UPLOAD_KIND = "upload";
export const UPLOAD_PREFIX = "uploads/";
/** Where people may write, for as long as their address works. Nothing is ever served from here, and the bucket forgets it after a week. */
export const ARRIVING_PREFIX = "arriving/";

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
