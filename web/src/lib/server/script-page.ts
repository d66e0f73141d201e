import { parseFountain, type Element, type FountainDocument } from "#film/fountain/index.ts";

export interface StyledText {
  text: string;
  style: "" | "bold" | "italic" | "underline" | "bold italic" | "bold underline" | "italic underline" | "bold italic underline";
}

/** One paragraph of a script as it is set on paper. */
export interface ScriptBlock {
  kind: Exclude<Element["type"], "synopsis" | "section">;
  runs: StyledText[];
  /** A scene's number, where the script gives it. */
  number?: string;
}

export interface ScriptPage {
  title: { key: string; values: string[] }[];
  blocks: ScriptBlock[];
}

const KEPT = new Set(["text", "extension", "newline", "space"]);

function styleAt(element: Element, at: number): StyledText["style"] {
  const found = element.styles.filter(({ start, end }) => start <= at && at < end);
  const names = (["bold", "italic", "underline"] as const).filter((name) => found.some((range) => range[name]));
  return names.join(" ") as StyledText["style"];
}

/** The text of an element as it is printed: without marks, with its emphasis. */
function runsOf(document: FountainDocument, element: Element, from: number): { runs: StyledText[]; next: number } {
  const runs: StyledText[] = [];
  let index = from;
  for (; index < document.tokens.length; index += 1) {
    const token = document.tokens[index];
    if (!token || token.start >= element.end) break;
    if (token.start < element.start || !KEPT.has(token.kind)) continue;
    const text = document.text.slice(token.start, token.end);
    const style = styleAt(element, token.start);
    const last = runs.at(-1);
    if (last?.style === style) last.text += text;
    else runs.push({ text, style });
  }
  const [first, last] = [runs[0], runs.at(-1)];
  if (first) first.text = first.text.trimStart();
  if (last) last.text = last.text.trimEnd();
  return { runs, next: index };
}

/** A published script, set as a page. Done on the server, so that no parser travels to those who only watch. */
export function scriptPage(text: string): ScriptPage {
  const document = parseFountain(text);
  const blocks: ScriptBlock[] = [];
  let token = 0;
  for (const element of document.elements) {
    if (element.type === "synopsis" || element.type === "section") continue;
    const { runs, next } = runsOf(document, element, token);
    token = next;
    // The parentheses are marks to the parser, and words on paper.
    if (element.type === "parenthetical") { runs.unshift({ text: "(", style: "" }); runs.push({ text: ")", style: "" }); }
    blocks.push({ kind: element.type, runs, ...(element.type === "scene-heading" && element.number !== null && { number: element.number }) });
  }
  return { title: document.titlePage.map(({ key, values }) => ({ key, values })), blocks };
}
