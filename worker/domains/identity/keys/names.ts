import { and, eq, sql } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { apiKeys } from "../tables.ts";

/** What keys of the studio are called, revoked ones too. */
export async function keyNames(ctx: StudioCtx, ids: string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.select({ id: apiKeys.id, name: apiKeys.name }).from(apiKeys)
    .where(and(eq(apiKeys.studio, ctx.studio), sql`${apiKeys.id} in (select value from json_each(${JSON.stringify(ids)}))`));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
