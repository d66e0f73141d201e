import type { Comment } from "./document.ts";
import { lookahead } from "./lookahead.ts";

/** A line break followed by a line of at most one space: what ends a paragraph, and with it a note. */
const PARAGRAPH_END = /(?:\r\n|\n|\r(?!\n))[ \t]?(?=[\r\n])/g;

/**
 * All notes and boneyards of a text, in order, none within another. What is never closed is no comment, and a note does not
 * run over an empty line unless that line holds two spaces.
 */
export function findComments(text: string): Comment[] {
  const comments: Comment[] = [];
  const boneyardOpen = lookahead((from) => text.indexOf("/*", from));
  const boneyardClose = lookahead((from) => text.indexOf("*/", from));
  const noteOpen = lookahead((from) => text.indexOf("[[", from));
  const noteClose = lookahead((from) => text.indexOf("]]", from));
  const paragraphEnd = lookahead((from) => {
    PARAGRAPH_END.lastIndex = from;
    return PARAGRAPH_END.exec(text)?.index ?? -1;
  });

  let at = 0;
  while (true) {
    const note = noteOpen(at);
    const boneyard = boneyardOpen(at);
    const start = Math.min(note, boneyard);
    if (start === Number.POSITIVE_INFINITY) return comments;
    const kind = start === note ? "note" : "boneyard";
    const close = kind === "note" ? noteClose(start + 2) : boneyardClose(start + 2);
    if (close === Number.POSITIVE_INFINITY || (kind === "note" && paragraphEnd(start) < close)) {
      at = start + 2;
      continue;
    }
    at = close + 2;
    comments.push({ kind, start, end: at, text: text.slice(start + 2, close) });
  }
}
