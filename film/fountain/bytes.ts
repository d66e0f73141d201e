/** The most that a script may weigh, in bytes. */
export const SCRIPT_BYTES_MAX = 2 * 1024 * 1024;

/** Why bytes are no script: what is wrong, in words for the person who sent it, and where (byte offset) if there is a place. */
export interface ScriptProblem {
  code: "too_large" | "empty" | "binary" | "encoding";
  detail: string;
  offset: number | null;
}

export type ScriptBytes = { ok: true; text: string } | { ok: false; problem: ScriptProblem };

const refuse = (code: ScriptProblem["code"], detail: string, offset: number | null = null): ScriptBytes => ({ ok: false, problem: { code, detail, offset } });

/** Formats that people send by mistake, by their first bytes. */
const FOREIGN: [magic: string, name: string][] = [
  ["%PDF", "a PDF"],
  ["PK\u0003\u0004", "a Word, Pages or zip file"],
  ["\u00d0\u00cf\u0011\u00e0", "an old Word file"],
  ["{\\rtf", "an RTF file"],
];

/**
 * Decodes an uploaded script: UTF-8, with or without byte order mark (which stays in the text, so that the bytes can be given back), or
 * UTF-16 with one. Anything else is refused with what is wrong and where.
 */
export function checkScriptBytes(bytes: Uint8Array): ScriptBytes {
  if (bytes.length > SCRIPT_BYTES_MAX) return refuse("too_large", `The script is ${(bytes.length / 1024 / 1024).toFixed(1)} MB; at most 2 MB are read. Split it into parts.`);
  const begin = String.fromCharCode(...bytes.subarray(0, 8));
  const foreign = FOREIGN.find(([magic]) => begin.startsWith(magic));
  if (foreign) return refuse("binary", `This is ${foreign[1]}, not text. Export the script as .fountain, .txt or .md.`, 0);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(bytes, "little");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes, "big");
  const nul = bytes.indexOf(0);
  if (nul >= 0) return refuse("binary", `Byte ${nul} is zero, so this is not text. Export the script as .fountain, .txt or .md.`, nul);
  const wrong = invalidUtf8At(bytes);
  if (wrong >= 0) {
    const line = countBreaks(bytes, wrong) + 1;
    return refuse("encoding", `Byte ${wrong}, in line ${line}, is not UTF-8. Save the script again with the encoding UTF-8.`, wrong);
  }
  return nonEmpty(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

const nonEmpty = (text: string): ScriptBytes => (text.replace("\ufeff", "").trim() === "" ? refuse("empty", "There is nothing in it yet. Write or paste a script.") : { ok: true, text });

function utf16(bytes: Uint8Array, order: "little" | "big"): ScriptBytes {
  if (bytes.length % 2 === 1) return refuse("encoding", `The text is UTF-16, but its last byte (${bytes.length - 1}) is half a character. Save it again as UTF-8.`, bytes.length - 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: string[] = [];
  for (let at = 2; at < bytes.length; at += 8192) {
    const units: number[] = [];
    for (let unit = at; unit < Math.min(bytes.length, at + 8192); unit += 2) {
      const value = view.getUint16(unit, order === "little");
      if (value === 0) return refuse("binary", `Byte ${unit} begins a zero character, so this is not text.`, unit);
      units.push(value);
    }
    chunks.push(String.fromCharCode(...units));
  }
  const text = chunks.join("");
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  return lone ? refuse("encoding", `Byte ${2 + lone.index * 2} is half a character of UTF-16. Save the script again as UTF-8.`, 2 + lone.index * 2) : nonEmpty(text);
}

/** Offset of the first byte that no well-formed UTF-8 has there, or -1. */
function invalidUtf8At(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Length of the well-formed sequence at an offset, or 0. Overlong forms, surrogates and what lies beyond U+10FFFF are not well formed. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (length === 0 || second < low || second > high) return 0;
  for (let index = 2; index < length; index += 1) {
    const next = bytes[at + index] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}

function countBreaks(bytes: Uint8Array, before: number): number {
  let count = 0;
  for (let at = 0; at < before; at += 1) if (bytes[at] === 10) count += 1;
  return count;
}
