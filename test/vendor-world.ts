import { vi } from "vitest";
import { env } from "cloudflare:workers";
import { settings } from "../worker/core/env.ts";
import { termsFor } from "../worker/domains/generation/router/rules.ts";
import { models } from "../worker/domains/generation/tools/index.ts";
import { providers } from "../worker/domains/generation/providers/index.ts";
import type { Access } from "../worker/domains/generation/providers/provider.ts";
import type { QuotedStep, Snapshot, Terms } from "../durable-objects/run/snapshot.ts";
import { AnthropicEmulator } from "./emulators/anthropic/emulator.ts";
import { ElevenLabsEmulator } from "./emulators/elevenlabs/emulator.ts";
import { FalEmulator } from "./emulators/fal/emulator.ts";
import { GeminiEmulator } from "./emulators/gemini/emulator.ts";
import { OpenAiEmulator } from "./emulators/openai/emulator.ts";
import { ReplicateCloudEmulator } from "./emulators/replicate-cloud/emulator.ts";
import { RunwayEmulator } from "./emulators/runway/emulator.ts";
import type { VendorEmulator } from "./emulators/vendor/emulator.ts";
import { VertexEmulator } from "./emulators/vertex/emulator.ts";
import { WorkersAiEmulator } from "./emulators/workers-ai/emulator.ts";
import { newFilmWorld, type FilmWorld } from "./film-world.ts";
import { exports } from "cloudflare:workers";

const WEBHOOK_SECRET = `whsec_${btoa("the webhook secret of vendors in tests")}`;
export const KEY = "key-of-the-vendor-tests";

const deliver = (url: string, init: RequestInit) => exports.default.fetch(new Request(url, init));
const options = (origin: string, filesOrigin: string) => ({ origin, filesOrigin, key: KEY, now: () => Date.now(), deliver, delayMs: 200 });

/** Vendors that few tests need: those that mostly write. */
function others(): Awaited<ReturnType<typeof vendors>> {
  const workersAi = new WorkersAiEmulator({ ...options("https://api.cloudflare.com", "https://api.cloudflare.com"), account: "account" });
  const anthropic = new AnthropicEmulator(options("https://api.anthropic.com", "https://api.anthropic.com"));
  const at = (emulator: VendorEmulator, more: Partial<Access>) => ({ emulator, access: { baseUrl: emulator.options.origin, token: KEY, webhookSecret: "", more: {}, ...more }, origins: [emulator.options.origin] });
  return { "workers-ai": at(workersAi, { token: "", ai: workersAi.binding }), anthropic: at(anthropic, {}) };
}

/** Every vendor of this deployment's tests, as it is reached. Keys that sign webhooks are kept for a day in the isolate: each world has an address of its own. */
async function vendors(mark: string): Promise<Record<string, { emulator: VendorEmulator; access: Access; origins: string[] }>> {
  const at = (emulator: VendorEmulator, { webhookSecret = "", more = {}, origins = [] }: { webhookSecret?: string; more?: Record<string, string>; origins?: string[] } = {}) => ({
    emulator, access: { baseUrl: emulator.options.origin, token: KEY, webhookSecret, more }, origins: [emulator.options.origin, emulator.options.filesOrigin, ...origins],
  });
  const falKeys = `https://keys-${mark}.fal.example`;
  const gemini = new GeminiEmulator({ ...options("https://generativelanguage.googleapis.com", "https://storage.googleapis.com"), webhookSecret: WEBHOOK_SECRET });
  const place = { project: `project-${mark}`, location: "us-central1", bucket: "films", tokenUrl: "https://oauth2.googleapis.com/token" };
  const vertex = new VertexEmulator({ ...options("https://us-central1-aiplatform.googleapis.com", "https://storage.vertex.example"), ...place });
  const account = (await vertex.serviceAccount()).replace('"key1"', `"key-${mark}"`);
  return {
    vertex: { ...at(vertex, { origins: ["https://oauth2.googleapis.com"] }), access: { baseUrl: vertex.options.origin, token: account, webhookSecret: "", more: { ...place, storageUri: "gs://films/dailies", filesOrigin: vertex.options.filesOrigin } } },
    runway: at(new RunwayEmulator(options("https://api.dev.runwayml.com", "https://dnznrvs05pmza.cloudfront.net"))),
    fal: at(new FalEmulator(options("https://queue.fal.run", "https://v3b.fal.media")), { more: { keysUrl: `${falKeys}/.well-known/jwks.json` }, origins: [falKeys] }),
    replicate: at(new ReplicateCloudEmulator({ ...options("https://api.replicate.com", "https://replicate.delivery"), webhookSecret: WEBHOOK_SECRET }), { webhookSecret: WEBHOOK_SECRET }),
    gemini: at(gemini, { webhookSecret: WEBHOOK_SECRET, more: { keysUrl: `https://keys-${mark}.google.example/jwks.json` } }),
    elevenlabs: at(new ElevenLabsEmulator({ ...options("https://api.elevenlabs.io", "https://api.elevenlabs.io"), webhookSecret: WEBHOOK_SECRET }), { webhookSecret: WEBHOOK_SECRET }),
    openai: at(new OpenAiEmulator({ ...options("https://api.openai.com", "https://api.openai.com"), webhookSecret: WEBHOOK_SECRET }), { webhookSecret: WEBHOOK_SECRET }),
  };
}

export interface VendorWorld extends FilmWorld {
  vendors: Record<string, VendorEmulator>;
  /** Addresses that were asked for and are nobody's. */
  elsewhere: string[];
}

/** What one order meets says nothing of the next: no failure opens a breaker. */
function withoutBreakers(): void {
  const real = env.GATE.getByName.bind(env.GATE);
  vi.spyOn(env.GATE, "getByName").mockImplementation((name) => new Proxy(real(name), {
    get: (gate, method) => (method === "learn" ? (told: Parameters<typeof gate.learn>[0]) => (told.report === "fails" ? Promise.resolve({ ok: true }) : gate.learn(told)) : Reflect.get(gate, method)),
  }));
}

/** A film world that has a key of every vendor, each behind its emulator. `hasBreakers`: a vendor that fails is left alone for a while, as out there; without it each order meets its vendor by itself. `isWhole`: Workers AI and Anthropic are there, too. */
export async function newVendorWorld({ hasBreakers = false, isWhole = false, ...film }: Parameters<typeof newFilmWorld>[0] & { hasBreakers?: boolean; isWhole?: boolean }): Promise<VendorWorld> {
  const all = { ...(await vendors(crypto.randomUUID().slice(0, 8))), ...(isWhole && others()) };
  const elsewhere: string[] = [];
  const world = await newFilmWorld({
    ...film,
    others: (request) => {
      const { origin, pathname } = new URL(request.url);
      // Our own files are read by adapters whose vendors follow no links.
      if (origin === settings(env).RENDERER_CALLBACK_ORIGIN && pathname.startsWith("/media/")) return exports.default.fetch(request);
      const vendor = Object.values(all).find(({ origins }) => origins.includes(origin));
      if (vendor) return vendor.emulator.handle(request);
      elsewhere.push(request.url);
      return null;
    },
  });
  if (!hasBreakers) withoutBreakers();
  for (const [id, { access }] of Object.entries(all)) {
    const provider = providers.get(id);
    if (provider) vi.spyOn(provider, "configured").mockReturnValue(access);
  }
  return { ...world, vendors: Object.fromEntries(Object.entries(all).map(([id, { emulator }]) => [id, emulator])), elsewhere };
}

/** The terms of a model with shorter clocks. */
export function termsOfModel(id: string, clocks: Partial<Terms> = {}): Terms {
  const model = models.get(id);
  const provider = model && providers.get(model.provider);
  if (!model || !provider) throw new Error(`there is no model ${id}`);
  return { ...termsFor(model, provider), ...clocks };
}

/** Changes the steps of a quote before it is run. */
export async function changeQuote(world: FilmWorld, quote: string, change: (step: QuotedStep) => QuotedStep): Promise<void> {
  const key = `quotes/${world.studio}/${quote}.json`;
  const snapshot = await (await env.MEDIA.get(key))?.json<Snapshot>();
  if (!snapshot) throw new Error("the quote has no snapshot");
  await env.MEDIA.put(key, JSON.stringify({ ...snapshot, steps: snapshot.steps.map(change) }));
}
