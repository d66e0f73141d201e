import { RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import { fountain } from "./fountain-state.ts";

const lines = new Map<string, Decoration>();
const lineOf = (type: string): Decoration => {
  const known = lines.get(type) ?? Decoration.line({ class: `f-${type}` });
  lines.set(type, known);
  return known;
};

const marks: Record<string, Decoration> = {
  mark: Decoration.mark({ class: "f-mark" }), emphasis: Decoration.mark({ class: "f-mark" }), escape: Decoration.mark({ class: "f-mark" }), key: Decoration.mark({ class: "f-key" }),
  "scene-number": Decoration.mark({ class: "f-mark" }), extension: Decoration.mark({ class: "f-extension" }), note: Decoration.mark({ class: "f-note" }), boneyard: Decoration.mark({ class: "f-boneyard" }),
};

/** First index whose end lies beyond an offset. */
function firstAfter(ranges: { end: number }[], offset: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Piece {
  from: number;
  to: number;
  decoration: Decoration;
}

/** Decorates only what is on the screen. */
function decorate(view: EditorView): DecorationSet {
  const { elements, tokens } = view.state.field(fountain);
  const { doc } = view.state;
  const pieces: Piece[] = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = firstAfter(elements, from); at < elements.length; at += 1) {
      const element = elements[at];
      if (!element || element.start > to) break;
      const last = doc.lineAt(Math.min(doc.length, Math.max(element.start, element.end - 1))).number;
      for (let line = doc.lineAt(Math.min(doc.length, element.start)).number; line <= last; line += 1) pieces.push({ from: doc.line(line).from, to: doc.line(line).from, decoration: lineOf(element.type) });
      if (element.type !== "dialogue" && element.type !== "action") continue;
      for (const { start, end, bold, italic, underline } of element.styles) {
        if (end > start && (bold || italic || underline)) pieces.push({ from: start, to: end, decoration: Decoration.mark({ class: [bold && "f-bold", italic && "f-italic", underline && "f-underline"].filter(Boolean).join(" ") }) });
      }
    }
    for (let at = firstAfter(tokens, from); at < tokens.length; at += 1) {
      const token = tokens[at];
      if (!token || token.start > to) break;
      const decoration = marks[token.kind];
      if (decoration && token.end > token.start) pieces.push({ from: token.start, to: token.end, decoration });
    }
  }
  return build(pieces, doc.length);
}

function build(pieces: Piece[], length: number): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const ordered = pieces.filter(({ to }) => to <= length).toSorted((a, b) => a.from - b.from || a.decoration.startSide - b.decoration.startSide || a.to - b.to);
  for (const { from, to, decoration } of ordered) builder.add(from, to, decoration);
  return builder.finish();
}

class Highlighter {
  decorations: DecorationSet;
  constructor(view: EditorView) {
    this.decorations = decorate(view);
  }
  update(update: ViewUpdate): void {
    if (update.docChanged || update.viewportChanged) this.decorations = decorate(update.view);
  }
}

/** Screenplay layout and colours, read from the parser. */
export const highlight: Extension = ViewPlugin.fromClass(Highlighter, { decorations: (plugin) => plugin.decorations });
