/** Models of containers: what a deployment's setting says of them, how they are asked and read, and what is wrong with a setting. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { priceCard as everywhere, priceOf } from "#film/prices.ts";
import { settings } from "#core/env.ts";
import { voiceCasts } from "#film/recipes/voice.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import runbook from "../../../../docs/runbooks/deploy.md?raw";
import { ReplicateEmulator } from "../../../../test/emulators/replicate.ts";
import { priceCard } from "../tools/card.ts";
import { models } from "../tools/index.ts";
import { cog, cogFault } from "./cog.ts";
import { readCogModels } from "./cog-setting.ts";
import { house } from "./house.ts";
import { providers } from "./index.ts";
import type { Call, Order } from "./provider.ts";

const painter = {
  id: "painter", label: "Painter", container: "acme/painter", tool: "clip",
  input: { prompt: "$prompt", image: "$firstFrame", num_frames: { $: "seconds", times: 24 }, size: { $: "aspect", as: { "16:9": "1280*720", "9:16": "720*1280" } }, seed: "$seed", steps: 30, nested: { of: ["$prompt", 1] } },
  output: "video", seconds: { least: 2, most: 8 }, aspects: ["16:9", "9:16"], resolutions: ["720p"], firstFrame: "may", promptMax: 500,
  quality: 60, speed: { seconds: 20, perSecond: 5 }, timeoutSeconds: 900, concurrency: 2,
  price: { unit: "second", micros: 20_000, source: "our own machine's hour", example: { words: "Five seconds", quantity: 5, micros: 100_000, credits: 15 } },
};
const speaker = {
  id: "speaker", label: "Speaker", container: "acme/speaker", tool: "voice", input: { text: "$text", speaker: { $: "voice", as: Object.fromEntries(voiceCasts.map((cast, at) => [cast, at])) }, lang: { $: "language", as: { en: "EN" } } }, output: null,
  languages: ["en"], quality: 50, speed: { seconds: 2, perSecond: 0 }, timeoutSeconds: 120, promptMax: 2_000,
  price: { unit: "letter", micros: 50, source: "our own machine's hour", example: { words: "A line of 120 letters", quantity: 120, micros: 6_000, credits: 2 } },
};
const setting = (...some: object[]) => JSON.stringify({ version: "2026-12-1", models: some });
const set = (text: string | undefined) => Object.assign(env, { COG_MODELS: text });
const clip: ModelRequest = { tool: "clip", prompt: "A boat", seconds: 3.2, aspect: "9:16", resolution: "720p", firstFrame: null, seed: -7 };

afterEach(() => set(undefined));

test("a model of the setting is one among the others: with its limits, a price by the rule, and a card of its own version", () => {
  const before = [...models.keys()];
  expect([cog.models, priceCard.version, cog.configured(env)]).toEqual([[], everywhere.version, null]);
  set(setting(painter, speaker));
  expect([...models.keys()]).toEqual([...before, "cog/painter", "cog/speaker"]);
  expect(models.get("cog/painter")).toMatchObject({ provider: "cog", name: "acme/painter", tool: "clip", timeoutMs: 900_000, accepts: { seconds: { least: 2, most: 8, only: null }, aspects: ["16:9", "9:16"], firstFrame: "may" }, vendorPrice: { version: "2026-12-1", micros: 20_000 } });
  expect(priceCard.version).toBe(`${everywhere.version}+2026-12-1`);
  expect(priceOf(priceCard, { tool: "clip", model: "cog/painter", frames: 24 })).toMatchObject({ unitCredits: 3, quantity: 2, unit: "second" });
  expect(priceCard.examples.slice(-2).map(({ order, credits }) => priceOf(priceCard, order)?.credits === credits)).toEqual([true, true]);
  // What was sold before costs what it did.
  expect(priceOf(priceCard, { tool: "clip", model: "runway/gen4.5", frames: 120 })).toEqual(priceOf(everywhere, { tool: "clip", model: "runway/gen4.5", frames: 120 }));
  expect([providers.get("cog")?.limits.concurrency, cog.configured(env)?.baseUrl]).toEqual([3, settings(env).RENDERER_URL]);
  set(undefined);
  expect([...models.keys()]).toEqual(before);
});

test("a request is told in the container's words: what it does not have is left out, and lengths are those that it makes", () => {
  const [own, voice] = readCogModels(setting(painter, speaker)).models;
  expect(own?.input(clip)).toEqual({ prompt: "A boat", num_frames: 96, size: "720*1280", seed: 7, steps: 30, nested: { of: ["A boat", 1] } });
  expect(own?.input({ ...clip, firstFrame: "https://ours.example/panel.png" })).toMatchObject({ image: "https://ours.example/panel.png" });
  expect(own?.input({ tool: "frame", prompt: "A boat", aspect: "16:9", seed: 1 })).toBeNull();
  expect(voice?.input({ tool: "voice", text: "Hi.", voice: voiceCasts[2] ?? "", language: "en-GB", pace: 1, seed: 1 })).toEqual({ text: "Hi.", speaker: 2, lang: "EN" });
  expect([own?.output({ video: "http://r/files/1.mp4" }), own?.output({ video: ["http://r/files/1.mp4"] }), own?.output("http://r/files/1.mp4"), voice?.output("http://r/files/1.wav"), voice?.output({})]).toEqual([{ video: "http://r/files/1.mp4" }, { video: "http://r/files/1.mp4" }, null, { audio: "http://r/files/1.wav" }, null]);
});

test("the setting that the runbook shows is right", () => {
  set(/```json\n(\{ "version"[\s\S]*?)```/.exec(runbook)?.[1]);
  expect([cogFault(), cog.models.map(({ id }) => id)]).toEqual([null, ["cog/painter"]]);
});

const dear = (more: object) => ({ ...painter, price: { ...painter.price, ...more } });
test.each([
  ["not JSON", "{", "COG_MODELS is not JSON"],
  ["no version", JSON.stringify({ models: [] }), /^COG_MODELS is wrong at version: /],
  ["a field that nobody knows", setting({ ...painter, colour: "red" }), /^COG_MODELS is wrong at models\.0: .*colour/],
  ["a tool that nobody has", setting({ ...painter, tool: "transcribe" }), /^COG_MODELS is wrong at models\.0\.tool: /],
  ["one of the renderer's own", setting({ ...painter, container: "dailies/clip" }), "COG_MODELS is wrong at models.0.container: is one of the renderer's own models"],
  ["one id twice", setting(painter, { ...painter, container: "acme/other" }), "COG_MODELS has two models of one id, painter"],
  ["one container twice", setting(painter, { ...painter, id: "other" }), "COG_MODELS has two models of one container, acme/painter"],
  ["a field that requests do not have", setting({ ...painter, input: { ...painter.input, x: "$words" } }), /^COG_MODELS, painter: its input names \$words, and a clip has \$prompt, /],
  ["no words", setting({ ...painter, input: { image: "$firstFrame" } }), "COG_MODELS, painter: its input does not name $prompt"],
  ["lengths that it is not told", setting({ ...painter, input: { ...painter.input, num_frames: 48 } }), "COG_MODELS, painter: its input does not name $seconds"],
  ["an aspect without its word", setting({ ...painter, aspects: ["16:9", "9:16", "1:1"] }), `COG_MODELS, painter: "as" of $aspect does not say what 1:1 is`],
  ["a first frame that it does not take", setting({ ...painter, firstFrame: "never" }), `COG_MODELS, painter: its input names $firstFrame, and its firstFrame is "never"`],
  ["no lengths", setting({ ...painter, seconds: null }), "COG_MODELS, painter: say the seconds that a clip may have"],
  ["lengths upside down", setting({ ...painter, seconds: { least: 9, most: 8 } }), "COG_MODELS, painter: its least seconds are more than its most"],
  ["a voice by the second", setting({ ...speaker, price: { ...speaker.price, unit: "second" } }), "COG_MODELS, speaker: a voice is not sold by the second, but by the letter, each"],
  ["an example that is not its price", setting(dear({ micros: 30_000 })), "COG_MODELS, painter: its example is not its price: 5 x 30000 is 150000 millionths of a dollar, not 100000"],
  ["an example of another price of ours", setting(dear({ example: { ...painter.price.example, credits: 10 } })), "COG_MODELS, painter: its example is not what it is sold for: that is 15 credits, not 10"],
  ["for nothing", setting(dear({ micros: 0 })), /^COG_MODELS is wrong at models\.0\.price\.micros: /],
])("a setting with %s says so in one sentence, and there is no model of it", (_, text, sentence) => {
  set(text);
  expect(cogFault()).toMatch(sentence);
  expect([cog.models, cog.configured(env), priceCard.version]).toEqual([[], null, everywhere.version]);
});

const { RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET } = settings(env);
function world() {
  const renderer = new ReplicateEmulator({ origin: "http://renderer.example", token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET, deliver: null, read: () => Promise.reject(new Error("nothing is read")), delayMs: null });
  const call: Call = { baseUrl: "http://renderer.example", token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET, more: {}, now: () => Date.now(), fetch: (url, init) => renderer.handle(new Request(url, init)) };
  const order = (more: Partial<Order> = {}): Order => ({ model: "acme/painter", version: null, request: clip, id: "job_1-1", webhookUrl: null, signal: AbortSignal.timeout(2_000), keep: { put: () => Promise.reject(new Error("no")), has: () => Promise.resolve(null) }, ...more });
  set(setting(painter));
  return { renderer, call, order };
}

test("an order is sent under our id and read in the tool's words; sent again, it is the same one", async () => {
  const { renderer, call, order } = world();
  expect(await cog.submit(call, order())).toMatchObject({ end: "accepted", ticket: "job_1-1", sight: { state: "running" } });
  expect(await cog.submit(call, order())).toMatchObject({ end: "accepted", ticket: "job_1-1" });
  expect([renderer.predictions.size, renderer.predictions.get("job_1-1")?.model, renderer.predictions.get("job_1-1")?.input["num_frames"]]).toEqual([1, "acme/painter", 96]);
  renderer.end("job_1-1", "succeeded");
  const made = { state: "succeeded", output: { video: expect.stringContaining("http://renderer.example/files/job_1-1/") }, costMicros: null };
  expect(await cog.check(call, "job_1-1")).toMatchObject(made);
  expect(await cog.lookup(call, { id: "job_1-1", sentAt: 0, keep: order().keep })).toMatchObject(made);
  expect(await cog.lookup(call, { id: "job_2-1", sentAt: 0, keep: order().keep })).toEqual({ state: "not_found" });
  expect(["http://renderer.example/files/1/a.mp4", "http://acme.example/a.mp4", "https://replicate.delivery/a.mp4"].map((url) => cog.mayFetch(call, new URL(url)))).toEqual([true, false, false]);
});

test("what it does not make is not sent; an output without its file is made nothing of, and not made again by itself", async () => {
  const { renderer, call, order } = world();
  expect(await cog.submit(call, order({ request: { ...clip, seconds: 9 } }))).toMatchObject({ end: "rejected", retry: "never", problem: { code: "bad_input", detail: expect.stringContaining("at most 8 seconds") } });
  expect(await cog.submit(call, order({ request: { tool: "mesh", image: "https://a.example/a.png", seed: 1 } }))).toMatchObject({ end: "rejected", retry: "never" });
  expect(await cog.submit(call, order({ model: "acme/gone" }))).toMatchObject({ end: "rejected", retry: "never" });
  expect(renderer.predictions.size).toBe(0);
  set(setting({ ...painter, output: "film" }));
  await cog.submit(call, order());
  renderer.end("job_1-1", "succeeded");
  expect(await cog.check(call, "job_1-1")).toMatchObject({ state: "failed", retry: "never", problem: { code: "empty_output" } });
});

test("a container that is out has failed in a way that another try may mend; one that the renderer does not have is our setting", async () => {
  const { renderer, call, order } = world();
  await cog.submit(call, order());
  renderer.end("job_1-1", "failed", "the container of acme/painter does not answer", "internal");
  expect(await cog.check(call, "job_1-1")).toMatchObject({ state: "failed", retry: "later", problem: { code: "provider_failed" } });
  renderer.faults.push({ at: "create", does: { status: 404, body: JSON.stringify({ detail: "There is no such model.", status: 404 }) } });
  expect(await cog.submit(call, order({ id: "job_2-1" }))).toMatchObject({ end: "rejected", retry: "later", problem: { code: "provider_config" } });
  expect(await cog.cancel(call, "job_1-1")).toBe("requested");
});

test("what the renderer lists of containers is on no bill: not on the house's, and they have none", async () => {
  const line = (id: string, model: string) => ({ id, model, status: "succeeded", created_at: new Date(1_000).toISOString(), metrics: { predict_time: 1 } });
  const call: Call = { ...world().call, fetch: () => Promise.resolve(Response.json({ next: null, results: [line("a", "dailies/clip"), line("b", "acme/painter")] })) };
  expect(await house.statement?.(call, { from: 0, to: 2_000 })).toMatchObject([{ id: "a", costMicros: 0 }]);
  expect(cog.statement).toBeUndefined();
});
