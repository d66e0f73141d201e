import { inStudio, type Ctx, type StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { scriptVersioned, type scriptFormats, type versionReasons } from "../contract.ts";
import { putText, readText } from "../films/documents.ts";
import * as store from "../store.ts";
import type { ProjectRow, ScriptVersionRow } from "../tables.ts";

/** A draft that rests for so long becomes a version. */
export const IDLE_MS = 10 * 60 * 1000;
const IDLE_DRAFTS_MAX = 50;
/** A text that is among so many of the newest versions is not kept again. */
const RECENT = 10;

export interface Keeping {
  reason: (typeof versionReasons)[number];
  label: string;
  at: number;
}

/** Whether the draft is in no version yet. */
export const isUnkept = ({ scriptHash, versionedHash }: ProjectRow): boolean => scriptHash !== null && scriptHash !== versionedHash;

/** The row that keeps a project's draft as a version. */
export async function versionOf(ctx: StudioCtx, { id: project, scriptHash, scriptFormat }: ProjectRow, { reason, label, at }: Keeping): Promise<ScriptVersionRow> {
  if (scriptHash === null || scriptFormat === null) throw new AppError("script.not_found", "Nothing is written yet. Write, paste or upload a script.");
  const { length: characters } = await readText(ctx, scriptHash);
  return { id: ctx.newId("version"), studio: ctx.studio, project, label, reason, sha256: scriptHash, format: scriptFormat, characters, createdAt: at };
}

/** Keep the draft as a version now. Where the newest version has this text already and nobody asks for a label, that one is answered. */
export async function keepDraft(ctx: StudioCtx, row: ProjectRow, keeping: Keeping): Promise<ScriptVersionRow> {
  const newest = isUnkept(row) || keeping.label !== "" ? undefined : await store.newestScriptVersion(ctx, row.id);
  if (newest && newest.sha256 === row.scriptHash) return newest;
  const version = await versionOf(ctx, row, keeping);
  await commit(ctx, scriptVersioned(ctx.studio, row.id, { project: row.id, version: version.id, reason: version.reason }), [
    store.insertScriptVersion(ctx, version), store.markKept(ctx, row.id, version.sha256),
  ]);
  return version;
}

/** Keep a text that cannot become the draft, so that it is among the versions whichever text stays. */
export async function keepRefused(ctx: StudioCtx, row: ProjectRow, { text, hash, format }: { text: string; hash: string; format: (typeof scriptFormats)[number] }): Promise<void> {
  const recent = await store.listScriptVersions(ctx, row.id, null, RECENT);
  if (recent.some(({ sha256 }) => sha256 === hash)) return;
  await putText(ctx, text);
  const version = await versionOf(ctx, { ...row, scriptHash: hash, scriptFormat: format }, { reason: "save", label: "Not saved, changed elsewhere too", at: ctx.now() });
  await commit(ctx, scriptVersioned(ctx.studio, row.id, { project: row.id, version: version.id, reason: version.reason }), [store.insertScriptVersion(ctx, version)]);
}

/** Make a version of every draft that has rested. */
export async function keepIdleDrafts(ctx: Ctx): Promise<void> {
  for (const row of await store.listUnkeptDrafts(ctx, ctx.now() - IDLE_MS, IDLE_DRAFTS_MAX)) {
    await keepDraft(inStudio(ctx, row.studio, "owner"), row, { reason: "idle", label: "", at: ctx.now() })
      .catch((error: unknown) => logLine({ evt: "script.not_kept", project: row.id, error: String(error) }));
  }
}
