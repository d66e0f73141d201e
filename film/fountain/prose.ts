import { type Part, type Shape, type Surroundings, classify, looksLikeHeading } from "./classify.ts";
import type { ElementType, FountainDocument } from "./document.ts";
import type { Line } from "./lines.ts";
import { parseFountain, parseLines } from "./parse.ts";

const RULE = /^(?:-{3,}|\*{3,}|_{3,}|\*(?: \*){2,}|#)$/;
const NARRATOR_LABEL = /^(?:narrator|narration|voice[- ]?over|v\.?\/?o\.?|voice)(?: \([^()]{0,30}\))?\s*:\s*/i;
const CHAPTER_WORDS_MAX = 8;

/**
 * Reads plain text. A text with scene headings or several speeches is a screenplay; anything else is prose: every paragraph is narration,
 * but for stage directions in brackets, which are action, and short lines that stand alone, which are sections.
 */
export function parsePlainText(text: string): FountainDocument {
  return isScreenplay(text) ? parseFountain(text) : parseLines(text, { classifier: (line, around) => prose(line.text, around), titlePage: false });
}

/** Reads Markdown: headings that look like scene headings are those, the others sections; the rest is read as in plain text. */
export function parseMarkdown(text: string): FountainDocument {
  const screenplay = isScreenplay(text);
  return parseLines(text, { classifier: (line, around) => markdown(line, { around, screenplay }), titlePage: screenplay });
}

const ANY_HEADING = /(?:^|\n|\r)[ \t]*(?:#{1,6}[ \t]*)?[*_]{0,4}(?:INT\.?\/EXT|EXT\.?\/INT|INT|EXT|EST|I\.?\/E)\. ?\S/;

/** Scene headings, or at least two cues with their speech. */
function isScreenplay(text: string): boolean {
  if (ANY_HEADING.test(text)) return true;
  let cues = 0;
  for (const element of parseFountain(text).elements) {
    if (element.type === "character" && element.name.length <= 40) cues += 1;
  }
  return cues >= 2;
}

function bounds(text: string): { from: number; to: number; body: string } {
  const from = text.length - text.trimStart().length;
  const to = Math.max(from, text.trimEnd().length);
  return { from, to, body: text.slice(from, to) };
}

/** A line whose first characters are a mark. */
function after(type: ElementType, { from, to, length }: { from: number; to: number; length: number }): Shape {
  const parts: Part[] = length > 0 ? [{ kind: "mark", from, to: from + length }] : [];
  if (from + length < to) parts.push({ kind: "content", from: from + length, to });
  return { type, parts };
}

function prose(text: string, around: Surroundings): Shape {
  const { from, to, body } = bounds(text);
  if (RULE.test(body)) return { type: "page-break", parts: [{ kind: "mark", from, to }] };
  const last = body[body.length - 1];
  if (body.length > 1 && ((body[0] === "[" && last === "]") || (body[0] === "(" && last === ")"))) {
    return { type: "action", parts: [{ kind: "mark", from, to: from + 1 }, { kind: "content", from: from + 1, to: to - 1 }, { kind: "mark", from: to - 1, to }] };
  }
  const label = NARRATOR_LABEL.exec(body.slice(0, 80))?.[0].length ?? 0;
  if (label > 0) return after("narration", { from, to, length: label });
  if (around.afterBlank && around.beforeBlank && isChapter(body)) return { ...after("section", { from, to, length: 0 }), depth: 1 };
  return after("narration", { from, to, length: 0 });
}

/** A short line without a sentence's end, beginning with a capital or a digit. */
function isChapter(body: string): boolean {
  return body.length <= 60 && /^[\p{Lu}\p{N}]/u.test(body) && !/[.!?:;,"”'…]$/.test(body) && body.split(/\s+/).length <= CHAPTER_WORDS_MAX;
}

const LIST_MARK = /^(?:[-+*]|\d{1,3}[.)])\s+/;
const QUOTE_MARK = /^(?:>\s*)+/;
const BOLD_CUE = /^\*\*[^*\p{Ll}]{1,60}\*\*$/u;

function markdown(line: Line, { around, screenplay }: { around: Surroundings; screenplay: boolean }): Shape {
  const { from, to, body } = bounds(line.text);
  if (RULE.test(body) && !around.inDialogue) return { type: "page-break", parts: [{ kind: "mark", from, to }] };
  const hashes = /^#{1,6}(?=\s|\p{L})/u.exec(body)?.[0].length ?? 0;
  if (hashes > 0 && !around.inDialogue) {
    const title = body.slice(hashes).trimStart();
    if (!looksLikeHeading(title)) return { ...after("section", { from, to, length: hashes }), depth: hashes };
    return after("scene-heading", { from, to, length: hashes });
  }
  if (!screenplay) {
    const mark = (QUOTE_MARK.exec(body) ?? LIST_MARK.exec(body))?.[0].length ?? 0;
    return mark > 0 ? after("narration", { from, to, length: mark }) : prose(line.text, { ...around, beforeBlank: false });
  }
  if (!around.inDialogue && around.afterBlank && !around.beforeBlank && BOLD_CUE.test(body) && /\p{Lu}/u.test(body)) {
    const inner = classify(body.slice(2, -2), around);
    if (inner.type === "character") return { ...inner, parts: [{ kind: "mark", from, to: from + 2 }, ...shift(inner.parts, from + 2), { kind: "mark", from: to - 2, to }] };
  }
  return classify(line.text, around);
}

const shift = (parts: Part[], by: number): Part[] => parts.map((part) => ({ ...part, from: part.from + by, to: part.to + by }));
