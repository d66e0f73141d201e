import type { Part } from "./classify.ts";
import type { ElementType, StyledRange, Token, TokenKind } from "./document.ts";
import { readEmphasis, styleNames } from "./emphasis.ts";
import type { Line } from "./lines.ts";

/** What a line says once marks are taken out, and which of it is emphasised. */
export interface Content {
  text: string;
  styles: StyledRange[];
}

/** Writes tokens so that they tile the text: each call continues where the last one ended. */
export interface Writer {
  tokens: Token[];
}

function push(writer: Writer, token: Token): void {
  if (token.end === token.start) return;
  const last = writer.tokens[writer.tokens.length - 1];
  if (token.kind === "newline" && last?.kind === "newline") last.end = token.end;
  else writer.tokens.push(token);
}

/** Tokens of a line that holds no element. */
export function emitLayout(writer: Writer, line: Line): void {
  if (line.comments.length > 0 || line.text !== "") emitLine(writer, line, { element: null, parts: [] });
  else push(writer, { kind: "newline", start: line.end, end: line.next, element: null });
}

/** Tokens of a line and of its break; answers what the line says. */
export function emitLine(writer: Writer, line: Line, { element, parts }: { element: ElementType | null; parts: Part[] }): Content {
  const content: Content = { text: "", styles: [] };
  const whole = line.pieces === null;
  const place = placer(line);
  const emitted: Token[] = [];
  visit(line.text, parts, (span) => {
    if (span.content && span.kind === "text") content.text += line.text.slice(span.from, span.to);
    const add = (start: number, end: number) => {
      const token = { kind: span.kind, start, end, element };
      if (whole) push(writer, token);
      else emitted.push(token);
      if (span.style !== 0) content.styles.push({ start, end, ...styleNames(span.style) });
    };
    if (whole) add(line.start + span.from, line.start + span.to);
    else for (const [start, end] of place(span.from, span.to)) add(start, end);
  });
  if (!whole) weave(writer, line, emitted);
  push(writer, { kind: "newline", start: line.end, end: line.next, element: null });
  return content;
}

interface Refined {
  kind: TokenKind;
  from: number;
  to: number;
  style: number;
  content: boolean;
}

/** Fills the gaps between parts with layout, and splits content by emphasis. */
function visit(text: string, parts: Part[], each: (span: Refined) => void): void {
  let at = 0;
  for (const { kind, from, to } of parts) {
    if (from > at) each({ kind: "space", from: at, to: from, style: 0, content: false });
    if (kind !== "content") each({ kind, from, to, style: 0, content: false });
    else for (const span of readEmphasis(text.slice(from, to))) each({ kind: span.kind, from: from + span.from, to: from + span.to, style: span.style, content: true });
    at = to;
  }
  if (text.length > at) each({ kind: "space", from: at, to: text.length, style: 0, content: false });
}

/** Translates ranges of a line's text, asked in order, into ranges of the source. */
function placer(line: Line): (from: number, to: number) => [number, number][] {
  const pieces = line.pieces ?? [line.start, line.end];
  let piece = 0;
  let before = 0;
  return (from, to) => {
    const ranges: [number, number][] = [];
    let at = from;
    while (at < to) {
      const start = pieces[piece] ?? line.end;
      const end = pieces[piece + 1] ?? line.end;
      const length = end - start;
      if (at >= before + length) {
        before += length;
        piece += 2;
        if (piece >= pieces.length) return ranges;
        continue;
      }
      const upTo = Math.min(to, before + length);
      ranges.push([start + at - before, start + upTo - before]);
      at = upTo;
    }
    return ranges;
  };
}

/** Puts a line's comments between its tokens. */
function weave(writer: Writer, line: Line, emitted: Token[]): void {
  let index = 0;
  for (const comment of line.comments) {
    for (let token = emitted[index]; token && token.start < comment.start; token = emitted[index]) {
      push(writer, token);
      index += 1;
    }
    push(writer, { kind: comment.kind, start: comment.start, end: comment.end, element: null });
  }
  for (; index < emitted.length; index += 1) {
    const token = emitted[index];
    if (token) push(writer, token);
  }
}
