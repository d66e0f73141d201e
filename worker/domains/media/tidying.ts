/** What a completion leaves that died before its copy was recorded: each try makes a copy of its own. */
import { and, between, sql } from "drizzle-orm";
import type { CronTask } from "#core/background.ts";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { copiesOf } from "./service.ts";
import { uploads } from "./tables.ts";

const DAY_MS = 86_400_000;
/** A night looks at uploads of this age, so that each is looked at on two nights and on no more. */
const LEAST_MS = DAY_MS;
const MOST_MS = 3 * DAY_MS;
const UPLOADS_MAX = 500;
/** A copy that is younger may belong to a completion that goes on. */
const COMPLETING_MS = 3_600_000;

/** Takes such copies away. What somebody may still complete stays: the file itself, and every copy that is an asset. */
async function tidyUploads(ctx: Ctx): Promise<void> {
  const now = ctx.now();
  const rows = await ctx.db.select({ id: uploads.id, studio: uploads.studio }).from(uploads)
    .where(and(sql`${uploads.status} = 'waiting'`, between(uploads.createdAt, now - MOST_MS, now - LEAST_MS))).orderBy(uploads.createdAt).limit(UPLOADS_MAX).all();
  for (const row of rows) {
    try {
      const { objects } = await ctx.env.MEDIA.list({ prefix: copiesOf(row) });
      const left = objects.filter(({ uploaded }) => uploaded.getTime() < now - COMPLETING_MS);
      if (left.length > 0) await ctx.env.MEDIA.delete(left.map(({ key }) => key));
    } catch (error) {
      logLine({ evt: "uploads.not_tidied", upload: row.id, error: String(error) });
    }
  }
}

export const uploadTasks: readonly CronTask[] = [{ name: "tidy-uploads", every: "night", run: tidyUploads }];
