import { toast } from "svelte-sonner";
import { toProblem } from "#lib/api/problem.ts";
import * as m from "#lib/paraglide/messages.js";

const UNDO_MS = 8_000;

export const notify = (text: string): void => void toast(text);

/** Something was done that can be taken back for a while. */
export function notifyUndo(text: string, undo: () => void): void {
  toast(text, { duration: UNDO_MS, action: { label: m.undo(), onClick: undo } });
}

/** A failure of something that has no place of its own on the page. */
export function notifyProblem(error: unknown): void {
  const { detail, requestId } = toProblem(error);
  toast.error(detail, { duration: 12_000, ...(requestId && { description: `${m.reference()} ${requestId}` }) });
}
