import type { CronTask } from "#core/background.ts";
import type { Subscription } from "#core/events.ts";
import { batch } from "#core/db.ts";
import { studioUpdated } from "#domains/identity/contract.ts";
import { studioById } from "#domains/identity/index.ts";
import { videoPublished, videoTakenDown, videoUpdated } from "./contract.ts";
import { keepUp } from "./keeping-up.ts";
import { packageOpenFilms, syncPackage } from "./packages.ts";
import { syncPublicFiles } from "./public-files.ts";
import * as store from "./store.ts";
import type { Ctx } from "#core/context.ts";

const syncFiles = (ctx: Ctx, video: string): Promise<void> => keepUp(ctx, video, (row) => syncPublicFiles(ctx, row));

export const feedSubscriptions: readonly Subscription[] = [
  { event: videoUpdated.type, name: "feed.sync-files-of-updated", handle: (ctx, event) => syncFiles(ctx, event.subject) },
  { event: videoTakenDown.type, name: "feed.sync-files-of-taken-down", handle: (ctx, event) => syncFiles(ctx, event.subject) },
  ...[videoPublished, videoUpdated, videoTakenDown].map(({ type }) => ({ event: type, name: `feed.sync-package:${type}`, handle: (ctx: Ctx, event: { subject: string }) => syncPackage(ctx, event.subject) })),
  {
    event: studioUpdated.type, name: "feed.rename-maker",
    handle: async (ctx, event) => {
      const studio = await studioById(ctx, event.subject);
      if (studio) await batch(ctx.db, [store.renameMaker(ctx, studio.id, studio)]);
    },
  },
];

/** Films that were published before Stream was set up here, or whose news was lost, are packaged all the same. */
export const feedTasks: readonly CronTask[] = [{ name: "package-open-films", every: "night", run: packageOpenFilms }];
