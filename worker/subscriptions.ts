import type { CronTask, MessageHandler } from "#core/background.ts";
import type { Subscription } from "#core/events.ts";
import { deliver, sweepEvents } from "#core/relay.ts";
import { billingSubscriptions, billingTasks } from "#domains/billing/index.ts";
import { beginNightlyRoot, continueRoot, creditSubscriptions } from "#domains/credits/index.ts";
import { developerSubscriptions } from "#domains/developers/index.ts";
import { feedSubscriptions, feedTasks } from "#domains/feed/index.ts";
import { forgetUnusedRoutings, generationSubscriptions, noteShutdowns, onDeadLetter, onJobMessage, pokeOverdue } from "#domains/generation/index.ts";
import { forgetExpired, identitySubscriptions } from "#domains/identity/index.ts";
import { packagingTasks, uploadTasks } from "#domains/media/index.ts";
import { liveSubscriptions } from "#domains/notifications/handlers.ts";
import { keepIdleDrafts } from "#domains/projects/index.ts";
import { executeApproved, goOnReconciling, goOnWith, noteDeadLetter, reconcileNightly, reconciliationSubscriptions } from "#domains/reconciliation/index.ts";

/** Who hears which event: one line per domain. */
export const subscriptions: readonly Subscription[] = [
  ...identitySubscriptions,
  ...creditSubscriptions,
  ...generationSubscriptions,
  ...billingSubscriptions,
  ...liveSubscriptions,
  ...feedSubscriptions,
  ...reconciliationSubscriptions,
  ...developerSubscriptions,
];

/** Who consumes which queue. */
export const consumers: Readonly<Record<string, MessageHandler>> = {
  "dailies-jobs": onJobMessage,
  "dailies-dead-letters": async (ctx, body, attempts) => {
    await noteDeadLetter(ctx, body);
    await onDeadLetter(ctx, body, attempts);
  },
  "dailies-events": async (ctx, body) => {
    const named = (name: string): unknown => (typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined);
    const reconciliation = named("reconciliation");
    if (typeof reconciliation === "string") return goOnWith(ctx, reconciliation);
    const event = named("event");
    if (typeof event !== "string") return;
    if ((await deliver(ctx, event, subscriptions)) === "again") throw new Error(`event ${event} was not heard by all`);
  },
};

/** What happens every minute and every night. */
export const cronTasks: readonly CronTask[] = [
  { name: "sweep-events", every: "minute", run: sweepEvents },
  { name: "poke-overdue", every: "minute", run: pokeOverdue },
  { name: "keep-idle-drafts", every: "minute", run: keepIdleDrafts },
  ...billingTasks,
  ...packagingTasks,
  ...uploadTasks,
  { name: "forget-expired", every: "night", run: forgetExpired },
  { name: "reconcile", every: "night", run: reconcileNightly },
  { name: "go-on-reconciling", every: "minute", run: goOnReconciling },
  { name: "execute-approved", every: "minute", run: executeApproved },
  { name: "note-shutdowns", every: "night", run: noteShutdowns },
  { name: "forget-unused-routings", every: "night", run: forgetUnusedRoutings },
  { name: "begin-root", every: "night", run: beginNightlyRoot },
  { name: "sign-roots", every: "minute", run: continueRoot },
  ...feedTasks,
];
