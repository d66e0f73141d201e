/** Providers that are gone: what was made there is still told by name, and nothing is ever sent. */
import type { Model } from "../tools/tool.ts";
import { accepts, MINUTE_MS, only, price } from "./cards.ts";
import type { Problem, Provider } from "./provider.ts";

const GONE: Problem = { code: "model_retired", detail: "This model is not made any more. Choose another one." };

const sora = (id: string, label: string, quality: number, micros: number): Model => ({
  id: `openai-sora/${id}`, label, tool: "clip", provider: "openai-sora", name: id, version: null, lifecycle: "retired",
  sunset: { announced: "2026-03-24", retires: "2026-09-24", successor: "runway/gen4.5" }, quality, speed: { seconds: 60, perSecond: 10 }, timeoutMs: 30 * MINUTE_MS,
  accepts: accepts({ seconds: only(4, 8, 12), aspects: ["16:9", "9:16"], resolutions: ["720p"], firstFrame: "may" }),
  vendorPrice: price("2026-03", "OpenAI's pricing page before it was taken down", "second", micros, ["A clip of 8 seconds", 8, 8 * micros]),
});

/** OpenAI's video interface, which was removed on 24 September 2026 without a successor of its own. */
export const openaiSora: Provider = {
  id: "openai-sora",
  name: "Sora",
  models: [sora("sora-2", "Sora 2", 85, 100_000), sora("sora-2-pro", "Sora 2 Pro", 90, 300_000)],
  secrets: [],
  submitMs: 0, lookupLagMs: 0, resolveMs: 0,
  limits: { concurrency: 0, perMinute: 0, perDay: 0 },
  delivers: "raw",
  billsRefusals: false,
  configured: () => null,
  submit: () => Promise.resolve({ end: "rejected", problem: GONE, retry: "never", retryAfterMs: null }),
  check: (_call, ticket) => Promise.resolve({ state: "failed", ticket, problem: GONE, retry: "never", costMicros: null }),
  lookup: () => Promise.resolve({ state: "not_found" }),
  cancel: () => Promise.resolve("unsupported"),
  verifyWebhook: () => Promise.resolve({ ok: false, reason: "Sora is gone" }),
  mayFetch: () => false,
};
