import { diff } from "@codemirror/merge";
import { Transaction, type EditorState, type TransactionSpec } from "@codemirror/state";

const PRECISE = { scanLimit: 500 };

/** Makes the text of a state somebody else's, only where it differs: the caret stays at its words, and undo goes on with one's own. */
export function theirsOver(state: EditorState, text: string): TransactionSpec {
  const [mine, theirs] = [state.doc.toString(), state.toText(text).toString()];
  const changes = diff(mine, theirs, PRECISE).map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: theirs.slice(fromB, toB) }));
  return { changes, annotations: Transaction.addToHistory.of(false) };
}
