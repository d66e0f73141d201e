import { settings } from "#core/env.ts";
import type { Model } from "../tools/tool.ts";
import { replicateAt } from "./replicate.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const model = (id: string, seconds: number, perSecond: number, timeoutMinutes = 20): Model => ({
  id: `dailies/${id}`, label: "House", tool: id, provider: "house", name: `dailies/${id}`, version: null, lifecycle: "active", sunset: null, quality: 50,
  speed: { seconds, perSecond }, timeoutMs: timeoutMinutes * MINUTE_MS, accepts: null, vendorPrice: null,
});

/** One line a model. */
const models: readonly Model[] = [
  model("voice", 0.6, 0), model("frame", 1.2, 0), model("move", 1, 0.7), model("clip", 1.5, 1.4), model("title", 1, 0.7), model("music", 1, 0.05), model("captions", 0.2, 0),
  model("animatic", 2, 0.1, 60), model("cut", 2, 0.1, 60), model("poster", 1.5, 0), model("preview", 2, 0), model("ingest", 2, 0.5, 60),
  model("clean-audio", 1, 0.1, 60), model("grade", 2, 0.6, 60), model("roto", 3, 1.5, 60), model("upscale", 3, 3, 120), model("mesh", 2, 0), model("rig", 2, 0),
];

/** The house provider: our own renderer. It is always there, needs no key, and creates idempotently by our id, so a look-up is certain at once. */
export const house = replicateAt({
  id: "house",
  name: "Dailies",
  models,
  secrets: ["RENDERER_TOKEN", "RENDERER_WEBHOOK_SECRET"],
  configured: (env) => {
    const { RENDERER_URL, RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET } = settings(env);
    return { baseUrl: RENDERER_URL, token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET, more: {} };
  },
  delivers: "as-ordered",
  fileHosts: [],
  // It is our own: what it costs is the machine that it runs on. What it lists of containers is theirs.
  bills: { isOf: (name) => name === "" || name.startsWith("dailies/"), microsPerSecond: 0 },
  times: { submitMs: 10_000, lookupLagMs: 0, resolveMs: 24 * HOUR_MS, limits: { concurrency: 16, perMinute: null, perDay: null } },
});
