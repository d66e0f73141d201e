import { and, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Ctx, Role, StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { KEY_WINDOW_MS } from "../rules.ts";
import { apiKeys, members, type ApiKeyRow } from "../tables.ts";

const own = (ctx: StudioCtx, id: string) => and(eq(apiKeys.studio, ctx.studio), eq(apiKeys.id, id), isNull(apiKeys.revokedAt));

export const listKeys = (ctx: StudioCtx): Promise<ApiKeyRow[]> =>
  ctx.db.select().from(apiKeys).where(and(eq(apiKeys.studio, ctx.studio), isNull(apiKeys.revokedAt))).orderBy(desc(apiKeys.createdAt)).limit(200);

export async function getKey(ctx: StudioCtx, id: string): Promise<ApiKeyRow> {
  const row = await ctx.db.select().from(apiKeys).where(own(ctx, id)).get();
  if (!row) throw new AppError("key.not_found", "This studio has no such key.");
  return row;
}

export const insertKey = (ctx: StudioCtx, row: ApiKeyRow): Write => ctx.db.insert(apiKeys).values(row);
export const revokeKey = (ctx: StudioCtx, id: string): Write => ctx.db.update(apiKeys).set({ revokedAt: ctx.now() }).where(own(ctx, id));

/** Note that a key is used and count it in its window, in one statement. Undefined: no such key, or revoked, or expired. */
export function useKey(ctx: Ctx, hash: string): Promise<ApiKeyRow | undefined> {
  const now = ctx.now();
  const over = sql`${apiKeys.windowAt} + ${KEY_WINDOW_MS} <= ${now}`;
  return ctx.db.update(apiKeys).set({
    windowCount: sql`case when ${over} then 1 else ${apiKeys.windowCount} + 1 end`,
    windowAt: sql`case when ${over} then ${now} else ${apiKeys.windowAt} end`,
    lastUsedAt: now,
  }).where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)))).returning().get();
}

/** The present role of the member who made a key: what the key may do at most. */
export const roleOfKey = async (ctx: Ctx, id: string): Promise<Role | null> =>
  (await ctx.db.select({ role: members.role }).from(apiKeys).innerJoin(members, and(eq(members.studio, apiKeys.studio), eq(members.userId, apiKeys.madeBy))).where(eq(apiKeys.id, id)).get())?.role ?? null;
