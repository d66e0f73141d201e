import type { Ctx } from "#core/context.ts";

/** Notes something that a person must look at, once for each id. */
export async function noteFinding(ctx: Ctx, { id, studio, subject, detail, data }: { id: string; studio: string | null; subject: string; detail: string; data: object }): Promise<void> {
  await ctx.env.DB.prepare("INSERT INTO findings (id, studio, source, severity, subject, detail, data, at) VALUES (?, ?, 'billing', 'critical', ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
    .bind(`billing:${id}`, studio, subject, detail, JSON.stringify(data), ctx.now()).run();
}
