import { checkScriptBytes, type ScriptFormat } from "#film/fountain/index.ts";
import * as m from "#lib/paraglide/messages.js";

export const SCRIPT_ACCEPT = ".fountain,.spmd,.txt,.md,text/plain,text/markdown";

export type ReadFile = { ok: true; text: string; format: ScriptFormat; title: string } | { ok: false; problem: string };

const formats: Record<string, ScriptFormat> = { fountain: "fountain", spmd: "fountain", txt: "txt", md: "md", markdown: "md" };

/** Reads a script file on this device, with a sentence that says what is wrong and where if it cannot be one. */
export async function readScriptFile(file: File): Promise<ReadFile> {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  const format = formats[extension];
  if (!format) return { ok: false, problem: m.file_wrong_kind({ name: file.name }) };
  const checked = checkScriptBytes(new Uint8Array(await file.arrayBuffer()));
  if (!checked.ok) return { ok: false, problem: `${file.name}: ${checked.problem.detail}` };
  return { ok: true, text: checked.text, format, title: file.name.replace(/\.[^.]+$/, "").replaceAll(/[_-]+/g, " ").slice(0, 120) };
}
