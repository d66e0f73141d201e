import type { Ctx } from "#core/context.ts";
import { advancePackages, beginPackages, isPackaging, keepPackage, packagedAmong } from "#domains/media/index.ts";
import { keepUp } from "./keeping-up.ts";
import { isOpen } from "./public-files.ts";
import * as store from "./store.ts";
import type { VideoRow } from "./tables.ts";

const PAGE = 100;

const wantedOf = (row: VideoRow) => ({ studio: row.studio, video: row.id, file: isOpen(row) ? (row.files.files.video ?? null) : null });

/** Hands an open film to the packager, and takes one back that is not open any more. */
export async function syncPackage(ctx: Ctx, id: string): Promise<void> {
  await keepUp(ctx, id, (row) => keepPackage(ctx, wantedOf(row)));
  await advancePackages(ctx, id);
}

/** Writes down every open film that has no package, a hundred at a time: the night has other things to ask the database. The minute's turn does the rest, a few at a time. */
export async function packageOpenFilms(ctx: Ctx): Promise<void> {
  if (!isPackaging(ctx)) return;
  for (let after = ""; ;) {
    const rows = await store.listOpen(ctx, { after, limit: PAGE });
    const packaged = await packagedAmong(ctx, rows.map(({ id }) => id));
    await beginPackages(ctx, rows.filter(({ id }) => !packaged.has(id)).map(wantedOf));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}
