import { acceptCompletion, autocompletion, completionStatus, startCompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { keymap, type EditorView } from "@codemirror/view";
import { elementAt, fountain, headingsOf, speakersOf } from "./fountain-state.ts";

const PREFIXES = ["INT. ", "EXT. ", "INT./EXT. "];
const TIMES = ["DAY", "NIGHT", "MORNING", "AFTERNOON", "EVENING", "DAWN", "DUSK"];
const HEADING = /^(?:INT|EXT|EST|INT\.?\/EXT|I\/E)[. ]/i;

const isBlankAbove = (context: CompletionContext, line: number): boolean => line <= 1 || context.state.doc.line(line - 1).text.trim() === "";

function completeHeading(context: CompletionContext, line: { from: number; text: string }): CompletionResult {
  const typed = line.text.slice(0, context.pos - line.from);
  const dash = typed.lastIndexOf(" - ");
  if (dash > 0) return { from: line.from + dash + 3, options: TIMES.map((label) => ({ label, type: "keyword" })), validFor: /^[\p{L} ]*$/u };
  return { from: line.from, options: headingsOf(context.state).filter((label) => label !== line.text.trim()).map((label) => ({ label, type: "class" })), validFor: /^.*$/ };
}

/** Names where a cue may stand, headings and times of day where a heading does. */
export function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const typed = line.text.slice(0, context.pos - line.from);
  if (HEADING.test(typed)) return completeHeading(context, line);
  if (!isBlankAbove(context, line.number)) return null;
  // A cue is in capitals; small letters are action, which nobody wants finished for them.
  if (typed === "" ? !context.explicit : !/^@?[\p{Lu}][\p{Lu}\d .'’-]*$/u.test(typed)) return null;
  const names = speakersOf(context.state).filter((name) => name !== typed).map((label) => ({ label, type: "variable", boost: 10 }));
  return { from: line.from, options: [...names, ...PREFIXES.map((label) => ({ label, type: "keyword" }))], validFor: /^[\p{Lu}\d .'’-]*$/u };
}

function insert(view: EditorView, text: string, caret: number): boolean {
  const at = view.state.selection.main.head;
  view.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + caret }, scrollIntoView: true, userEvent: "input" });
  return true;
}

/** Tab: takes the completion; on an empty line offers who speaks; behind a name opens a parenthetical; inside one goes on to the words. */
function tab(view: EditorView): boolean {
  if (completionStatus(view.state) === "active") return acceptCompletion(view);
  const { main } = view.state.selection;
  if (!main.empty) return false;
  const line = view.state.doc.lineAt(main.head);
  if (line.text.trim() === "") return startCompletion(view);
  const element = elementAt(view.state.field(fountain).elements, main.head);
  const atEnd = main.head === line.to;
  if (atEnd && (element?.type === "character" || isName(line.text))) return insert(view, "\n()", 2);
  if (element?.type === "parenthetical" || /^\(.*\)?$/.test(line.text.trim())) {
    const close = line.text.trimEnd().endsWith(")") ? "" : ")";
    view.dispatch({ changes: { from: line.to, insert: `${close}\n` }, selection: { anchor: line.to + close.length + 1 }, scrollIntoView: true, userEvent: "input" });
    return true;
  }
  return atEnd ? insert(view, "\n\n", 2) : false;
}

const isName = (text: string): boolean => /^@?[\p{Lu}][\p{Lu}\d .'’-]*(?:\(.*\))?$/u.test(text.trim()) && !HEADING.test(text);

export const typing: Extension = [autocompletion({ override: [complete], icons: false, activateOnTyping: true }), keymap.of([{ key: "Tab", run: tab }])];
