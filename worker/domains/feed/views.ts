import type { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { manifestOf } from "#domains/media/index.ts";
import type { Video, VideoCard } from "./contract.ts";
import { fileUrl, isOpen, LINK_SECONDS } from "./public-files.ts";
import type { VideoRow } from "./tables.ts";

type Poster = z.infer<typeof VideoCard>["poster"];

async function toPoster(ctx: Ctx, row: VideoRow): Promise<Poster> {
  const [avif480, avif960, webp480, webp960, jpeg1280] = await Promise.all((["avif480", "avif960", "webp480", "webp960", "jpeg1280"] as const).map((role) => fileUrl(ctx, row, role)));
  if (!avif480 || !avif960 || !webp480 || !webp960 || !jpeg1280) return null;
  return { avif480, avif960, webp480, webp960, jpeg1280, color: row.files.color ?? "#262626" };
}

export async function toCard(ctx: Ctx, row: VideoRow): Promise<z.infer<typeof VideoCard>> {
  return {
    object: "video", id: row.id, title: row.title, seconds: row.durationMs / 1_000, aspect: row.aspect,
    maker: { studio: row.studio, handle: row.makerHandle, name: row.makerName },
    poster: await toPoster(ctx, row), preview: await fileUrl(ctx, row, "preview"), generated: true, publishedAt: new Date(row.publishedAt).toISOString(),
  };
}

/** A film that is not open is played from its file: Stream has it no longer, or not yet. */
async function streamOf(ctx: Ctx, row: VideoRow): Promise<Video["hls"]> {
  const file = row.files.files.video;
  return file && isOpen(row) ? manifestOf(ctx, { video: row.id, sha256: file.sha256, seconds: LINK_SECONDS }) : null;
}

/** The whole video. What only its own studio may know is left out for everyone else. */
export async function toVideo(ctx: Ctx, row: VideoRow, viewer: { owns: boolean; mayEdit: boolean }): Promise<Video> {
  const [video, hls, captions, sprite] = await Promise.all([fileUrl(ctx, row, "video"), streamOf(ctx, row), fileUrl(ctx, row, "captions"), fileUrl(ctx, row, "sprite")]);
  return {
    ...(await toCard(ctx, row)), description: row.description, tags: row.tags, visibility: row.visibility, project: viewer.owns ? row.project : null,
    sources: video ? [{ url: video, contentType: "video/mp4", width: row.width, height: row.height }] : [], hls,
    captions: captions ? [{ url: captions, language: row.language }] : [], sprite,
    showsScript: row.showsScript, showsProduction: row.showsProduction, actions: viewer.mayEdit ? ["edit", "take-down"] : [],
  };
}
