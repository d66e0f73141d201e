import { z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { derivedId } from "#core/id.ts";
import { findings } from "../tables.ts";

/** Messages name things and carry nothing else. */
const Named = z.object({ run: z.string(), job: z.string(), attempt: z.number(), action: z.string(), event: z.string(), reconciliation: z.string() }).partial();

/** A message that failed for good is written down, once for each; its owner goes on by itself. */
export async function noteDeadLetter(ctx: Ctx, body: unknown): Promise<void> {
  const named = Named.safeParse(body).data ?? {};
  const subject = named.job ?? named.run ?? named.event ?? named.reconciliation ?? "message";
  const row = {
    id: await derivedId("finding", "queue", JSON.stringify(named)), studio: null, source: "queue", severity: "warning" as const, subject, detail: "a message failed for good", data: named, state: "open" as const, at: ctx.now(),
    run: named.run ?? null, seenAt: ctx.now(), explanation: `A message about ${subject} failed five times and was given up. Whoever it was for is asked to go on by itself; look whether it did.`,
  };
  await ctx.db.insert(findings).values(row).onConflictDoUpdate({ target: findings.id, set: { seenAt: ctx.now(), state: sql`'open'`, resolvedAt: null, resolvedBy: null, resolution: null } });
}
