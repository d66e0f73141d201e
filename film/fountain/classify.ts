import type { ElementType, TokenKind } from "./document.ts";

/** A stretch of a line; what lies between two parts is layout. `content` is the text that may hold emphasis. */
export interface Part {
  kind: TokenKind | "content";
  from: number;
  to: number;
}

/** What a line is, and where in it everything stands. */
export interface Shape {
  type: ElementType;
  parts: Part[];
  /** Of a scene heading. */
  number?: string;
  /** Of a section. */
  depth?: number;
  /** Of a character. */
  name?: string;
  extensions?: string[];
  dual?: boolean;
}

/** What stands around a line, comments left out of account. */
export interface Surroundings {
  afterBlank: boolean;
  beforeBlank: boolean;
  /** The next line is a synopsis or section, which may follow a heading directly. */
  beforeOutline: boolean;
  inDialogue: boolean;
}

const HEADING = /^[*_]{0,4}(?:INT\.?\/EXT|EXT\.?\/INT|INT|EXT|EST|I\.?\/E)[. ]/i;
const LOWER = /\p{Ll}/u;
const UPPER = /\p{Lu}/u;
const ALPHANUMERIC = /^[\p{L}\p{N}]/u;
const SCENE_NUMBER = /^[\p{L}\p{N}.-]{1,40}$/u;
const PAGE_BREAK = /^={3,}$/;

/** True where a line's text begins as scene headings do, whatever stands around it. */
export const looksLikeHeading = (text: string) => HEADING.test(text);

/** Names one line that is neither blank nor all comment. The text is without comments. */
export function classify(text: string, around: Surroundings): Shape {
  const from = text.length - text.trimStart().length;
  const to = text.trimEnd().length;
  const body = text.slice(from, to);
  if (PAGE_BREAK.test(body)) return { type: "page-break", parts: [{ kind: "mark", from, to }] };
  if (around.inDialogue) return speech(body, { from, to });
  return forced(body, { from, to, text, around }) ?? natural(body, { from, to, text, around }) ?? { type: "action", parts: [{ kind: "content", from: 0, to }] };
}

/** Within a speech, everything is spoken but parentheticals and lyrics. A blank line of two spaces is part of it. */
function speech(body: string, { from, to }: { from: number; to: number }): Shape {
  if (body.startsWith("~")) return marked("lyrics", { from, to, opening: 1 });
  if (body.length > 1 && body.startsWith("(") && body.endsWith(")")) return marked("parenthetical", { from, to, opening: 1, closing: 1 });
  return { type: "dialogue", parts: from < to ? [{ kind: "content", from, to }] : [] };
}

interface Place {
  from: number;
  to: number;
  text: string;
  around: Surroundings;
}

/** Elements that a character at the beginning of the line asks for. */
function forced(body: string, { from, to, text, around }: Place): Shape | null {
  const isolated = around.afterBlank && (around.beforeBlank || around.beforeOutline);
  switch (body[0]) {
    case "!":
      return { type: "action", parts: [{ kind: "mark", from, to: from + 1 }, { kind: "content", from: from + 1, to: text.trimEnd().length }] };
    case "#": {
      const depth = /^#+/.exec(body)?.[0].length ?? 1;
      return { ...marked("section", { from, to, opening: depth }), depth };
    }
    case "=":
      return marked("synopsis", { from, to, opening: 1 });
    case "~":
      return marked("lyrics", { from, to, opening: 1 });
    case ">":
      return body.length > 1 && body.endsWith("<") ? marked("centered", { from, to, opening: 1, closing: 1 }) : marked("transition", { from, to, opening: 1 });
    case "@":
      return around.afterBlank && ALPHANUMERIC.test(body.slice(1).trimStart()) ? cue(body, { from, forced: true }) : null;
    case ".":
      return isolated && ALPHANUMERIC.test(body.slice(1)) ? heading(body, { from, opening: 1 }) : null;
    default:
      return null;
  }
}

/** Elements that are known by how they look and what stands around them. */
function natural(body: string, { from, text, around }: Place): Shape | null {
  if (!around.afterBlank) return null;
  if (HEADING.test(body) && (around.beforeBlank || around.beforeOutline || !LOWER.test(body))) return heading(body, { from, opening: 0 });
  if (LOWER.test(body) && !body.includes("(")) return null;
  const upper = UPPER.test(body);
  if (upper && around.beforeBlank && text.endsWith("TO:") && !LOWER.test(body)) return marked("transition", { from, to: from + body.length, opening: 0 });
  if (upper && !around.beforeBlank) return cue(body, { from, forced: false });
  return null;
}

/** A line with marks of fixed length before and after its content, layout between them left out. */
function marked(type: ElementType, { from, to, opening, closing = 0 }: { from: number; to: number; opening: number; closing?: number }): Shape {
  const parts: Part[] = [];
  if (opening > 0) parts.push({ kind: "mark", from, to: from + opening });
  if (from + opening < to - closing) parts.push({ kind: "content", from: from + opening, to: to - closing });
  if (closing > 0) parts.push({ kind: "mark", from: to - closing, to });
  return { type, parts };
}

function heading(body: string, { from, opening }: { from: number; opening: number }): Shape {
  const to = from + body.length;
  const hash = body.endsWith("#") ? body.lastIndexOf("#", body.length - 2) : -1;
  const number = hash > opening ? body.slice(hash + 1, -1) : "";
  if (!SCENE_NUMBER.test(number)) return marked("scene-heading", { from, to, opening });
  const shape = marked("scene-heading", { from, to: from + hash, opening });
  shape.parts.push({ kind: "mark", from: from + hash, to: from + hash + 1 }, { kind: "scene-number", from: from + hash + 1, to: to - 1 }, { kind: "mark", from: to - 1, to });
  return { ...shape, number };
}

/** A cue: `NAME (extension) (another) ^`. Null where it is none: an unforced name has no lower-case letter, and at least one letter. */
function cue(body: string, { from, forced: isForced }: { from: number; forced: boolean }): Shape | null {
  const opening = isForced ? 1 : 0;
  const dual = body.endsWith("^");
  const end = dual ? body.slice(0, -1).trimEnd().length : body.length;
  const paren = body.indexOf("(", opening);
  const nameEnd = paren < 0 || paren >= end ? end : paren;
  const raw = body.slice(opening, nameEnd);
  const name = raw.trim();
  if (name === "" || (!isForced && (LOWER.test(name) || !UPPER.test(name)))) return null;
  const parts: Part[] = [];
  if (isForced) parts.push({ kind: "mark", from, to: from + 1 });
  const nameFrom = from + opening + (raw.length - raw.trimStart().length);
  parts.push({ kind: "text", from: nameFrom, to: nameFrom + name.length });
  const extensions: string[] = [];
  let at = nameEnd;
  while (at < end) {
    if (body[at] === "(") {
      const close = body.indexOf(")", at);
      if (close < 0 || close >= end) return null;
      parts.push({ kind: "extension", from: from + at, to: from + close + 1 });
      extensions.push(body.slice(at + 1, close).trim());
      at = close + 1;
    } else if (/\s/.test(body[at] ?? "")) at += 1;
    else return null;
  }
  if (dual) parts.push({ kind: "mark", from: from + body.length - 1, to: from + body.length });
  return { type: "character", parts, name, extensions, dual };
}
