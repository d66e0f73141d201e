import type { StudioCtx } from "#core/context.ts";
import { sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { provenanceOf, type Provenance } from "#domains/generation/index.ts";
import { studioById } from "#domains/identity/index.ts";
import { assetsById, isContentType, requireAsset, type AssetRow } from "#domains/media/index.ts";
import { requireProject } from "#domains/projects/index.ts";
import { videoPublished, type PublishVideo, type Video } from "./contract.ts";
import { freeze } from "./freeze.ts";
import { syncPublicFiles } from "./public-files.ts";
import { getVideo } from "./service.ts";
import * as store from "./store.ts";
import type { FileRole, VideoFiles, VideoRow } from "./tables.ts";
import { toVideo } from "./views.ts";

/** Which node's take holds which file of a published film, and its role there. */
const extras: { role: FileRole; kind: string; output: string }[] = [
  { role: "captions", kind: "captions", output: "captions" },
  { role: "preview", kind: "preview", output: "video" }, { role: "sprite", kind: "preview", output: "sprite" }, { role: "spriteMap", kind: "preview", output: "spriteMap" },
  { role: "avif480", kind: "poster", output: "avif480" }, { role: "avif960", kind: "poster", output: "avif960" }, { role: "webp480", kind: "poster", output: "webp480" },
  { role: "webp960", kind: "poster", output: "webp960" }, { role: "jpeg1280", kind: "poster", output: "jpeg1280" },
];

function fileOf(asset: AssetRow): NonNullable<VideoFiles["files"][FileRole]> | null {
  return isContentType(asset.contentType) ? { key: asset.key, sha256: asset.sha256, contentType: asset.contentType } : null;
}

async function filesOf(ctx: StudioCtx, video: AssetRow, { parts }: Provenance): Promise<VideoFiles> {
  const files: VideoFiles["files"] = {};
  const main = fileOf(video);
  if (main) files.video = main;
  const wanted = extras.flatMap(({ role, kind, output }) => {
    const id = parts.find((part) => part.kind === kind)?.take.assets[output];
    return id === undefined ? [] : [{ role, id }];
  });
  const found = await assetsById(ctx, wanted.map(({ id }) => id));
  for (const { role, id } of wanted) {
    const asset = found.get(id);
    const file = asset && fileOf(asset);
    if (file) files[role] = file;
  }
  const color = parts.find((part) => part.kind === "poster")?.take.values["color"];
  return { files, color: typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color) ? color : null };
}

/** The film behind an asset: only what the pipeline made whole can be published. */
async function requireFilm(ctx: StudioCtx, project: string, id: string): Promise<{ asset: AssetRow; provenance: Provenance }> {
  const asset = await requireAsset(ctx, id);
  if (asset.project !== project) throw new AppError("asset.not_found", "This project has no such asset. List them at /api/v1/assets?project=…");
  const isFilm = (asset.kind === "cut" || asset.kind === "animatic") && asset.contentType === "video/mp4" && asset.take !== null;
  const provenance = isFilm && asset.take !== null ? await provenanceOf(ctx, asset.take) : null;
  if (!provenance) throw new AppError("video.not_publishable", "Publish a film or an animatic of the project: a video asset of the kind cut or animatic.");
  return { asset, provenance };
}

async function newRow(ctx: StudioCtx, id: string, input: PublishVideo): Promise<{ row: VideoRow; details: string }> {
  const { asset, provenance } = await requireFilm(ctx, input.project, input.asset);
  const { film } = provenance;
  const maker = await studioById(ctx, ctx.studio);
  if (!maker) throw new Error(`studio ${ctx.studio} has no public side`);
  const details = JSON.stringify(await freeze(ctx, provenance));
  const row: VideoRow = {
    id, studio: ctx.studio, project: input.project, asset: asset.id, title: input.title, description: input.description, tags: [...new Set(input.tags)], visibility: input.visibility,
    state: "live", aspect: film.aspect, durationMs: asset.durationMs ?? 0, width: asset.width ?? 0, height: asset.height ?? 0, language: film.language,
    showsScript: input.showScript, showsProduction: input.showProduction, files: await filesOf(ctx, asset, provenance),
    detailsKey: `videos/${ctx.studio}/${id}/${await sha256(details)}.json`, makerHandle: maker.handle, makerName: maker.name, publishedAt: ctx.now(), updatedAt: ctx.now(),
  };
  return { row, details };
}

/** Publish a film: what it shows and how it was made are frozen with it. Repeated under one key it is published once. */
export async function publishVideo(ctx: StudioCtx, input: PublishVideo): Promise<Video> {
  await requireProject(ctx, input.project);
  return once(ctx, {
    operation: "publishVideo", kind: "video", input,
    create: async (id, remember) => {
      const { row, details } = await newRow(ctx, id, input);
      await ctx.env.MEDIA.put(row.detailsKey, details, { httpMetadata: { contentType: "application/json" } });
      await syncPublicFiles(ctx, row);
      const event = videoPublished(ctx.studio, id, { video: id, project: input.project, visibility: input.visibility });
      await commit(ctx, event, [...remember, store.insert(ctx, row)]);
      return toVideo(ctx, row, { owns: true, mayEdit: true });
    },
    read: (id) => getVideo(ctx, ctx, id),
  });
}
