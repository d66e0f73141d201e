import { history, undo } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { theirsOver } from "./theirs.ts";

/** A state with two words typed at its end of "She waits.", and the caret behind them. */
function written() {
  const before = EditorState.create({ doc: "INT. KITCHEN\n\nShe waits.\n\nHe comes in.\n", extensions: [history()] });
  const at = before.doc.toString().indexOf("waits.") + 6;
  return before.update({ changes: { from: at, insert: " And waits." }, selection: { anchor: at + 11 }, userEvent: "input.type" }).state;
}

const left = (state: EditorState) => state.sliceDoc(0, state.selection.main.head);

test.each([
  "INT. ATTIC\n\nDust.\n\nINT. KITCHEN\n\nShe waits. And waits.\n\nHe walks out.\n",
  "INT. KITCHEN\r\n\r\nShe waits. And waits.\r\n\r\nHe comes in.\r\nHe sits.\r\n",
])("the caret stays at its words, and undo takes back only one's own", (theirs) => {
  const mine = written();
  let shown = mine.update(theirsOver(mine, theirs)).state;
  const text = theirs.replaceAll("\r\n", "\n");
  expect(shown.doc.toString()).toBe(text);
  expect(left(shown).endsWith("She waits. And waits.")).toBe(true);
  expect(undo({ state: shown, dispatch: (transaction) => { shown = transaction.state; } })).toBe(true);
  expect(shown.doc.toString()).toBe(text.replace(" And waits.", ""));
});

test("the same text is no change", () => {
  const mine = written();
  expect(mine.update(theirsOver(mine, mine.doc.toString())).docChanged).toBe(false);
});
