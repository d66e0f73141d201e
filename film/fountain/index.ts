import type { FountainDocument } from "./document.ts";
import { parseFountain } from "./parse.ts";
import { parseMarkdown, parsePlainText } from "./prose.ts";

export { SCRIPT_BYTES_MAX, type ScriptBytes, type ScriptProblem, checkScriptBytes } from "./bytes.ts";
export type { CharacterElement, Comment, Element, ElementType, FountainDocument, StyledRange, TitleEntry, Token, TokenKind } from "./document.ts";
export { parseFountain } from "./parse.ts";

export const scriptFormats = ["fountain", "txt", "md"] as const;
export type ScriptFormat = (typeof scriptFormats)[number];

/** Reads a script in any format that may be uploaded. Ranges are of the text as given; nothing throws. */
export function readScript({ text, format }: { text: string; format: ScriptFormat }): FountainDocument {
  switch (format) {
    case "fountain":
      return parseFountain(text);
    case "txt":
      return parsePlainText(text);
    case "md":
      return parseMarkdown(text);
  }
}
