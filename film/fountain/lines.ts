import type { Comment } from "./document.ts";
import { lookahead } from "./lookahead.ts";

/**
 * A line as the syntax sees it: comments taken out, so that a note or boneyard over several lines joins what stands before and after it.
 * `pieces` are the source ranges of `text`, flat `[start, end, …]`; null where the line is one piece.
 */
export interface Line {
  start: number;
  /** End of the content, before the line break. */
  end: number;
  /** End of the line break. */
  next: number;
  text: string;
  pieces: number[] | null;
  comments: Comment[];
  /** Holds nothing but comments: it neither separates nor interrupts. */
  commentOnly: boolean;
  blank: boolean;
}

/** Splits a text into lines. The last line has no break; a text that ends with a break has no empty line after it. */
export function splitLines(text: string, comments: Comment[], from: number): Line[] {
  const lines: Line[] = [];
  const feed = lookahead((position) => text.indexOf("\n", position));
  const carriage = lookahead((position) => text.indexOf("\r", position));
  let index = 0;
  let at = from;
  while (at < text.length) {
    const inside: Comment[] = [];
    let scan = at;
    let end = text.length;
    let next = text.length;
    while (true) {
      end = Math.min(feed(scan), carriage(scan), text.length);
      next = Math.min(text.length, end + (carriage(scan) === end && feed(scan) === end + 1 ? 2 : 1));
      const before = inside.length;
      for (let comment = comments[index]; comment && comment.start < end; comment = comments[index]) {
        inside.push(comment);
        index += 1;
      }
      const last = inside[inside.length - 1];
      if (inside.length === before || !last || last.end <= end) break;
      scan = last.end;
    }
    lines.push(lineOf(text, { start: at, end, next }, inside));
    at = next;
  }
  return lines;
}

function lineOf(text: string, range: { start: number; end: number; next: number }, comments: Comment[]): Line {
  if (comments.length === 0) {
    const content = text.slice(range.start, range.end);
    return { ...range, text: content, pieces: null, comments, commentOnly: false, blank: content.trim() === "" };
  }
  const pieces: number[] = [];
  let visible = "";
  let at = range.start;
  for (const comment of comments) {
    if (comment.start > at) {
      pieces.push(at, comment.start);
      visible += text.slice(at, comment.start);
    }
    at = comment.end;
  }
  if (range.end > at) {
    pieces.push(at, range.end);
    visible += text.slice(at, range.end);
  }
  const empty = visible.trim() === "";
  return { ...range, text: visible, pieces, comments, commentOnly: empty, blank: false };
}
