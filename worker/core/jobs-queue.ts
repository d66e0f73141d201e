import { logLine } from "./log.ts";

/** The queue takes so many messages at once. */
const MESSAGES_MAX = 100;

/** Sends wake-ups about jobs. One that gets lost is made good by the run, which sends it again when it is due: so a failure is noted, and nothing more. */
export async function sendToJobs(env: Pick<Env, "JOBS">, bodies: readonly object[], from: Record<string, unknown>, delaySeconds = 0): Promise<void> {
  try {
    for (let at = 0; at < bodies.length; at += MESSAGES_MAX) await env.JOBS.sendBatch(bodies.slice(at, at + MESSAGES_MAX).map((body) => ({ body, ...(delaySeconds > 0 && { delaySeconds }) })));
  } catch (error) {
    logLine({ evt: "jobs.send_failed", ...from, error: String(error) });
  }
}
