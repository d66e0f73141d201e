import { beforeAll, describe, expect, test } from "vitest";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { ElevenLabsEmulator } from "../../../../test/emulators/elevenlabs/emulator.ts";
import { GeminiEmulator } from "../../../../test/emulators/gemini/emulator.ts";
import { OpenAiEmulator } from "../../../../test/emulators/openai/emulator.ts";
import { VertexEmulator } from "../../../../test/emulators/vertex/emulator.ts";
import { WorkersAiEmulator } from "../../../../test/emulators/workers-ai/emulator.ts";
import { checkFaults, submitFaults } from "../../../../test/emulators/vendor/adapter-faults.ts";
import { networkOf } from "../../../../test/emulators/vendor/calling.ts";
import type { VendorEmulator } from "../../../../test/emulators/vendor/emulator.ts";
import { callTo, NOW, orderFor, OURS, ticketOf } from "../../../../test/vendor-call.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";
import type { Access, Call, Provider } from "./provider.ts";
import { vertex } from "./vertex.ts";
import { workersAi } from "./workers-ai.ts";

const KEY = "secret-key-of-the-matrix";
const common = { key: KEY, now: () => NOW, deliver: null, delayMs: null };
const at = (origin: string) => ({ ...common, origin, filesOrigin: origin });
const line: ModelRequest = { tool: "voice", text: "You're late.", voice: "ada", language: "en", pace: 1, seed: 1 };
const clip: ModelRequest = { tool: "clip", prompt: "Tom walks", seconds: 4, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 1 };
const panel: ModelRequest = { tool: "frame", prompt: "A diner", aspect: "1:1", seed: 1 };
const hear: ModelRequest = { tool: "transcribe", audio: `${OURS}line.wav`, language: "en", seconds: 1 };
const dub: ModelRequest = { tool: "dub", media: `${OURS}line.wav`, from: "en", to: "es", seconds: 1 };

interface Side {
  provider: Provider;
  access: Access;
  emulator: VendorEmulator;
}

let serviceAccount = "";
const vertexAt = () => new VertexEmulator({ ...common, origin: "https://us-central1-aiplatform.googleapis.com", filesOrigin: "https://storage.googleapis.com", project: "p", location: "us-central1", bucket: "films", tokenUrl: "https://oauth2.googleapis.com/token" });
let google: VertexEmulator;
beforeAll(async () => {
  google = vertexAt();
  // Tokens are kept by key: this one is no other test's.
  serviceAccount = (await google.serviceAccount()).replace('"key1"', '"key-of-the-matrix"');
});

const sides: Record<string, () => Side> = {
  elevenlabs: () => ({ provider: elevenlabs, access: { baseUrl: "https://api.elevenlabs.io", token: KEY, webhookSecret: "", more: {} }, emulator: new ElevenLabsEmulator({ ...at("https://api.elevenlabs.io"), webhookSecret: "x" }) }),
  openai: () => ({ provider: openai, access: { baseUrl: "https://api.openai.com", token: KEY, webhookSecret: "", more: {} }, emulator: new OpenAiEmulator({ ...at("https://api.openai.com"), webhookSecret: "whsec_AAAA" }) }),
  gemini: () => ({ provider: gemini, access: { baseUrl: "https://generativelanguage.googleapis.com", token: KEY, webhookSecret: "", more: {} }, emulator: new GeminiEmulator({ ...at("https://generativelanguage.googleapis.com"), webhookSecret: null }) }),
  vertex: () => {
    google.jobs.clear();
    google.seen.length = 0;
    google.faults.length = 0;
    return { provider: vertex, access: { baseUrl: google.options.origin, token: serviceAccount, webhookSecret: "", more: { project: "p", location: "us-central1", tokenUrl: "https://oauth2.googleapis.com/token", storageUri: "gs://films/dailies", filesOrigin: "https://storage.googleapis.com" } }, emulator: google };
  },
  "workers-ai": () => {
    const emulator = new WorkersAiEmulator({ ...at("https://api.cloudflare.com"), account: "a" });
    return { provider: workersAi, access: { baseUrl: "https://api.cloudflare.com", token: "", webhookSecret: "", more: {}, ai: emulator.binding }, emulator };
  },
};

/** `bytes`: its answer is a recording, of which noise, emptiness and endlessness are seen only when it is stored. */
const works: readonly { vendor: string; model: string; request: ModelRequest; answers: "json" | "bytes" }[] = [
  { vendor: "elevenlabs", model: "elevenlabs/v3", request: line, answers: "json" },
  { vendor: "elevenlabs", model: "elevenlabs/sound-v2", request: { tool: "sound", prompt: "Rain", seconds: 2 }, answers: "bytes" },
  { vendor: "elevenlabs", model: "elevenlabs/scribe-v2", request: hear, answers: "json" },
  { vendor: "elevenlabs", model: "elevenlabs/dubbing-v1", request: dub, answers: "json" },
  { vendor: "openai", model: "openai/speech", request: line, answers: "bytes" },
  { vendor: "openai", model: "openai/image-2", request: panel, answers: "json" },
  { vendor: "gemini", model: "gemini/omni-1.1", request: clip, answers: "json" },
  { vendor: "vertex", model: "vertex/veo-3.1", request: clip, answers: "json" },
];

function world(vendor: string) {
  const side = sides[vendor]?.();
  if (!side) throw new Error(vendor);
  const { fetch, elsewhere } = networkOf(side.emulator, { more: ["https://oauth2.googleapis.com"] });
  const ours = callTo(side.emulator, side.access, { "line.wav": { ending: "wav", seconds: 1, channels: 1 } });
  const call: Call = { ...ours.call, fetch: (url, init) => (url.startsWith(OURS) ? ours.call.fetch(url, init) : fetch(url, init)) };
  return { ...side, call, elsewhere };
}

const unseen: ReadonlySet<unknown> = new Set(["corrupt", "blank", "endless"]);

describe.each(works)("$model", ({ vendor, model, request, answers }) => {
  test.each(submitFaults.filter(({ does }) => answers === "json" || !unseen.has(does)))("a submission goes wrong: $words", async ({ does, ends }) => {
    const { provider, call, emulator, elsewhere } = world(vendor);
    emulator.faults.push({ at: "create", does });
    const order = orderFor(provider, model, request);
    const submission = await provider.submit(call, order);
    expect(submission).toMatchObject(ends);
    expect(emulator.submitted).toHaveLength(1);
    expect(elsewhere).toEqual([]);
    expect(order.keep.files.has("audio") || order.keep.files.has("panel")).toBe(false);
    expect(JSON.stringify(submission)).not.toContain(KEY);
  });
});

const jobs = works.filter(({ model }) => ["elevenlabs/dubbing-v1", "gemini/omni-1.1", "vertex/veo-3.1"].includes(model));
describe.each(jobs)("$model", ({ vendor, model, request }) => {
  test.each(checkFaults)("a check goes wrong, and decides nothing: $words", async ({ does }) => {
    const { provider, call, emulator, elsewhere } = world(vendor);
    const ticket = ticketOf<string>(await provider.submit(call, orderFor(provider, model, request)));
    emulator.endAll();
    emulator.faults.push({ at: "check", does, times: 1 });
    expect(await provider.check(call, ticket)).toEqual({ state: "silent" });
    // Vertex was told 401: its token is bought anew.
    expect(await provider.check(call, ticket)).toMatchObject({ state: "succeeded" });
    expect(elsewhere).toEqual([]);
  });
});
