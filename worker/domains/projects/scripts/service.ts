import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { sha256 } from "#core/encoding.ts";
import type { Write } from "#core/db.ts";
import { AppError, type ProblemCode } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { checkScriptBytes, readScript, type ScriptProblem } from "#film/fountain/index.ts";
import { reconcile } from "#film/reconcile/index.ts";
import { scriptSaved, type PutScript, type SavedScript, type Script, type scriptFormats, type versionReasons } from "../contract.ts";
import { putFilm, putText, readFilm, readText } from "../films/documents.ts";
import { rowOf } from "../films/service.ts";
import * as store from "../store.ts";
import type { ProjectRow } from "../tables.ts";
import { IDLE_MS, isUnkept, keepRefused, versionOf } from "./keeping.ts";

type Format = (typeof scriptFormats)[number];

const ATTEMPTS_MAX = 6;
const iso = (at: number): string => new Date(at).toISOString();

/** A text that is to become the draft, and what becomes of the draft before it. */
interface Draft {
  text: string;
  format: Format;
  base: number | null;
  /** An upload and a restore keep what was there before, and what they bring; typing does so only after a rest. */
  kept: { reason: (typeof versionReasons)[number]; label: string } | null;
}

const none = (): AppError => new AppError("script.not_found", "Nothing is written yet. Write, paste or upload a script.");

/** The draft: what the editor shows. */
export async function getScript(ctx: StudioCtx, project: string): Promise<Script> {
  const row = await store.requireProject(ctx, project);
  if (row.scriptHash === null || row.scriptFormat === null) throw none();
  const text = await readText(ctx, row.scriptHash);
  return { object: "script", project, text, format: row.scriptFormat, version: row.scriptVersion, sha256: row.scriptHash, savedAt: iso(row.scriptSavedAt ?? row.createdAt) };
}

/** Replace the draft and read the film out of it again. A save that began from another draft than the present one is refused with both, and its text is kept as a version. */
export async function putScript(ctx: StudioCtx, project: string, { text, format, base }: z.infer<typeof PutScript>): Promise<SavedScript> {
  const lone = text.isWellFormed() ? -1 : text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  if (lone >= 0) throw new AppError("script.encoding", `Character ${lone} is half of one, so the text cannot be kept as UTF-8. Delete it.`, { errors: [{ pointer: "/text", detail: `half a character at ${lone}` }] });
  const checked = checkScriptBytes(new TextEncoder().encode(text));
  if (!checked.ok) throw refused(checked.problem);
  return saveDraft(ctx, project, { text, format, base: base ?? null, kept: null });
}

/** Take a file as the draft. Its bytes must be text: UTF-8, or UTF-16 that says so. */
export async function putScriptFile(ctx: StudioCtx, project: string, { filename, bytes }: { filename: string; bytes: Uint8Array }): Promise<SavedScript> {
  await store.requireProject(ctx, project);
  const checked = checkScriptBytes(bytes);
  if (!checked.ok) throw refused(checked.problem);
  return saveDraft(ctx, project, { text: checked.text, format: formatOf(filename), base: null, kept: { reason: "upload", label: filename.slice(0, 120) } });
}

function formatOf(filename: string): Format {
  const ending = filename.toLowerCase().split(".").at(-1);
  if (ending === "fountain" || ending === "spmd") return "fountain";
  return ending === "md" || ending === "markdown" ? "md" : "txt";
}

const codes: Record<ScriptProblem["code"], ProblemCode> = { too_large: "script.too_large", empty: "script.empty", binary: "script.binary", encoding: "script.encoding" };
const refused = ({ code, detail, offset }: ScriptProblem): AppError => new AppError(codes[code], detail, offset === null ? {} : { offset });

/** Make a text the draft: the script and the film that follows from it commit together. */
export async function saveDraft(ctx: StudioCtx, project: string, draft: Draft): Promise<SavedScript> {
  const hash = await sha256(draft.text);
  for (let attempt = 1; ; attempt += 1) {
    const row = await store.requireProject(ctx, project);
    if (row.scriptHash === hash && row.scriptFormat === draft.format && draft.kept === null) return toSaved(row);
    await refuseStale(ctx, row, hash, draft);
    try {
      return await commitDraft(ctx, row, hash, draft);
    } catch (error) {
      if (!(error instanceof AppError && error.code === "resource.changed") || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

async function refuseStale(ctx: StudioCtx, row: ProjectRow, hash: string, { text, format, base }: Draft): Promise<void> {
  if (base === null || base === row.scriptVersion || row.scriptHash === hash) return;
  await keepRefused(ctx, row, { text, hash, format });
  const theirs = row.scriptHash === null ? "" : await readText(ctx, row.scriptHash);
  throw new AppError("script.changed", `The script was saved elsewhere since you began. Compare both, and save what should stay with base ${row.scriptVersion}.`, {
    yours: { text, version: base }, theirs: { text: theirs, version: row.scriptVersion },
  });
}

async function commitDraft(ctx: StudioCtx, row: ProjectRow, hash: string, { text, format, kept }: Draft): Promise<SavedScript> {
  const before = await readFilm(ctx, row.filmHash);
  const film = { ...reconcile(before, { hash, document: readScript({ text, format }), newId: ctx.newId }), version: before.version + 1 };
  await putText(ctx, text);
  const filmHash = await putFilm(ctx, film);
  const scriptVersion = row.scriptVersion + 1;
  const next: ProjectRow = { ...row, ...rowOf(film), filmHash, scriptHash: hash, scriptFormat: format, scriptVersion, scriptSavedAt: ctx.now() };
  const versions = await keptAround(ctx, row, next, kept);
  const { id, studio, ...fields } = { ...next, versionedHash: kept === null ? versions.keptHash : hash };
  await commit(ctx, scriptSaved(studio, id, { project: id, sha256: hash, version: scriptVersion }), [
    store.onlyIfSame(ctx, row),
    store.updateProject(ctx, id, fields),
    ...store.insertFilmVersion(ctx, { project: id, version: film.version, hash: filmHash, script: hash, what: "the script was saved", at: ctx.now() }),
    ...versions.writes,
  ]);
  return toSaved(next);
}

/** The versions that a save makes: of the draft that it replaces, where that rested or is replaced whole, and of what was brought. */
async function keptAround(ctx: StudioCtx, row: ProjectRow, next: ProjectRow, kept: Draft["kept"]): Promise<{ writes: Write[]; keptHash: string | null }> {
  const hasRested = ctx.now() - (row.scriptSavedAt ?? ctx.now()) >= IDLE_MS;
  const keepsOld = isUnkept(row) && (hasRested || kept !== null);
  const writes: Write[] = [];
  if (keepsOld) {
    const label = kept === null ? "" : `Before: ${kept.label}`.slice(0, 120);
    writes.push(store.insertScriptVersion(ctx, await versionOf(ctx, row, { reason: kept?.reason ?? "idle", label, at: ctx.now() - 1 })));
  }
  if (kept?.reason === "upload") writes.push(store.insertScriptVersion(ctx, await versionOf(ctx, next, { reason: "upload", label: kept.label, at: ctx.now() })));
  return { writes, keptHash: keepsOld ? row.scriptHash : row.versionedHash };
}

const toSaved = (row: ProjectRow): SavedScript => ({
  object: "script", project: row.id, format: row.scriptFormat ?? "fountain", version: row.scriptVersion, sha256: row.scriptHash ?? "",
  savedAt: iso(row.scriptSavedAt ?? row.createdAt), filmVersion: row.filmVersion, scenes: row.scenes, shots: row.shots,
});
