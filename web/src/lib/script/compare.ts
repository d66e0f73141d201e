import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { fountain } from "./fountain-state.ts";
import { highlight } from "./highlight.ts";
import { theme } from "./theme.ts";

/** Two texts side by side with their differences. The right one may be edited where that is asked for. */
export function compareScripts(input: { parent: HTMLElement; left: string; right: string; labels: { left: string; right: string }; editable: boolean }): { right: () => string; destroy: () => void } {
  const shared = [fountain, highlight, theme, EditorView.lineWrapping];
  const readOnly = [EditorState.readOnly.of(true)];
  const merge = new MergeView({
    parent: input.parent,
    a: { doc: input.left, extensions: [...shared, ...readOnly, EditorView.contentAttributes.of({ "aria-label": input.labels.left })] },
    b: { doc: input.right, extensions: [...shared, ...(input.editable ? [] : readOnly), EditorView.contentAttributes.of({ "aria-label": input.labels.right })] },
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: false,
    ...(input.editable && { revertControls: "a-to-b" as const }),
  });
  return { right: () => merge.b.state.doc.toString(), destroy: () => merge.destroy() };
}
