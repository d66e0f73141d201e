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
  const woven: Writer | null = line.pieces && { tokens: [] };
  const span: Placing = { writer: woven ?? writer, line, element, content, place: woven && placer(line) };
  let at = 0;
  for (const { kind, from, to } of parts) {
    if (from > at) put(span, "space", at, from, 0);
    if (kind === "content") emitContent(span, from, to);
    else put(span, kind, from, to, 0);
    at = to;
  }
  if (line.text.length > at) put(span, "space", at, line.text.length, 0);
  if (woven) weave(writer, line, woven.tokens);
  push(writer, { kind: "newline", start: line.end, end: line.next, element: null });
  return content;
}

/** Where the tokens of one line go, and what it says so far. */
interface Placing {
  writer: Writer;
  line: Line;
  element: ElementType | null;
  content: Content;
  /** Null where the line is one piece. */
  place: ((from: number, to: number) => [number, number][]) | null;
}

/** Splits what may hold emphasis by it. */
function emitContent(placing: Placing, from: number, to: number): void {
  const { content, line } = placing;
  const text = line.text.slice(from, to);
  for (const { kind, from: start, to: end, style } of readEmphasis(text)) {
    if (kind === "text") content.text += text.slice(start, end);
    put(placing, kind, from + start, from + end, style);
  }
}

/** Writes a stretch of a line's text; where comments were taken out of it, in as many tokens as there are pieces. */
function put({ writer, line, element, content, place }: Placing, kind: TokenKind, from: number, to: number, style: number): void {
  const add = (start: number, end: number) => {
    push(writer, { kind, start, end, element });
    if (style !== 0) content.styles.push({ start, end, ...styleNames(style) });
  };
  if (!place) add(line.start + from, line.start + to);
  else for (const [start, end] of place(from, to)) add(start, end);
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
