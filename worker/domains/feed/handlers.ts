import type { Subscription } from "#core/events.ts";
import { batch } from "#core/db.ts";
import { studioUpdated } from "#domains/identity/contract.ts";
import { studioById } from "#domains/identity/index.ts";
import { videoTakenDown, videoUpdated } from "./contract.ts";
import { syncPublicFiles } from "./public-files.ts";
import * as store from "./store.ts";
import type { Ctx } from "#core/context.ts";

async function syncFiles(ctx: Ctx, video: string): Promise<void> {
  const row = await store.find(ctx, video);
  if (row) await syncPublicFiles(ctx, row);
}

export const feedSubscriptions: readonly Subscription[] = [
  { event: videoUpdated.type, name: "feed.sync-files-of-updated", handle: (ctx, event) => syncFiles(ctx, event.subject) },
  { event: videoTakenDown.type, name: "feed.sync-files-of-taken-down", handle: (ctx, event) => syncFiles(ctx, event.subject) },
  {
    event: studioUpdated.type, name: "feed.rename-maker",
    handle: async (ctx, event) => {
      const studio = await studioById(ctx, event.subject);
      if (studio) await batch(ctx.db, [store.renameMaker(ctx, studio.id, studio)]);
    },
  },
];
