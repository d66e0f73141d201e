import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import type { TransactionKind } from "../contract.ts";
import { partners, tokenTotals, transactions, type TokenTotalRow, type TransactionRow } from "../tables.ts";

export type NamedTransaction = { row: TransactionRow; name: string };

const named = (ctx: Ctx, where: SQL | undefined) =>
  ctx.db.select({ row: transactions, name: partners.name }).from(transactions).innerJoin(partners, eq(partners.id, transactions.partner)).where(where);

export const findByKey = (ctx: Ctx, partner: string, key: string): Promise<NamedTransaction | undefined> =>
  named(ctx, and(eq(transactions.partner, partner), eq(transactions.idempotencyKey, key))).get();

export const findByReference = (ctx: Ctx, partner: string, reference: string): Promise<NamedTransaction | undefined> =>
  named(ctx, and(eq(transactions.partner, partner), eq(transactions.reference, reference))).get();

export interface ListFilter {
  /** Whose: those of a studio, or those of a partner. */
  of: { studio: string } | { partner: string };
  kind?: TransactionKind | undefined;
  project?: string | undefined;
  /** Recorded at this moment or later, and before that. */
  from?: number | undefined;
  to?: number | undefined;
  after: { recordedAt: number; id: string } | null;
  limit: number;
}

/** Transactions, the last recorded first. */
export const listTransactions = (ctx: Ctx, { of, kind, project, from, to, after, limit }: ListFilter): Promise<NamedTransaction[]> =>
  named(ctx, and(
    "studio" in of ? eq(transactions.studio, of.studio) : eq(transactions.partner, of.partner),
    kind && eq(transactions.kind, kind),
    project === undefined ? undefined : eq(transactions.project, project),
    from === undefined ? undefined : gte(transactions.recordedAt, from),
    to === undefined ? undefined : lt(transactions.recordedAt, to),
    after ? sql`(${transactions.recordedAt}, ${transactions.id}) < (${after.recordedAt}, ${after.id})` : undefined,
  )).orderBy(desc(transactions.recordedAt), desc(transactions.id)).limit(limit).all();

/** Write a transaction down, with what it adds to the tokens of its project. */
export function insertTransaction(ctx: Ctx, row: TransactionRow): Write[] {
  const { project, studio, provider, model, estimatedTokens, actualTokens } = row;
  const writes: Write[] = [ctx.db.insert(transactions).values(row)];
  if (project === null || provider === null || model === null) return writes;
  const added = { estimated: estimatedTokens ?? 0, actual: actualTokens ?? 0 };
  writes.push(ctx.db.insert(tokenTotals).values({ project, provider, model, studio, uses: 1, ...added }).onConflictDoUpdate({
    target: [tokenTotals.project, tokenTotals.provider, tokenTotals.model],
    set: { uses: sql`${tokenTotals.uses} + 1`, estimated: sql`${tokenTotals.estimated} + ${added.estimated}`, actual: sql`${tokenTotals.actual} + ${added.actual}` },
  }));
  return writes;
}

/** Tokens of a project, by model. */
export const listTotals = (ctx: Ctx, studio: string, project: string): Promise<TokenTotalRow[]> =>
  ctx.db.select().from(tokenTotals).where(and(eq(tokenTotals.project, project), eq(tokenTotals.studio, studio))).orderBy(desc(tokenTotals.actual)).all();

const isModel = ({ project, provider, model }: Pick<TokenTotalRow, "project" | "provider" | "model">) =>
  and(eq(tokenTotals.project, project), eq(tokenTotals.provider, provider), eq(tokenTotals.model, model));

export const findTotal = (ctx: Ctx, of: Pick<TokenTotalRow, "project" | "provider" | "model">): Promise<TokenTotalRow | undefined> =>
  ctx.db.select().from(tokenTotals).where(isModel(of)).get();

/** Note whether a model's tokens differ, unless they changed since they were read. */
export const setDiffers = (ctx: Ctx, row: TokenTotalRow, isDifferent: boolean): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from token_totals where project = ${row.project} and provider = ${row.provider} and model = ${row.model} and uses = ${row.uses} and differs = ${row.differs ? 1 : 0})`),
  ctx.db.update(tokenTotals).set({ differs: isDifferent }).where(isModel(row)),
];
