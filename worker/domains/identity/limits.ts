import { lt, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { rateLimits } from "./tables.ts";

/** At most `max` times in a window that begins with the first of them. */
export interface Limit {
  max: number;
  windowMs: number;
}

/** Count one more under a key, in one statement, so that a hundred at once are a hundred. Null: go on; otherwise milliseconds to wait. */
export async function takeTurn(ctx: Ctx, key: string, { max, windowMs }: Limit): Promise<number | null> {
  const now = ctx.now();
  const over = sql`${rateLimits.endsAt} <= ${now}`;
  const row = await ctx.db.insert(rateLimits).values({ key, count: 1, windowAt: now, endsAt: now + windowMs })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateLimits.count} + 1 end`,
        windowAt: sql`case when ${over} then ${now} else ${rateLimits.windowAt} end`,
        endsAt: sql`case when ${over} then ${now + windowMs} else ${rateLimits.endsAt} end`,
      },
    }).returning().get();
  return row.count <= max ? null : Math.max(1, row.endsAt - now);
}

/** Forget windows that are over. */
export const forgetTurns = (ctx: Ctx): Write => ctx.db.delete(rateLimits).where(lt(rateLimits.endsAt, ctx.now()));
