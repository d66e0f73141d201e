import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import type { KeptScript, SavedScript, ScriptVersion, versionReasons } from "../contract.ts";
import { readText } from "../films/documents.ts";
import * as store from "../store.ts";
import type { ScriptVersionRow } from "../tables.ts";
import { keepDraft } from "./keeping.ts";
import { saveDraft } from "./service.ts";

const toVersion = ({ id, project, label, reason, sha256, characters, createdAt }: ScriptVersionRow): ScriptVersion =>
  ({ object: "script_version", id, project, label, reason, sha256, characters, createdAt: new Date(createdAt).toISOString() });

/** Keep the draft as a version: on save, and before a quote. */
export async function makeVersion(ctx: StudioCtx, project: string, reason: (typeof versionReasons)[number], label = ""): Promise<ScriptVersion> {
  return toVersion(await keepDraft(ctx, await store.requireProject(ctx, project), { reason, label, at: ctx.now() }));
}

/** The versions of a script, the newest first. */
export async function listVersions(ctx: StudioCtx, project: string, { limit, cursor }: PageQuery) {
  await store.requireProject(ctx, project);
  const position = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = position && { createdAt: Number(position[0]), id: String(position[1]) };
  return toPage(await store.listScriptVersions(ctx, project, after, limit + 1), limit, toVersion, ({ createdAt, id }) => [createdAt, id]);
}

/** One version with its text. */
export async function getVersion(ctx: StudioCtx, project: string, id: string): Promise<z.infer<typeof KeptScript>> {
  await store.requireProject(ctx, project);
  const row = await store.requireScriptVersion(ctx, project, id);
  return { ...toVersion(row), format: row.format, text: await readText(ctx, row.sha256) };
}

/** Make an earlier version the draft. What was there is kept as a version first. */
export async function restoreVersion(ctx: StudioCtx, project: string, id: string): Promise<SavedScript> {
  const { text, format, label, createdAt } = await getVersion(ctx, project, id);
  return saveDraft(ctx, project, { text, format, base: null, kept: { reason: "restore", label: label || createdAt } });
}
