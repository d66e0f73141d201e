/** What the Fountain parser answers: tokens that tile the text, and the elements that they make up. */
import type { SourceRange } from "../film.ts";

/**
 * The smallest pieces of a script. Concatenating the slices of all tokens gives the text back, byte for byte.
 * `mark` is a character that forces or delimits (`.`, `@`, `#`, `^`, parentheses of a parenthetical), `space` is layout that means nothing.
 */
export type TokenKind = "bom" | "newline" | "space" | "mark" | "emphasis" | "escape" | "key" | "text" | "scene-number" | "extension" | "note" | "boneyard";

/** One token; `element` is the type of the element that it belongs to, or null between elements. */
export interface Token extends SourceRange {
  kind: TokenKind;
  element: ElementType | null;
}

export type ElementType =
  | "title-page" | "scene-heading" | "action" | "character" | "parenthetical" | "dialogue" | "lyrics" | "transition"
  | "centered" | "section" | "synopsis" | "page-break" | "narration";

/** A run of emphasised text, without its marks. */
export interface StyledRange extends SourceRange {
  bold: boolean;
  italic: boolean;
  underline: boolean;
}

interface ElementBase extends SourceRange {
  /** What is read or spoken: marks, notes and boneyards taken out, lines joined by line feeds. */
  text: string;
  styles: StyledRange[];
}

/** Which side of a dual dialogue a speech stands on. */
export type DualSide = "left" | "right" | null;

export type Element =
  | (ElementBase & { type: "action" | "lyrics" | "dialogue" | "parenthetical" | "transition" | "centered" | "synopsis" | "page-break" | "narration" })
  | (ElementBase & { type: "scene-heading"; number: string | null })
  | (ElementBase & { type: "section"; depth: number })
  | (ElementBase & { type: "character"; name: string; extensions: string[]; dual: DualSide });

export type CharacterElement = Extract<Element, { type: "character" }>;

/** A key of the title page with its values, one a line. */
export interface TitleEntry extends SourceRange {
  key: string;
  values: string[];
}

/** A note in double square brackets or a boneyard, with its marks in the range and without them in the text. */
export interface Comment extends SourceRange {
  kind: "note" | "boneyard";
  text: string;
}

/** A parsed script. All ranges are UTF-16 offsets into `text`, end exclusive. */
export interface FountainDocument {
  text: string;
  tokens: Token[];
  elements: Element[];
  titlePage: TitleEntry[];
  comments: Comment[];
}
