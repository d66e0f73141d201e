import type { Ctx } from "./context.ts";

/** What a queue's consumer is given: one message at a time, all of a batch at once. Throwing means: again later. */
export type MessageHandler = (ctx: Ctx, body: unknown, attempts: number) => Promise<void>;

/** Something that a cron does. It never throws for one bad row, and doing it twice is harmless. */
export interface CronTask {
  name: string;
  every: "minute" | "night";
  run(ctx: Ctx): Promise<void>;
}
