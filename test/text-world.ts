import { env } from "cloudflare:workers";
import type { StudioCtx } from "../worker/core/context.ts";
import { AnthropicEmulator } from "./emulators/anthropic/emulator.ts";
import { GeminiEmulator } from "./emulators/gemini/emulator.ts";
import { OpenAiEmulator } from "./emulators/openai/emulator.ts";
import { WorkersAiEmulator } from "./emulators/workers-ai/emulator.ts";
import { NOW } from "./vendor-call.ts";

export const TEXT_KEY = "key-of-the-text-tests";
type Vendor = "openai" | "anthropic" | "gemini" | "workers-ai";

const at = (origin: string) => ({ key: TEXT_KEY, now: () => NOW, deliver: null, delayMs: null, origin, filesOrigin: origin });

/** A context in which these providers of text are set up, each of them an emulator; nothing else is reached. */
export function textWorld(keys: readonly Vendor[], studio = "studio_of_the_text_tests") {
  const emulators = {
    openai: new OpenAiEmulator({ ...at("https://api.openai.com"), webhookSecret: "whsec_AAAA" }),
    anthropic: new AnthropicEmulator(at("https://api.anthropic.com")),
    gemini: new GeminiEmulator({ ...at("https://generativelanguage.googleapis.com"), webhookSecret: null }),
    "workers-ai": new WorkersAiEmulator({ ...at("https://api.cloudflare.com"), account: "a1" }),
  };
  const settings = {
    ...(keys.includes("openai") && { OPENAI_API_KEY: TEXT_KEY }), ...(keys.includes("anthropic") && { ANTHROPIC_API_KEY: TEXT_KEY }), ...(keys.includes("gemini") && { GEMINI_API_KEY: TEXT_KEY }),
    ...(keys.includes("workers-ai") && { AI: emulators["workers-ai"].binding }),
  };
  const asked: string[] = [];
  const ctx = {
    env: { ...env, ...settings }, now: () => NOW, requestId: "req_1", studio, role: "owner",
    fetch: async (url: string, init?: RequestInit) => {
      asked.push(url);
      const emulator = Object.values(emulators).find(({ options }) => options.origin === new URL(url).origin);
      if (!emulator) throw new TypeError(`nobody is at ${url}`);
      return emulator.handle(new Request(url, init));
    },
  } as unknown as StudioCtx;
  return { ctx, emulators, asked };
}
