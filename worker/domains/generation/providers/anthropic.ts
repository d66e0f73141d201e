/** Anthropic writes: it breaks scripts down and answers messages, by way of the AI SDK (`text/`). It makes no pictures and no sound. */
import { settings } from "#core/env.ts";
import { writersAt } from "../text/models.ts";
import { badInput } from "./answers.ts";
import { atOnce } from "./kept.ts";
import type { Provider } from "./provider.ts";

export const anthropic: Provider = {
  id: "anthropic",
  name: "Anthropic",
  models: writersAt("anthropic"),
  secrets: ["ANTHROPIC_API_KEY"],
  ...atOnce,
  submitMs: 120_000,
  limits: { concurrency: 10, perMinute: 50, perDay: null },
  configured: (env) => {
    const { ANTHROPIC_API_KEY, ANTHROPIC_API_BASE } = settings(env);
    return ANTHROPIC_API_KEY ? { baseUrl: ANTHROPIC_API_BASE, token: ANTHROPIC_API_KEY, webhookSecret: "", more: {} } : null;
  },
  submit: () => Promise.resolve(badInput("Anthropic does not do this. Choose another model.")),
  verifyWebhook: () => Promise.resolve({ ok: false, reason: "Anthropic sends no webhooks" }),
  mayFetch: () => false,
};
