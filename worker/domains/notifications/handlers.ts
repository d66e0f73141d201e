import type { Ctx } from "#core/context.ts";
import type { EventRow, Subscription } from "#core/events.ts";
import { keyRevoked, memberRemoved } from "#domains/identity/contract.ts";
import { showLive } from "./index.ts";

type Shown = "project" | "upload" | "video" | "wallet";

const show = (type: Shown) => async (ctx: Ctx, { studio, subject, type: event, data }: EventRow): Promise<void> => {
  if (studio) await showLive(ctx, studio, { type, subject, data: { ...data, event } });
};

/** Ends the sockets of somebody who has left the studio, or of a key that was revoked. */
const dismiss = (kind: "user" | "key") => async (ctx: Ctx, { studio, data }: EventRow): Promise<void> => {
  if (studio) await ctx.env.HUB.getByName(studio).dismiss(`${kind}:${String(data[kind])}`);
};

const dismissals: readonly Subscription[] = [
  { event: memberRemoved.type, name: "live.dismiss-member", handle: dismiss("user") },
  { event: keyRevoked.type, name: "live.dismiss-key", handle: dismiss("key") },
];

/** What people of a studio see as it happens, besides what runs say themselves; and who no longer may. */
export const liveSubscriptions: readonly Subscription[] = [...dismissals, ...([
  ["film.changed", "project"], ["script.saved", "project"], ["upload.completed", "upload"], ["upload.finished", "upload"], ["video.published", "video"], ["video.updated", "video"],
  ["grant.settled", "wallet"], ["plan.changed", "wallet"], ["plan.updated", "wallet"], ["plan.payment_failed", "wallet"], ["top_up.paid", "wallet"], ["top_up.turned_off", "wallet"],
] as const).map(([event, type]) => ({ event, name: `live.${event}`, handle: show(type) }))];
