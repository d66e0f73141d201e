/** The worker as it is, but every call that crosses a binding in a run's life is announced, so that it can be killed there. */
import { house } from "#domains/generation/providers/house.ts";
import worker, { Gate as RealGate, Run as RealRun, Wallet as RealWallet } from "../../../worker/index.ts";
import { announceProvider, answered, within, withAnnouncements, type Caller } from "./announcing.ts";

export { Hub } from "../../../worker/index.ts";

// Shorter than in life, since what a kill took is looked up only then; and few at a time, so that jobs also wait for a lease.
Object.assign(house, { submitMs: 1_500, limits: { ...house.limits, concurrency: 3 } });
announceProvider();

export class Run extends RealRun {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, withAnnouncements(env, "run"));
  }

  override alarm(): Promise<void> {
    return answered("clock", "run.alarm", () => super.alarm());
  }
}

export class Wallet extends RealWallet {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, withAnnouncements(env, "wallet"));
  }
}

export class Gate extends RealGate {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, withAnnouncements(env, "gate"));
  }
}

/** Who acts for a run while it answers this request; null for a request that changes nothing in it. */
function callerFor(request: Request): { caller: Caller; call: string; from: Caller } | null {
  const { pathname } = new URL(request.url);
  if (request.method !== "POST") return null;
  if (pathname.startsWith("/api/webhooks/")) return { caller: "webhook", call: "webhook", from: "provider" };
  if (!pathname.startsWith("/api/v1/runs")) return null;
  return { caller: "api", call: pathname.endsWith("/cancel") ? "POST /runs/{id}/cancel" : "POST /runs", from: "client" };
}

async function answer(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
  const found = callerFor(request);
  if (!found) return worker.fetch(request as Parameters<typeof worker.fetch>[0], env, execution);
  return answered(found.from, found.call, async () => worker.fetch(request as Parameters<typeof worker.fetch>[0], withAnnouncements(env, found.caller), execution));
}

/** Each message by itself, so that what is done for it is known to be. */
async function consume(batch: MessageBatch, env: Env, execution: ExecutionContext): Promise<void> {
  await Promise.all(batch.messages.map(async (message) => {
    const { action } = message.body as { action?: string };
    const caller = action ? "consumer" : "events";
    const one = { queue: batch.queue, messages: [message], metadata: batch.metadata, ackAll: () => message.ack(), retryAll: () => message.retry() };
    const own = withAnnouncements(env, caller);
    // An event is heard for many reasons; of a run's life is only what becomes of it in the database.
    await answered("queue", action ?? "event", () => within(caller, () => worker.queue(one, action ? own : { ...env, DB: own.DB }, execution)));
  }));
}

export default { fetch: answer, queue: consume, scheduled: worker.scheduled } satisfies ExportedHandler<Env>;
