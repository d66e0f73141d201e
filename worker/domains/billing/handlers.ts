import type { CronTask } from "#core/background.ts";
import type { Ctx } from "#core/context.ts";
import type { EventRow, Subscription } from "#core/events.ts";
import { walletOf } from "#domains/credits/index.ts";
import { runFinished, runOpened } from "#domains/generation/contract.ts";
import { checkOpenCheckouts } from "./checkouts/service.ts";
import { grantRecorded, grantSettled, stripeReceived, topUpSet, topUpStarted } from "./contract.ts";
import { sendGrant, settlePending } from "./grants/service.ts";
import { syncOverdue } from "./subscriptions/sync.ts";
import { goOn, settleTopUps } from "./top-ups/charging.ts";
import { topUpIfLow } from "./top-ups/service.ts";
import { warnOfLow } from "./warnings/service.ts";
import { handleStripeEvent } from "./webhook/service.ts";

/** Something moved in a wallet: warn, and buy where the owner wants that. */
async function lookAtBalance(ctx: Ctx, { studio }: EventRow): Promise<void> {
  if (!studio) return;
  const { available } = await walletOf(ctx, studio).balance();
  await warnOfLow(ctx, studio, available);
  await topUpIfLow(ctx, studio);
}

export const billingSubscriptions: readonly Subscription[] = [
  { event: stripeReceived.type, name: "billing.take-in", handle: (ctx, { subject }) => handleStripeEvent(ctx, subject) },
  { event: grantRecorded.type, name: "billing.send-grant", handle: (ctx, { subject }) => sendGrant(ctx, subject) },
  { event: topUpStarted.type, name: "billing.top-up", handle: (ctx, { subject }) => goOn(ctx, subject) },
  ...[runOpened, runFinished, grantSettled, topUpSet].map(({ type }) => ({ event: type, name: `billing.look-at-balance:${type}`, handle: lookAtBalance })),
];

const UNSENT_MS = 60_000;

/** What is begun is finished, whatever stopped in between and whatever news was lost. */
export const billingTasks: readonly CronTask[] = [
  { name: "send-grants", every: "minute", run: (ctx) => settlePending(ctx, { before: ctx.now() - UNSENT_MS }) },
  { name: "settle-top-ups", every: "minute", run: settleTopUps },
  { name: "check-checkouts", every: "minute", run: checkOpenCheckouts },
  { name: "sync-subscriptions", every: "minute", run: syncOverdue },
];
