import { and, asc, desc, eq, lt, lte, or, sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { decodeCursor, type PageQuery } from "#core/page.ts";
import { proposals, type ProposalRow } from "../tables.ts";

export const insert = (ctx: Ctx, row: ProposalRow): Write => ctx.db.insert(proposals).values(row);

export async function get(ctx: Ctx, id: string): Promise<ProposalRow> {
  const row = await ctx.db.select().from(proposals).where(eq(proposals.id, id)).get();
  if (!row) throw new AppError("proposal.not_found", "There is no such proposal. List them at /api/v1/admin/proposals.");
  return row;
}

/** Moves a proposal on, unless somebody else did. */
export const move = (ctx: Ctx, { id, state }: ProposalRow, to: Partial<ProposalRow>): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from proposals where id = ${id} and state = ${state})`),
  ctx.db.update(proposals).set(to).where(eq(proposals.id, id)),
];

export interface ListProposals extends PageQuery {
  state?: ProposalRow["state"] | undefined;
  studio?: string | undefined;
}

/** Newest first. */
export function list(ctx: Ctx, { limit, cursor, state, studio }: ListProposals): Promise<ProposalRow[]> {
  const filters: (SQL | undefined)[] = [state === undefined ? undefined : eq(proposals.state, state), studio === undefined ? undefined : eq(proposals.studio, studio)];
  if (cursor !== undefined) {
    const [at = 0, id = ""] = decodeCursor(cursor, 2);
    filters.push(or(lt(proposals.proposedAt, Number(at)), and(eq(proposals.proposedAt, Number(at)), lt(proposals.id, String(id)))));
  }
  return ctx.db.select().from(proposals).where(and(...filters)).orderBy(desc(proposals.proposedAt), desc(proposals.id)).limit(limit + 1).all();
}

/** Those whose command the wallet has not acknowledged. */
export const listApproved = (ctx: Ctx, limit: number): Promise<ProposalRow[]> =>
  ctx.db.select().from(proposals).where(eq(proposals.state, "approved")).orderBy(asc(proposals.proposedAt)).limit(limit).all();

export const expire = (ctx: Ctx): Write => ctx.db.update(proposals).set({ state: "expired" }).where(and(eq(proposals.state, "proposed"), lte(proposals.expiresAt, ctx.now())));
