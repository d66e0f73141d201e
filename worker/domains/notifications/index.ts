import type { Ctx } from "#core/context.ts";

export { liveRoutes } from "./routes.ts";

/** Shows something to the people of a studio as it happens. What gets lost here is found by whoever reads again. */
export async function showLive(ctx: Ctx, studio: string, message: { type: "wallet" | "project" | "upload" | "video" | "notification"; subject: string; data: object }): Promise<void> {
  await ctx.env.HUB.getByName(studio).push([message]);
}
