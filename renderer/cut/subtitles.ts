import { readFileSync } from "node:fs";
import { InputError } from "../model.ts";

/** A caption on the film's time, in milliseconds. */
export interface Cue {
  startMs: number;
  endMs: number;
  text: string;
}

const MOST_BYTES = 4 * 1024 * 1024;

/** The cues of a WebVTT file, in order; tags are dropped, since an MP4 text track has none. */
export function readCues(path: string): Cue[] {
  const bytes = readFileSync(path);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  if (bytes.length > MOST_BYTES || !text.startsWith("WEBVTT")) throw new InputError("the captions are not a WebVTT file");
  const cues = text.split(/\r?\n(?:[ \t]*\r?\n)+/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const at = lines.findIndex((line) => line.includes("-->"));
    const times = /^\s*((?:\d+:)?\d\d:\d\d\.\d{3})\s+-->\s+((?:\d+:)?\d\d:\d\d\.\d{3})/.exec(lines[at] ?? "");
    if (!times) return [];
    const body = lines.slice(at + 1).join("\n").replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").trim();
    return body === "" ? [] : [{ startMs: toMs(times[1] ?? ""), endMs: toMs(times[2] ?? ""), text: body }];
  });
  return oneAtATime(cues.filter((cue) => cue.endMs > cue.startMs));
}

/** An MP4 text track shows one text at a time: where captions are up together, their texts share one. */
function oneAtATime(cues: Cue[]): Cue[] {
  const times = [...new Set(cues.flatMap((cue) => [cue.startMs, cue.endMs]))].sort((a, b) => a - b);
  const starting = [...cues].sort((a, b) => a.startMs - b.startMs);
  const single: Cue[] = [];
  let up: Cue[] = [];
  let next = 0;
  for (const [n, startMs] of times.entries()) {
    up = up.filter((cue) => cue.endMs > startMs);
    for (let cue = starting[next]; cue && cue.startMs <= startMs; cue = starting[(next += 1)]) up.push(cue);
    const endMs = times[n + 1];
    if (up.length === 0 || endMs === undefined) continue;
    const text = up.map((cue) => cue.text).join("\n");
    const before = single.at(-1);
    if (before?.text === text && before.endMs === startMs) before.endMs = endMs;
    else single.push({ startMs, endMs, text });
  }
  return single;
}

function toMs(time: string): number {
  const [seconds = "0", minutes = "0", hours = "0"] = time.split(":").reverse();
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}

/** One sample of a `tx3g` track: length and text. */
export function textSample(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8").subarray(0, 65_535);
  const sample = Buffer.alloc(2 + bytes.length);
  sample.writeUInt16BE(bytes.length);
  bytes.copy(sample, 2);
  return sample;
}

/** The description of a `tx3g` track: white text in one font, centred at the bottom. */
export function textHeader(): Buffer {
  const font = Buffer.from("Sans-Serif", "latin1");
  const header = Buffer.alloc(43 + font.length);
  header.writeUInt32BE(0, 0);
  header.writeInt8(1, 4);
  header.writeInt8(-1, 5);
  header.writeUInt16BE(1, 22);
  header.writeUInt8(18, 25);
  header.writeUInt32BE(0xffffffff, 26);
  header.writeUInt32BE(13 + font.length, 30);
  header.write("ftab", 34, "latin1");
  header.writeUInt16BE(1, 38);
  header.writeUInt16BE(1, 40);
  header.writeUInt8(font.length, 42);
  font.copy(header, 43);
  return header;
}

const THREE_LETTERS: Record<string, string> = { ar: "ara", de: "deu", el: "ell", en: "eng", es: "spa", fr: "fra", he: "heb", hi: "hin", it: "ita", ja: "jpn", ko: "kor", nl: "nld", pl: "pol", pt: "por", ru: "rus", sv: "swe", tr: "tur", uk: "ukr", zh: "zho" };

/** MP4's three letters for a language tag; `und` where they are not known. */
export const mp4Language = (tag: string): string => THREE_LETTERS[tag.toLowerCase().split("-", 1)[0] ?? ""] ?? "und";
