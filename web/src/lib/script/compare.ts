import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import * as m from "#lib/paraglide/messages.js";
import { fountain } from "./fountain-state.ts";
import { highlight } from "./highlight.ts";
import { theme } from "./theme.ts";

export interface Comparison {
  right: () => string;
  destroy: () => void;
}

interface Compared {
  parent: HTMLElement;
  left: string;
  right: string;
  labels: { left: string; right: string };
  editable: boolean;
}

const shared = [fountain, highlight, theme, EditorView.lineWrapping];
const readOnly = [EditorState.readOnly.of(true)];
const collapseUnchanged = { margin: 3, minSize: 6 };
const named = (label: string) => EditorView.contentAttributes.of({ "aria-label": label });

/** Two texts with their differences, beside each other or in one column. The right one may be edited where that is asked for. */
export const compareScripts = ({ oneColumn, ...input }: Compared & { oneColumn: boolean }): Comparison => (oneColumn ? inOneColumn(input) : sideBySide(input));

function sideBySide({ parent, left, right, labels, editable }: Compared): Comparison {
  const merge = new MergeView({
    parent,
    a: { doc: left, extensions: [...shared, ...readOnly, named(labels.left)] },
    b: { doc: right, extensions: [...shared, ...(editable ? [] : readOnly), named(labels.right)] },
    collapseUnchanged,
    gutter: false,
    ...(editable && { revertControls: "a-to-b" as const }),
  });
  return { right: () => merge.b.state.doc.toString(), destroy: () => merge.destroy() };
}

/** The right one, with what the left one has instead above each difference. */
function inOneColumn({ parent, left, right, labels, editable }: Compared): Comparison {
  const difference = unifiedMergeView({ original: left, collapseUnchanged, gutter: false, mergeControls: editable && control });
  const view = new EditorView({ parent, state: EditorState.create({ doc: right, extensions: [...shared, ...(editable ? [] : readOnly), named(labels.right), difference] }) });
  return { right: () => view.state.doc.toString(), destroy: () => view.destroy() };
}

/** Leaving a difference as it is needs no button. */
function control(type: "reject" | "accept", act: (event: MouseEvent) => void): HTMLElement {
  if (type === "accept") return document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.textContent = m.conflict_use_other();
  button.addEventListener("click", act);
  return button;
}
