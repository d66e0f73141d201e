/** Styles as bits, so that runs may overlap. */
const ITALIC = 1;
const BOLD = 2;
const UNDERLINE = 4;

/** A stretch of one line: its text, and whether it is a mark that is not read. */
export interface Span {
  kind: "text" | "emphasis" | "escape";
  from: number;
  to: number;
  style: number;
}

/** A mark in its line's order; it counts once it has found its partner, or if it is an escape. */
interface Mark {
  from: number;
  to: number;
  kind: "emphasis" | "escape";
  style: number;
  counts: boolean;
}

const MARKED = /[*_\\]/;
const isSpace = (char: string | undefined) => char === undefined || char === " " || char === "\t" || char === "\n" || (char > "\u007f" && /\s/.test(char));

/**
 * Reads the emphasis of one line: `*italic*`, `**bold**`, `***both***`, `_underline_`, `\*` for the character itself. A mark opens where no
 * space follows it and closes where none stands before it; what finds no partner on its line is plain text. Linear in the line's length.
 */
export function readEmphasis(line: string): Span[] {
  if (!MARKED.test(line)) return line === "" ? [] : [{ kind: "text", from: 0, to: line.length, style: 0 }];
  const spans: Span[] = [];
  let at = 0;
  let style = 0;
  for (const mark of findMarks(line)) {
    if (!mark.counts) continue;
    if (mark.from > at) spans.push({ kind: "text", from: at, to: mark.from, style });
    spans.push({ kind: mark.kind, from: mark.from, to: mark.to, style: 0 });
    style ^= mark.style;
    at = mark.to;
  }
  if (at < line.length) spans.push({ kind: "text", from: at, to: line.length, style });
  return spans;
}

/** The bits of a style as names. */
export function styleNames(style: number): { bold: boolean; italic: boolean; underline: boolean } {
  return { bold: (style & BOLD) !== 0, italic: (style & ITALIC) !== 0, underline: (style & UNDERLINE) !== 0 };
}

/** Marks so far, and for each style the last one that may open it. */
interface Reading {
  marks: Mark[];
  open: (Mark | undefined)[];
}

function findMarks(line: string): Mark[] {
  const reading: Reading = { marks: [], open: [] };
  let at = 0;
  while (at < line.length) {
    const char = line[at];
    const following = line[at + 1];
    if (char === "\\" && (following === "*" || following === "_" || following === "\\")) {
      reading.marks.push({ from: at, to: at + 1, kind: "escape", style: 0, counts: true });
      at += 2;
    } else if (char === "*" || char === "_") {
      let end = at + 1;
      while (line[end] === char) end += 1;
      const run = { from: at, to: end, canOpen: !isSpace(line[end]), canClose: !isSpace(line[at - 1]) };
      if (char === "*") star(reading, run);
      else if (end - at === 1) toggle(reading, { ...run, style: UNDERLINE });
      at = end;
    } else at += 1;
  }
  return reading.marks;
}

interface Run {
  from: number;
  to: number;
  canOpen: boolean;
  canClose: boolean;
}

function toggle({ marks, open }: Reading, { from, to, canOpen, canClose, style }: Run & { style: number }): void {
  const opening = open[style];
  const mark: Mark = { from, to, kind: "emphasis", style, counts: false };
  if (opening && canClose) {
    opening.counts = true;
    mark.counts = true;
    open[style] = undefined;
  } else if (canOpen) open[style] = mark;
  else return;
  marks.push(mark);
}

/** Three stars are two for bold and one for italic: bold outside when they open both, inside out when they close. */
function star(reading: Reading, run: Run): void {
  const length = run.to - run.from;
  if (length === 1) toggle(reading, { ...run, style: ITALIC });
  else if (length === 2) toggle(reading, { ...run, style: BOLD });
  else if (length === 3) {
    const italicFirst = run.canClose && (reading.open[ITALIC]?.from ?? -1) > (reading.open[BOLD]?.from ?? -1);
    const cut = run.from + (italicFirst ? 1 : 2);
    toggle(reading, { ...run, to: cut, style: italicFirst ? ITALIC : BOLD });
    toggle(reading, { ...run, from: cut, style: italicFirst ? BOLD : ITALIC });
  }
}
