import type { Ctx } from "#core/context.ts";

export { liveRoutes } from "./routes.ts";

/** Shows something to the people of a studio as it happens. Throws where it was not kept, so that whoever heard of it is told again. */
export async function showLive(ctx: Ctx, studio: string, message: { type: "wallet" | "project" | "upload" | "video" | "notification"; subject: string; data: object }): Promise<void> {
  const { ok } = await ctx.env.HUB.getByName(studio).push([message]);
  if (!ok) throw new Error(`the hub of ${studio} kept nothing`);
}
