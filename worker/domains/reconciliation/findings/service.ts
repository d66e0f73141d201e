import type { z } from "zod";
import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { toPage } from "#core/page.ts";
import { administratorIn, peopleById } from "#domains/identity/index.ts";
import { findingNoted, findingReopened, findingResolved, type Finding, type FindingWithNotes, type StudioFinding } from "../contract.ts";
import type { FindingRow, NoteRow } from "../tables.ts";
import * as store from "./store.ts";

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** A finding as its studio sees it. Wallets and runs write no explanation: theirs is what they say. */
export const toStudioFinding = ({ id, source, severity, state, project, subject, entry, credits, explanation, detail, at, seenAt, repairedAt, resolvedAt }: FindingRow): StudioFinding => ({
  object: "finding", id, check: source, severity, state, project, subject, entry, credits, explanation: explanation ?? detail,
  at: iso(at), seenAt: iso(seenAt ?? at), repairedAt: isoOrNull(repairedAt), resolvedAt: isoOrNull(resolvedAt),
});

export function toFinding(row: FindingRow): Finding {
  const { studio, detail, data, run, resolution, resolvedBy, state, credits } = row;
  const actions: Finding["actions"] = state === "open" ? ["resolve"] : ["reopen"];
  if (state === "open" && studio !== null && (credits !== null || row.subject === studio)) actions.push("propose");
  return { ...toStudioFinding(row), studio, detail, data, run, resolution, resolvedBy, actions };
}

export async function listFindings(ctx: Ctx, query: store.ListFindings) {
  administratorIn(ctx);
  return toPage(await store.list(ctx, query), query.limit, toFinding, ({ at, id }) => [at, id]);
}

export async function getFinding(ctx: Ctx, id: string): Promise<z.infer<typeof FindingWithNotes>> {
  administratorIn(ctx);
  const [row, notes] = await Promise.all([store.get(ctx, id), store.notesOf(ctx, id)]);
  const people = await peopleById(ctx, notes.map(({ author }) => author));
  return {
    ...toFinding(row),
    notes: notes.map(({ id: note, kind, author, text, at }) => ({ object: "note", id: note, kind, author: people.get(author) ?? { id: author, name: "", email: "" }, text, at: iso(at) })),
  };
}

export const noteRow = (ctx: Ctx, finding: string, { kind, text }: Pick<NoteRow, "kind" | "text">): NoteRow =>
  ({ id: ctx.newId("note"), finding, kind, author: administratorIn(ctx), text, at: ctx.now() });

export async function noteFinding(ctx: Ctx, id: string, text: string) {
  const row = await store.get(ctx, id);
  await commit(ctx, findingNoted(null, id, { finding: id, reason: text }), [store.insertNote(ctx, noteRow(ctx, row.id, { kind: "note", text }))]);
  return getFinding(ctx, id);
}

/** Say what a finding was, and close it. It stays closed while it is the same difference. */
export async function resolveFinding(ctx: Ctx, id: string, text: string) {
  const by = administratorIn(ctx);
  const row = await store.get(ctx, id);
  if (row.state === "resolved") throw new AppError("finding.settled", "It is resolved already. Read it again, or reopen it.");
  await commit(ctx, findingResolved(null, id, { finding: id, reason: text }), [
    ...store.move(ctx, row, { state: "resolved", resolvedAt: ctx.now(), resolvedBy: by, resolution: text }),
    store.insertNote(ctx, noteRow(ctx, id, { kind: "resolved", text })),
  ]);
  return getFinding(ctx, id);
}

export async function reopenFinding(ctx: Ctx, id: string, text: string) {
  const row = await store.get(ctx, id);
  if (row.state === "open") throw new AppError("finding.settled", "It is open already. Read it again.");
  await commit(ctx, findingReopened(null, id, { finding: id, reason: text }), [
    ...store.move(ctx, row, { state: "open", resolvedAt: null, resolvedBy: null, resolution: null }),
    store.insertNote(ctx, noteRow(ctx, id, { kind: "reopened", text })),
  ]);
  return getFinding(ctx, id);
}
