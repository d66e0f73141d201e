import type { Ctx } from "#core/context.ts";
import { contentTypes, PUBLIC_PREFIX, signLink } from "#domains/media/index.ts";
import type { FileRole, VideoFile, VideoRow } from "./tables.ts";

export const LINK_SECONDS = 6 * 3_600;

/** Where everyone finds a published file: below the video, named by its content, so that a take-down is one prefix and nothing is ever overwritten. */
const publicKey = (video: string, file: VideoFile): string => `${PUBLIC_PREFIX}${video}/${file.sha256}.${contentTypes[file.contentType].ending}`;

/** Whether people besides the studio may see a film. */
export const isOpen = (row: VideoRow): boolean => row.state === "live" && row.visibility !== "private";

/** The address of a file: the public copy, or a signed link where the video is private. Null where the film has no such file. */
export async function fileUrl(ctx: Ctx, row: VideoRow, role: FileRole): Promise<string | null> {
  const file = row.files.files[role];
  if (!file) return null;
  return isOpen(row) ? `/media/${publicKey(row.id, file)}` : (await signLink(ctx, file.key, LINK_SECONDS)).url;
}

/** Make the public copies what they should be: there while the video is open, gone otherwise. Doing it twice is harmless. */
export async function syncPublicFiles(ctx: Ctx, row: VideoRow): Promise<void> {
  if (!isOpen(row)) {
    const { objects } = await ctx.env.MEDIA.list({ prefix: `${PUBLIC_PREFIX}${row.id}/` });
    if (objects.length > 0) await ctx.env.MEDIA.delete(objects.map(({ key }) => key));
    return;
  }
  await Promise.all(Object.values(row.files.files).map(async (file) => {
    const key = publicKey(row.id, file);
    if (await ctx.env.MEDIA.head(key)) return;
    const object = await ctx.env.MEDIA.get(file.key);
    if (!object) throw new Error(`video ${row.id} lacks its file ${file.key}`);
    await ctx.env.MEDIA.put(key, object.body, { httpMetadata: { contentType: file.contentType } });
  }));
}
