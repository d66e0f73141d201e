import type { Ctx } from "#core/context.ts";
import { advancePackages, isPackaging, keepPackage, packagedAmong } from "#domains/media/index.ts";
import { isOpen } from "./public-files.ts";
import * as store from "./store.ts";
import type { VideoRow } from "./tables.ts";

const PAGE = 100;
const SYNC_TRIES = 5;

const keep = (ctx: Ctx, row: VideoRow): Promise<void> => keepPackage(ctx, { studio: row.studio, video: row.id, file: isOpen(row) ? (row.files.files.video ?? null) : null });

/**
 * Hands an open film to the packager, and takes one back that is not open any more. The film is read again afterwards: a handler that was slower than a
 * change must not have packaged what was hidden meanwhile.
 */
export async function syncPackage(ctx: Ctx, id: string): Promise<void> {
  let row = await store.find(ctx, id);
  for (let tries = 0; row && tries < SYNC_TRIES; tries += 1) {
    await keep(ctx, row);
    const now = await store.find(ctx, id);
    if (now?.updatedAt === row.updatedAt) break;
    row = now;
  }
  await advancePackages(ctx, id);
}

/** Writes down every open film that has no package; the minute's turn does the rest, a few at a time. */
export async function packageOpenFilms(ctx: Ctx): Promise<void> {
  if (!isPackaging(ctx)) return;
  for (let after = ""; ;) {
    const rows = await store.listOpen(ctx, { after, limit: PAGE });
    const packaged = await packagedAmong(ctx, rows.map(({ id }) => id));
    for (const row of rows) if (!packaged.has(row.id)) await keep(ctx, row);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}
