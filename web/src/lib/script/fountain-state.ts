import { StateField, type EditorState } from "@codemirror/state";
import { parseFountain, type Element, type FountainDocument } from "#film/fountain/index.ts";

/** The parsed script beside the text, so that colours, completion and outline all read the same. */
export const fountain = StateField.define<FountainDocument>({
  create: (state) => parseFountain(state.doc.toString()),
  update: (document, transaction) => (transaction.docChanged ? parseFountain(transaction.newDoc.toString()) : document),
});

/** The element at an offset, or null between elements. Elements are in the order of the text. */
export function elementAt(elements: Element[], offset: number): Element | null {
  let [low, high] = [0, elements.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const element = elements[middle];
    if (!element) return null;
    if (offset < element.start) high = middle - 1;
    else if (offset > element.end) low = middle + 1;
    else return element;
  }
  return null;
}

export interface OutlineEntry {
  offset: number;
  depth: number;
  text: string;
  kind: "scene" | "section" | "synopsis";
  number: string | null;
}

/** Sections, scenes and synopses, in order. */
export function outlineOf(document: FountainDocument): OutlineEntry[] {
  let depth = 0;
  return document.elements.flatMap((element): OutlineEntry[] => {
    const { start: offset, text } = element;
    if (element.type === "section") {
      depth = element.depth;
      return [{ offset, text, depth: depth - 1, kind: "section", number: null }];
    }
    if (element.type === "scene-heading") return [{ offset, text, depth, kind: "scene", number: element.number }];
    return element.type === "synopsis" ? [{ offset, text, depth: depth + 1, kind: "synopsis", number: null }] : [];
  });
}

/** The names that speak, most lines first. */
export function speakersOf(state: EditorState): string[] {
  const counts = new Map<string, number>();
  for (const element of state.field(fountain).elements) if (element.type === "character" && element.name) counts.set(element.name, (counts.get(element.name) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Headings that are there already, without their scene numbers. */
export const headingsOf = (state: EditorState): string[] => [...new Set(state.field(fountain).elements.flatMap((element) => (element.type === "scene-heading" ? [element.text.trim()] : [])))];
