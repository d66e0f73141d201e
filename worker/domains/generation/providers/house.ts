import { settings } from "#core/env.ts";
import { replicateAt } from "./replicate.ts";

const HOUR_MS = 3_600_000;

/** The house provider: our own renderer. It is always there, needs no key, and creates idempotently by our id, so a look-up is certain at once. */
export const house = replicateAt({
  id: "house",
  create: "by-our-id",
  configured: (env) => {
    const { RENDERER_URL, RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET } = settings(env);
    return { baseUrl: RENDERER_URL, token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET };
  },
  fileHosts: [],
  times: { submitMs: 10_000, lookupLagMs: 0, resolveMs: 24 * HOUR_MS, limits: { concurrency: 16, perMinute: null, perDay: null } },
});
