import type { Ctx } from "#core/context.ts";
import * as store from "./store.ts";
import type { VideoRow } from "./tables.ts";

const TRIES = 5;

/**
 * Does something by what a film is now. The film is read again afterwards: a handler that was slower than a change must not have shown what was hidden
 * meanwhile.
 */
export async function keepUp(ctx: Ctx, id: string, does: (row: VideoRow) => Promise<void>): Promise<void> {
  let row = await store.find(ctx, id);
  for (let tries = 0; row && tries < TRIES; tries += 1) {
    await does(row);
    const now = await store.find(ctx, id);
    if (now?.updatedAt === row.updatedAt) return;
    row = now;
  }
}
