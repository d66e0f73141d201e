import { and, desc, eq, gt, lt, or, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import { providerCharges, providerStatements, type ChargeRow, type StatementRow } from "../tables.ts";

/** Lines in one statement of SQL. */
const CHUNK = 1_000;

export const insert = (ctx: Ctx, row: StatementRow, charges: readonly Omit<ChargeRow, "statement" | "provider">[]): Write[] => [
  ctx.db.insert(providerStatements).values(row),
  ...Array.from({ length: Math.ceil(charges.length / CHUNK) }, (_, index) => ctx.db.insert(providerCharges).select(sql`
    select ${row.id}, value ->> 'line', ${row.provider}, value ->> 'charge', value ->> 'model', value ->> 'status', value ->> 'costMicros', value ->> 'createdAt'
    from json_each(${JSON.stringify(charges.slice(index * CHUNK, (index + 1) * CHUNK))}) where true`)),
];

export async function get(ctx: Ctx, id: string): Promise<StatementRow> {
  const row = await ctx.db.select().from(providerStatements).where(eq(providerStatements.id, id)).get();
  if (!row) throw new AppError("route.not_found", "There is no such statement.");
  return row;
}

/** Newest first. */
export function list(ctx: Ctx, { limit, cursor }: PageQuery): Promise<StatementRow[]> {
  const filters: (SQL | undefined)[] = [];
  if (cursor !== undefined) {
    const [at = 0, id = ""] = decodeCursor(cursor, 2);
    filters.push(or(lt(providerStatements.importedAt, Number(at)), and(eq(providerStatements.importedAt, Number(at)), lt(providerStatements.id, String(id)))));
  }
  return ctx.db.select().from(providerStatements).where(and(...filters)).orderBy(desc(providerStatements.importedAt), desc(providerStatements.id)).limit(limit + 1).all();
}

/** The statement after an id, in the order of their ids. */
export const nextAfter = (ctx: Ctx, id: string): Promise<StatementRow | undefined> =>
  ctx.db.select().from(providerStatements).where(gt(providerStatements.id, id)).orderBy(providerStatements.id).limit(1).get();

/** Statements of a provider, by period. */
export const ofProvider = (ctx: Ctx, provider: string): Promise<StatementRow[]> =>
  ctx.db.select().from(providerStatements).where(eq(providerStatements.provider, provider)).orderBy(providerStatements.period, providerStatements.importedAt).all();

export const chargesAfter = (ctx: Ctx, statement: string, { line, limit }: { line: number; limit: number }): Promise<ChargeRow[]> =>
  ctx.db.select().from(providerCharges).where(and(eq(providerCharges.statement, statement), gt(providerCharges.line, line))).orderBy(providerCharges.line).limit(limit).all();

/** Every line about these ids, in whichever statement. */
export const chargesNamed = (ctx: Ctx, provider: string, ids: readonly string[]): Promise<ChargeRow[]> =>
  ctx.db.select().from(providerCharges).where(and(eq(providerCharges.provider, provider), sql`${providerCharges.charge} in (select value from json_each(${JSON.stringify(ids)}))`)).all();
