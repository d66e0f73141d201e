import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, redo, undo } from "@codemirror/commands";
import { highlightSelectionMatches, openSearchPanel, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { fountain, outlineOf, type OutlineEntry } from "./fountain-state.ts";
import { highlight } from "./highlight.ts";
import { theirsOver } from "./theirs.ts";
import { theme } from "./theme.ts";
import { typing } from "./typing.ts";

export interface ScriptEditor {
  text(): string;
  /** Replaces everything, as one step that undo takes back. */
  replace(text: string): void;
  /** Shows what somebody else wrote; undo does not take it back. */
  show(text: string): void;
  focus(): void;
  goTo(offset: number): void;
  undo(): void;
  redo(): void;
  find(): void;
  destroy(): void;
}

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  hint: string;
  onChange: (text: string) => void;
  onOutline: (outline: OutlineEntry[]) => void;
  onCaret: (offset: number) => void;
}

const OUTLINE_MS = 250;

/** A script editor in an element. Escape and then Tab leaves it with the keyboard. */
export function createScriptEditor(options: EditorOptions): ScriptEditor {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        fountain, highlight, typing, theme, history({ minDepth: 200 }), drawSelection(), closeBrackets(), highlightSelectionMatches(), EditorView.lineWrapping, placeholder(options.hint),
        keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "true", autocapitalize: "sentences", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.selectionSet || update.docChanged) options.onCaret(update.state.selection.main.head);
          if (!update.docChanged) return;
          options.onChange(update.state.doc.toString());
          clearTimeout(timer);
          timer = setTimeout(() => options.onOutline(outlineOf(view.state.field(fountain))), OUTLINE_MS);
        }),
      ],
    }),
  });
  options.onOutline(outlineOf(view.state.field(fountain)));
  return {
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: "input.replace" }),
    show: (text) => view.dispatch(theirsOver(view.state, text)),
    focus: () => view.focus(),
    goTo: (offset) => {
      view.dispatch({ selection: { anchor: offset }, effects: EditorView.scrollIntoView(offset, { y: "start", yMargin: 40 }) });
      view.focus();
    },
    undo: () => void undo(view),
    redo: () => void redo(view),
    find: () => void openSearchPanel(view),
    destroy: () => {
      clearTimeout(timer);
      view.destroy();
    },
  };
}
