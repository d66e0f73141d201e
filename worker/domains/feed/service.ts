import type { z } from "@hono/zod-openapi";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { roles } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { toPage, type PageQuery } from "#core/page.ts";
import { studioByHandle } from "#domains/identity/index.ts";
import { type Profile, type UpdateVideo, type Video, videoTakenDown, videoUpdated } from "./contract.ts";
import { type FrozenDetails, toDetails } from "./details.ts";
import { syncPublicFiles } from "./public-files.ts";
import * as store from "./store.ts";
import type { VideoRow } from "./tables.ts";
import { toCard, toVideo } from "./views.ts";

const position = (row: VideoRow) => [row.publishedAt, row.id];

async function cards(ctx: Ctx, rows: VideoRow[], limit: number) {
  const page = toPage(rows, limit, (row) => row, position);
  return { data: await Promise.all(page.data.map((row) => toCard(ctx, row))), nextCursor: page.nextCursor };
}

/** The public feed. `all` and `recent` are both newest first until there is a ranking. */
export const listFeed = async (ctx: Ctx, page: PageQuery) => cards(ctx, await store.listPublic(ctx, page), page.limit);

/** All live videos of the studio, private ones too. */
export const listOwnVideos = async (ctx: StudioCtx, page: PageQuery) => cards(ctx, await store.listOwn(ctx, page), page.limit);

/** Who looks: the studio that they stand in, if any. */
export type Viewer = StudioCtx | null;

async function requireVisible(ctx: Ctx, viewer: Viewer, id: string): Promise<VideoRow> {
  const row = await store.find(ctx, id);
  const owns = row !== undefined && viewer?.studio === row.studio;
  if (!row || (row.visibility === "private" && !owns)) throw new AppError("video.not_found", "This video does not exist, or is private.");
  if (row.state === "taken_down") throw new AppError("video.gone", "This video was taken down by its maker.");
  return row;
}

const viewerOf = (viewer: Viewer, row: VideoRow) => {
  const owns = viewer?.studio === row.studio;
  return { owns, mayEdit: owns && viewer !== null && roles.indexOf(viewer.role) <= roles.indexOf("editor") };
};

export async function getVideo(ctx: Ctx, viewer: Viewer, id: string): Promise<Video> {
  const row = await requireVisible(ctx, viewer, id);
  return toVideo(ctx, row, viewerOf(viewer, row));
}

export async function getVideoDetails(ctx: Ctx, viewer: Viewer, id: string) {
  const row = await requireVisible(ctx, viewer, id);
  const stored = await ctx.env.MEDIA.get(row.detailsKey);
  if (!stored) throw new Error(`video ${id} lacks its details`);
  return toDetails(ctx, row, await stored.json<FrozenDetails>());
}

async function requireOwn(ctx: StudioCtx, id: string): Promise<VideoRow> {
  const row = await store.find(ctx, id);
  if (!row || row.studio !== ctx.studio || row.state !== "live") throw new AppError("video.not_found", "There is no such video in this studio.");
  return row;
}

/** Change what is said about a video, or who may see it. */
export async function updateVideo(ctx: StudioCtx, id: string, input: z.infer<typeof UpdateVideo>): Promise<Video> {
  const row = await requireOwn(ctx, id);
  const { showScript, showProduction, ...rest } = input;
  const fields: Partial<VideoRow> = {
    ...rest, ...(showScript === undefined ? {} : { showsScript: showScript }), ...(showProduction === undefined ? {} : { showsProduction: showProduction }),
  };
  const next = { ...row, ...fields };
  // Copies are made before they are promised; those that are no longer wanted go when the event is heard.
  if (next.visibility !== "private") await syncPublicFiles(ctx, next);
  try {
    await commit(ctx, videoUpdated(ctx.studio, id, { video: id, fields: Object.keys(input) }), store.update(ctx, row, fields));
  } catch (error) {
    // Somebody else was first, perhaps to hide it: what is public follows what is true now.
    const now = await store.find(ctx, id);
    if (now) await syncPublicFiles(ctx, now);
    throw error;
  }
  return toVideo(ctx, next, viewerOf(ctx, row));
}

/** Take a video off the feed and its files off the edge. The page says so from then on. */
export async function takeDownVideo(ctx: StudioCtx, id: string): Promise<void> {
  const row = await requireOwn(ctx, id);
  await commit(ctx, videoTakenDown(ctx.studio, id, { video: id }), store.update(ctx, row, { state: "taken_down" }));
  await syncPublicFiles(ctx, { ...row, state: "taken_down" });
}

async function requireMaker(ctx: Ctx, handle: string) {
  const studio = await studioByHandle(ctx, handle);
  if (!studio) throw new AppError("profile.not_found", "Nobody has this name.");
  return studio;
}

export async function getProfile(ctx: Ctx, handle: string): Promise<z.infer<typeof Profile>> {
  const studio = await requireMaker(ctx, handle);
  return {
    object: "profile", handle: studio.handle, name: studio.name, bio: studio.bio, videos: await store.countByMaker(ctx, studio.handle), joinedAt: new Date(studio.createdAt).toISOString(),
  };
}

export async function listProfileVideos(ctx: Ctx, handle: string, page: PageQuery) {
  const studio = await requireMaker(ctx, handle);
  return cards(ctx, await store.listByMaker(ctx, studio.handle, page), page.limit);
}
