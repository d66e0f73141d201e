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
  comments: readonly Comment[];
  /** Holds nothing but comments: it neither separates nor interrupts. */
  commentOnly: boolean;
  blank: boolean;
}

/** Most lines have none: they share it. */
const NO_COMMENTS: readonly Comment[] = [];

/**
 * The lines of a text, made as they are asked for: a script of a megabyte has hundreds of thousands, and few matter at a time.
 * The last line has no break; a text that ends with a break has no empty line after it.
 */
export class Lines {
  readonly #text: string;
  readonly #comments: Comment[];
  readonly #feed: (from: number) => number;
  readonly #carriage: (from: number) => number;
  /** Where the next line that was not yet made begins, and the first comment in or after it. */
  #at: number;
  #comment = 0;
  /** Lines that were looked at and not yet taken: those from `#first` on. */
  #ahead: Line[] = [];
  #first = 0;
  #taken = 0;
  #visible = 0;

  constructor(text: string, comments: Comment[], from: number) {
    this.#text = text;
    this.#comments = comments;
    this.#at = from;
    this.#feed = lookahead((position) => text.indexOf("\n", position));
    this.#carriage = lookahead((position) => text.indexOf("\r", position));
  }

  /** Looks at a line without taking it; 0 is the next one. */
  peek(index: number): Line | undefined {
    while (this.#ahead.length - this.#first <= index) {
      const line = this.#make();
      if (!line) return undefined;
      this.#ahead.push(line);
    }
    return this.#ahead[this.#first + index];
  }

  take(): Line | undefined {
    const line = this.peek(0);
    this.#taken += 1;
    this.#first += 1;
    if (this.#first === this.#ahead.length) {
      this.#ahead = [];
      this.#first = 0;
    }
    return line;
  }

  /** The next line that is not all comment. Looks at each line once, however often it is asked. */
  nextVisible(): Line | undefined {
    if (this.#visible < this.#taken) this.#visible = this.#taken;
    while (this.peek(this.#visible - this.#taken)?.commentOnly) this.#visible += 1;
    return this.peek(this.#visible - this.#taken);
  }

  #make(): Line | undefined {
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return undefined;
    let inside: Comment[] | undefined;
    let scan = start;
    let end = text.length;
    let next = text.length;
    while (true) {
      end = Math.min(this.#feed(scan), this.#carriage(scan), text.length);
      next = Math.min(text.length, end + (this.#carriage(scan) === end && this.#feed(scan) === end + 1 ? 2 : 1));
      const before = this.#comment;
      for (let comment = this.#comments[before]; comment && comment.start < end; comment = this.#comments[this.#comment]) {
        (inside ??= []).push(comment);
        this.#comment += 1;
      }
      const last = this.#comments[this.#comment - 1];
      if (this.#comment === before || !last || last.end <= end) break;
      scan = last.end;
    }
    this.#at = next;
    return inside ? withoutComments(text, { start, end, next }, inside) : plainLine(text, start, end, next);
  }
}

function plainLine(text: string, start: number, end: number, next: number): Line {
  const content = text.slice(start, end);
  return { start, end, next, text: content, pieces: null, comments: NO_COMMENTS, commentOnly: false, blank: content.trim() === "" };
}

function withoutComments(text: string, range: { start: number; end: number; next: number }, comments: Comment[]): Line {
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
