import { and, desc, eq, getTableColumns, lt, or, sql } from "drizzle-orm";
import type { Ctx, StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import type { NodeId, TakeFacts } from "#film/film.ts";
import type { Takes } from "#film/plan.ts";
import { jobs, takes, type TakeRow } from "../tables.ts";

const { manifest: _manifest, ...plain } = getTableColumns(takes);
/** A take without its manifest, which only its own route reads. */
export type PlainTake = Omit<TakeRow, "manifest">;

export const insertTake = (ctx: Ctx, row: TakeRow): Write => ctx.db.insert(takes).values(row);

/** All takes of a project, newest first. */
export const takesOf = (ctx: StudioCtx, project: string): Promise<PlainTake[]> =>
  ctx.db.select(plain).from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.project, project))).orderBy(desc(takes.createdAt)).all();

export const takesOfNode = (ctx: StudioCtx, project: string, node: string): Promise<PlainTake[]> =>
  ctx.db.select(plain).from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.project, project), eq(takes.node, node as NodeId))).orderBy(desc(takes.createdAt)).all();

/** A page of what was ordered by itself, newest first, and one row more where there is more. */
export function taskTakesOf(ctx: StudioCtx, { tools, project, limit, cursor }: PageQuery & { tools?: string[] | undefined; project?: string | undefined }): Promise<PlainTake[]> {
  const [at = 0, id = ""] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const before = cursor === undefined ? undefined : or(lt(takes.createdAt, Number(at)), and(eq(takes.createdAt, Number(at)), lt(takes.id, String(id))));
  // By one tool there is an index; a list of tools is one value, since the database takes a hundred at most.
  const [tool, ...others] = tools ?? [];
  const made = tool === undefined ? undefined : others.length === 0 ? eq(takes.tool, tool) : sql`${takes.tool} in (select value from json_each(${JSON.stringify(tools)}))`;
  return ctx.db.select(plain).from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.kind, "task"), made, project === undefined ? undefined : eq(takes.project, project), before))
    .orderBy(desc(takes.createdAt), desc(takes.id)).limit(limit + 1).all();
}

export const findTake = (ctx: StudioCtx, id: string): Promise<TakeRow | undefined> =>
  ctx.db.select().from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.id, id))).get();

export const findByFingerprint = (ctx: Ctx, project: string, fingerprint: string): Promise<PlainTake | undefined> =>
  ctx.db.select(plain).from(takes).where(and(eq(takes.project, project), eq(takes.fingerprint, fingerprint))).get();

/** Jobs that are making something of a project now. */
export const makingIn = (ctx: StudioCtx, project: string) =>
  ctx.db.select({ node: jobs.node, run: jobs.run, job: jobs.id, status: jobs.status, progress: jobs.progress }).from(jobs)
    .where(and(eq(jobs.project, project), eq(jobs.studio, ctx.studio), sql`${jobs.finishedAt} is null`)).all();

export const toFacts = (row: PlainTake): TakeFacts =>
  ({ id: row.id, node: row.node, fingerprint: row.fingerprint, frames: row.frames, assets: row.assets, values: row.facts, createdAt: row.createdAt });

/** Takes as planning wants them. */
export function indexTakes(rows: readonly PlainTake[]): Takes & { row(fingerprint: string): PlainTake | undefined; newest(node: string): PlainTake | undefined } {
  const byFingerprint = new Map(rows.map((row) => [row.fingerprint, row]));
  const newest = new Map<string, PlainTake>();
  for (const row of rows) if (!newest.has(row.node)) newest.set(row.node, row);
  const facts = (row: PlainTake | undefined) => (row ? toFacts(row) : undefined);
  return {
    byFingerprint: (fingerprint) => facts(byFingerprint.get(fingerprint)),
    newestOf: (node) => facts(newest.get(node)),
    row: (fingerprint) => byFingerprint.get(fingerprint),
    newest: (node) => newest.get(node),
  };
}
