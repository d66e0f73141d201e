import type { Ctx } from "#core/context.ts";
import type { EventRow, Subscription } from "#core/events.ts";
import { showLive } from "./index.ts";

type Shown = "project" | "upload" | "video";

const show = (type: Shown) => async (ctx: Ctx, { studio, subject, type: event, data }: EventRow): Promise<void> => {
  if (studio) await showLive(ctx, studio, { type, subject, data: { ...data, event } });
};

/** What people of a studio see as it happens, besides what runs say themselves. */
export const liveSubscriptions: readonly Subscription[] = ([
  ["film.changed", "project"], ["script.saved", "project"], ["upload.completed", "upload"], ["upload.finished", "upload"], ["video.published", "video"], ["video.updated", "video"],
] as const).map(([event, type]) => ({ event, name: `live.${event}`, handle: show(type) }));
