import type { CronTask, MessageHandler } from "#core/background.ts";
import type { Subscription } from "#core/events.ts";
import { deliver, sweepEvents } from "#core/relay.ts";
import { creditSubscriptions } from "#domains/credits/index.ts";
import { feedSubscriptions } from "#domains/feed/index.ts";
import { generationSubscriptions, onDeadLetter, onJobMessage, pokeOverdue } from "#domains/generation/index.ts";
import { forgetExpired } from "#domains/identity/index.ts";
import { liveSubscriptions } from "#domains/notifications/handlers.ts";
import { keepIdleDrafts } from "#domains/projects/index.ts";

/** Who hears which event: one line per domain. */
export const subscriptions: readonly Subscription[] = [
  ...creditSubscriptions,
  ...generationSubscriptions,
  ...liveSubscriptions,
  ...feedSubscriptions,
];

/** Who consumes which queue. */
export const consumers: Readonly<Record<string, MessageHandler>> = {
  "dailies-jobs": onJobMessage,
  "dailies-dead-letters": onDeadLetter,
  "dailies-events": async (ctx, body) => {
    const event: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "event") : undefined;
    if (typeof event !== "string") return;
    if ((await deliver(ctx, event, subscriptions)) === "again") throw new Error(`event ${event} was not heard by all`);
  },
};

/** What happens every minute and every night. */
export const cronTasks: readonly CronTask[] = [
  { name: "sweep-events", every: "minute", run: sweepEvents },
  { name: "poke-overdue", every: "minute", run: pokeOverdue },
  { name: "keep-idle-drafts", every: "minute", run: keepIdleDrafts },
  { name: "forget-expired", every: "night", run: forgetExpired },
];
