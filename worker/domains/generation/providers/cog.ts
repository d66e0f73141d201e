/**
 * Containers that Cog built, behind our own renderer (`RENDERER_COGS`), which speaks the predictions contract for them. What they are asked for and cost is a
 * setting of the deployment: an isolate has one, so that it is read as modules are, from the environment itself.
 */
import { env } from "cloudflare:workers";
import { settings } from "#core/env.ts";
import { logLine } from "#core/log.ts";
import type { Model } from "../tools/tool.ts";
import { HOUR_MS } from "./cards.ts";
import { readCogModels, wordsOf, type CogModel, type CogSetting } from "./cog-setting.ts";
import type { Provider } from "./provider.ts";
import { replicateAt } from "./replicate.ts";

interface Known extends CogSetting {
  text: string;
  byName: ReadonlyMap<string, CogModel>;
  /** The same ones for as long as the setting is the same. */
  sold: readonly Model[];
  /** Where there is one, there is no model of it. */
  fault: string | null;
}

let known: Known = { text: "", version: "", models: [], byName: new Map(), sold: [], fault: null };

/** What the deployment has in containers. */
export function cogSetting(): Known {
  const { COG_MODELS: text = "" } = env as { COG_MODELS?: string };
  if (text !== known.text) known = read(text);
  return known;
}

/** What is wrong with the setting, in one sentence, or null. */
export const cogFault = (): string | null => cogSetting().fault;

function read(text: string): Known {
  const { fault, version, models } = understood(text);
  if (fault !== null) logLine({ evt: "settings.cog_models_wrong", detail: fault });
  return { text, version, models, fault, byName: new Map(models.map((one) => [one.model.name, one])), sold: models.map(({ model }) => model) };
}

function understood(text: string): CogSetting & { fault: string | null } {
  try {
    return { ...(text.trim() === "" ? { version: "", models: [] } : readCogModels(text)), fault: null };
  } catch (error) {
    return { version: "", models: [], fault: error instanceof Error ? error.message : "COG_MODELS cannot be read" };
  }
}

const containers = replicateAt({
  id: "cog",
  name: "Own containers",
  models: [],
  delivers: "raw",
  secrets: ["COG_MODELS"],
  configured: (deployment) => {
    const { RENDERER_URL, RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET } = settings(deployment);
    return cogSetting().models.length === 0 ? null : { baseUrl: RENDERER_URL, token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET, more: {} };
  },
  fileHosts: [],
  words: wordsOf(() => cogSetting().byName),
  times: { submitMs: 10_000, lookupLagMs: 0, resolveMs: HOUR_MS, limits: { concurrency: 1, perMinute: null, perDay: null } },
});

/** They are as many at a time as all of them make together; each one's others wait in the renderer. */
export const cog: Provider = {
  ...containers,
  get models() {
    return cogSetting().sold;
  },
  get limits() {
    return { ...containers.limits, concurrency: cogSetting().models.reduce((sum, { concurrency }) => sum + concurrency, 0) };
  },
};
