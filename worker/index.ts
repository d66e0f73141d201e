import { openDb } from "#core/db.ts";
import { systemCtx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { createApp } from "./app.ts";
import { consumers, cronTasks } from "./subscriptions.ts";

export { Wallet } from "#objects/wallet/object.ts";
export { Run } from "#objects/run/object.ts";
export { Gate } from "#objects/gate/object.ts";
export { Hub } from "#objects/hub/object.ts";

const app = createApp();
const RETRY_SECONDS = [2, 8, 30, 120, 300];
const MINUTE = "* * * * *";

async function consume(batch: MessageBatch, env: Env, execution: ExecutionContext): Promise<void> {
  const handle = consumers[batch.queue];
  const ctx = systemCtx(env, openDb(env), batch.queue, (work) => execution.waitUntil(work));
  await Promise.all(batch.messages.map(async (message) => {
    try {
      await handle?.(ctx, message.body, message.attempts);
      message.ack();
    } catch (error) {
      logLine({ evt: "queue.message_failed", queue: batch.queue, attempts: message.attempts, error: String(error) });
      message.retry({ delaySeconds: RETRY_SECONDS[message.attempts - 1] ?? 300 });
    }
  }));
}

async function onSchedule(cron: string, env: Env, execution: ExecutionContext): Promise<void> {
  const ctx = systemCtx(env, openDb(env), "cron", (work) => execution.waitUntil(work));
  const due = cronTasks.filter((task) => (task.every === "minute") === (cron === MINUTE));
  for (const task of due) {
    await task.run(ctx).catch((error: unknown) => logLine({ evt: "cron.failed", task: task.name, error: String(error) }));
  }
}

export default {
  fetch: (request, env, execution) => app.fetch(request, env, execution),
  queue: consume,
  scheduled: (controller, env, execution) => onSchedule(controller.cron, env, execution),
} satisfies ExportedHandler<Env>;
