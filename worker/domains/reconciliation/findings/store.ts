import { and, asc, desc, eq, inArray, isNotNull, lt, or, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { derivedId } from "#core/id.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import type { Difference, Span } from "../checks/check.ts";
import { findingNotes, findings, type FindingRow, type NoteRow } from "../tables.ts";

export interface ListFindings extends PageQuery {
  state?: FindingRow["state"] | undefined;
  severity?: FindingRow["severity"] | undefined;
  studio?: string | undefined;
  check?: string | undefined;
}

/** Newest first. */
export function list(ctx: Ctx, { limit, cursor, state, severity, studio, check }: ListFindings): Promise<FindingRow[]> {
  const filters: (SQL | undefined)[] = [
    state === undefined ? undefined : eq(findings.state, state), severity === undefined ? undefined : eq(findings.severity, severity),
    studio === undefined ? undefined : eq(findings.studio, studio), check === undefined ? undefined : eq(findings.source, check),
  ];
  if (cursor !== undefined) {
    const [at = 0, id = ""] = decodeCursor(cursor, 2);
    filters.push(or(lt(findings.at, Number(at)), and(eq(findings.at, Number(at)), lt(findings.id, String(id)))));
  }
  return ctx.db.select().from(findings).where(and(...filters)).orderBy(desc(findings.at), desc(findings.id)).limit(limit + 1).all();
}

/** What is open in a studio, or in one of its projects, newest first; found by these, or by anybody. */
export const openIn = (ctx: Ctx, where: { studio: string; project?: string; sources?: ReadonlySet<string> }, limit: number): Promise<FindingRow[]> =>
  ctx.db.select().from(findings)
    .where(and(
      eq(findings.studio, where.studio), where.project === undefined ? undefined : eq(findings.project, where.project), eq(findings.state, "open"),
      where.sources === undefined ? undefined : inArray(findings.source, [...where.sources]),
    ))
    .orderBy(desc(findings.at), desc(findings.id)).limit(limit).all();

export async function get(ctx: Ctx, id: string): Promise<FindingRow> {
  const row = await ctx.db.select().from(findings).where(eq(findings.id, id)).get();
  if (!row) throw new AppError("finding.not_found", "There is no such finding. List them at /api/v1/admin/findings.");
  return row;
}

export const notesOf = (ctx: Ctx, finding: string): Promise<NoteRow[]> =>
  ctx.db.select().from(findingNotes).where(eq(findingNotes.finding, finding)).orderBy(asc(findingNotes.at), asc(findingNotes.id)).limit(200).all();

export const insertNote = (ctx: Ctx, row: NoteRow): Write => ctx.db.insert(findingNotes).values(row);

export const move = (ctx: Ctx, { id, state }: FindingRow, to: Pick<FindingRow, "state" | "resolvedAt" | "resolvedBy" | "resolution">): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from findings where id = ${id} and state = ${state})`),
  ctx.db.update(findings).set(to).where(eq(findings.id, id)),
];

/** What the differences of a step write: new ones open, known ones are seen again, repaired ones are closed. */
export async function record(ctx: Ctx, { check, run, differences }: { check: string; run: string; differences: readonly Difference[] }): Promise<Write[]> {
  if (differences.length === 0) return [];
  const rows = await Promise.all(differences.map(async (difference) => ({ ...difference, id: await derivedId("finding", check, difference.unit, difference.key) })));
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  return Array.from({ length: Math.ceil(unique.length / CHUNK) }, (_, index) => ctx.db.insert(findings)
    .select(rowsOf(JSON.stringify(unique.slice(index * CHUNK, (index + 1) * CHUNK)), { check, run, now: ctx.now() })).onConflictDoUpdate({ target: findings.id, set: seenAgain }));
}

/** Differences in one statement: D1 takes values of two megabytes at most. */
const CHUNK = 200;

/** The rows of differences, in the order of the table's columns. */
const rowsOf = (rows: string, { check, run, now }: { check: string; run: string; now: number }): SQL => sql`
  select value ->> 'id', value ->> 'studio', ${check}, value ->> 'severity', value ->> 'subject', value ->> 'detail', value -> 'data',
    iif(value ->> 'repaired' = 'now', 'resolved', 'open'), ${now}, value ->> 'unit', ${run}, nullif(value ->> 'project', value ->> 'studio'), value ->> 'entry', value ->> 'credits', value ->> 'explanation', ${now},
    iif(value ->> 'repaired' = 'now', ${now}, null), iif(value ->> 'repaired' = 'now', ${now}, null), null, iif(value ->> 'repaired' = 'now', ${REPAIRED}, null), null
  from json_each(${rows}) where true`;

const REPAIRED = "The projection was written anew from its truth.";

/**
 * What a person resolved stays resolved while it is the same difference by the same amount: they have explained it. What closed by itself and is
 * there again opens again, and is told again.
 */
const isNews = sql`(findings.state = 'resolved' and not (findings.resolved_by is not null and findings.credits is excluded.credits and findings.detail = excluded.detail))`;
const isRepaired = sql`excluded.state = 'resolved'`;
const seenAgain = {
  severity: sql`excluded.severity`, detail: sql`excluded.detail`, data: sql`excluded.data`, entry: sql`excluded.entry`, credits: sql`excluded.credits`,
  explanation: sql`excluded.explanation`, seenAt: sql`excluded.seen_at`, repairedAt: sql`coalesce(excluded.repaired_at, findings.repaired_at)`,
  at: sql`iif(${isNews}, excluded.at, findings.at)`, run: sql`iif(${isNews}, excluded.run, findings.run)`, mailedAt: sql`iif(${isNews}, null, findings.mailed_at)`,
  state: sql`iif(${isRepaired} or (findings.state = 'resolved' and not ${isNews}), 'resolved', 'open')`,
  resolvedAt: sql`iif(${isRepaired}, excluded.resolved_at, iif(${isNews}, null, findings.resolved_at))`,
  resolvedBy: sql`iif(${isRepaired} or ${isNews}, null, findings.resolved_by)`,
  resolution: sql`iif(${isRepaired}, excluded.resolution, iif(${isNews}, null, findings.resolution))`,
};

/** Closes what was found before in units that were now examined wholly, and was not seen since the run began. A run of one studio closes only its own. */
export const closeUnseen = (ctx: Ctx, { check, spans, since, studio }: { check: string; spans: readonly Span[]; since: number; studio: string | null }): Write[] =>
  spans.length === 0 ? [] : [ctx.db.update(findings).set({ state: "resolved", resolvedAt: ctx.now(), resolvedBy: null, resolution: "No longer seen." }).where(and(
    eq(findings.source, check), eq(findings.state, "open"), lt(findings.seenAt, since), studio === null ? undefined : eq(findings.studio, studio),
    sql`exists (select 1 from json_each(${JSON.stringify(spans)}) as s where findings.unit = s.value ->> 'to' or (findings.unit > s.value ->> 'from' and findings.unit <= s.value ->> 'to'))`,
  ))];

/** Critical findings that nobody was told of, oldest first. */
export async function unmailed(ctx: Ctx, limit: number): Promise<string[]> {
  const rows = await ctx.db.all<{ id: string }>(sql`select id from findings indexed by findings_unmailed where severity = 'critical' and mailed_at is null order by at limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Marks findings as told of, unless somebody else was quicker. */
export const markMailed = (ctx: Ctx, ids: readonly string[]): Write[] => {
  const named = sql`id in (select value from json_each(${JSON.stringify(ids)}))`;
  return [
    onlyIf(ctx.db, sql`not exists (select 1 from findings where ${named} and mailed_at is not null)`),
    ctx.db.update(findings).set({ mailedAt: ctx.now() }).where(named),
  ];
};

export const byIds = (ctx: Ctx, ids: readonly string[]): Promise<FindingRow[]> =>
  ctx.db.select().from(findings).where(sql`${findings.id} in (select value from json_each(${JSON.stringify(ids)}))`).orderBy(asc(findings.at)).all();

/** Units in which a check has found something that is still open. */
export async function openUnits(ctx: Ctx, check: string, limit: number): Promise<string[]> {
  const rows = await ctx.db.selectDistinct({ unit: findings.unit }).from(findings).where(and(eq(findings.source, check), eq(findings.state, "open"), isNotNull(findings.unit))).orderBy(findings.unit).limit(limit).all();
  return rows.flatMap(({ unit }) => unit ?? []);
}
