import { type Shape, type Surroundings, classify } from "./classify.ts";
import { findComments } from "./comments.ts";
import type { CharacterElement, Element, FountainDocument, TitleEntry } from "./document.ts";
import { type Content, type Writer, emitLayout, emitLine } from "./emit.ts";
import { type Line, Lines } from "./lines.ts";
import { readTitlePage } from "./title-page.ts";

/** Names a line; a reader of another format may put its own rules in front of Fountain's. */
export type Classifier = (line: Line, around: Surroundings) => Shape;

/**
 * Parses Fountain 1.1. Any text is a script: nothing throws, what is no element is action. Time is linear in the text's length.
 */
export function parseFountain(text: string): FountainDocument {
  return parseLines(text, { classifier: (line, around) => classify(line.text, around), titlePage: true });
}

/** Parses with a given classifier. The ranges are of the text as given, whatever its format. */
export function parseLines(text: string, { classifier, titlePage }: { classifier: Classifier; titlePage: boolean }): FountainDocument {
  const comments = findComments(text);
  const writer: Writer = { tokens: [] };
  const from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (from > 0) writer.tokens.push({ kind: "bom", start: 0, end: 1, element: null });
  const lines = new Lines(text, comments, from);
  const entries = titlePage ? emitTitlePage(writer, lines) : [];
  const elements = emitBody(writer, lines, classifier);
  return { text, tokens: writer.tokens, elements, titlePage: entries, comments };
}

function emitTitlePage(writer: Writer, lines: Lines): TitleEntry[] {
  const entries: TitleEntry[] = [];
  for (const { key, keyEnd, valueFrom, valueTo } of readTitlePage(lines)) {
    const line = lines.take();
    if (!line) break;
    const parts = key === null ? [] : [{ kind: "key" as const, from: 0, to: keyEnd }];
    const { text } = emitLine(writer, line, { element: "title-page", parts: [...parts, { kind: "content", from: valueFrom, to: valueTo }] });
    if (key !== null) entries.push({ key, values: text === "" ? [] : [text], start: line.start, end: line.end });
    else {
      const entry = entries[entries.length - 1];
      if (entry && text !== "") entry.values.push(text);
      if (entry) entry.end = line.end;
    }
  }
  return entries;
}

interface BodyState {
  elements: Element[];
  /** The cue whose speech goes on, or null. */
  speaking: CharacterElement | null;
  /** The last cue, while nothing but blank lines has come since its speech. */
  lastSpeech: CharacterElement | null;
  afterBlank: boolean;
}

function emitBody(writer: Writer, lines: Lines, classifier: Classifier): Element[] {
  const state: BodyState = { elements: [], speaking: null, lastSpeech: null, afterBlank: true };
  for (let line = lines.take(); line; line = lines.take()) {
    if (line.commentOnly) {
      emitLayout(writer, line);
      continue;
    }
    if (line.blank && !(state.speaking && line.text.length >= 2)) {
      emitLayout(writer, line);
      state.speaking = null;
      state.afterBlank = true;
      continue;
    }
    const following = lines.nextVisible();
    const around = {
      afterBlank: state.afterBlank,
      beforeBlank: following === undefined || following.blank,
      beforeOutline: following !== undefined && /^\s*[=#]/.test(following.text),
      inDialogue: state.speaking !== null,
    };
    const shape = classifier(line, around);
    const content = emitLine(writer, line, { element: shape.type, parts: shape.parts });
    add(state, { line, shape, content });
    state.afterBlank = ENDS_ITSELF.has(shape.type);
  }
  return state.elements;
}

/** After these a line stands as after a blank one. */
const ENDS_ITSELF = new Set<Shape["type"]>(["page-break", "section", "synopsis", "scene-heading"]);

/** Elements of several lines: a line of the same kind right after goes on with it. */
const JOINED = new Set<Shape["type"]>(["action", "dialogue", "lyrics", "narration", "centered"]);

function add(state: BodyState, { line, shape, content }: { line: Line; shape: Shape; content: Content }): void {
  const last = state.elements[state.elements.length - 1];
  const adjacent = last && last.type === shape.type && JOINED.has(shape.type) && (state.speaking !== null || !state.afterBlank);
  if (adjacent) {
    last.text += `\n${content.text}`;
    for (const style of content.styles) last.styles.push(style);
    last.end = line.end;
    return;
  }
  const element = build(shape, line, content);
  state.elements.push(element);
  if (element.type === "character") {
    if (shape.dual && state.lastSpeech) {
      state.lastSpeech.dual = "left";
      element.dual = "right";
    }
    state.speaking = element;
    state.lastSpeech = shape.dual ? null : element;
  } else if (!state.speaking) state.lastSpeech = null;
}

/** Action keeps its layout; everything else is free of it. */
function build(shape: Shape, { start, end }: Line, { text: said, styles }: Content): Element {
  const text = shape.type === "action" && said.trim() !== "" ? said : said.trim();
  switch (shape.type) {
    case "scene-heading":
      return { type: "scene-heading", start, end, text, styles, number: shape.number ?? null };
    case "section":
      return { type: "section", start, end, text, styles, depth: shape.depth ?? 1 };
    case "character":
      return { type: "character", start, end, text: shape.name ?? "", styles, name: shape.name ?? "", extensions: shape.extensions ?? [], dual: null };
    case "title-page":
      return { type: "action", start, end, text, styles };
    default:
      return { type: shape.type, start, end, text, styles };
  }
}
