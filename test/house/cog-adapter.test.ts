/** The worker's adapter, the renderer as it runs, and a container that answers as Cog does: one order through all three. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId, SECRET, startProcess, TOKEN, until, type RendererProcess } from "../../renderer/testing/process.ts";
import { testDir } from "../../renderer/testing/run.ts";
import { readCogModels, wordsOf } from "../../worker/domains/generation/providers/cog-setting.ts";
import type { Call, Order, Provider } from "../../worker/domains/generation/providers/provider.ts";
import { replicateAt } from "../../worker/domains/generation/providers/replicate.ts";
import { CogEmulator } from "../emulators/cog/emulator.ts";

const place = testDir();
const { models } = readCogModels(JSON.stringify({ version: "1", models: [{
  id: "painter", label: "Painter", container: "acme/painter", tool: "frame", input: { prompt: "$prompt", aspect_ratio: "$aspect", seed: "$seed" }, output: "images", aspects: ["16:9", "1:1"],
  quality: 50, speed: { seconds: 5, perSecond: 0 }, timeoutSeconds: 300, price: { unit: "each", micros: 10_000, source: "the hour of our own machine", example: { words: "A picture", quantity: 1, micros: 10_000, credits: 2 } },
}] }));
const PNG = Buffer.from("89504e470d0a1a0a", "hex");
let cog: CogEmulator;
let renderer: RendererProcess;
let provider: Provider;
let call: Call;

beforeAll(async () => {
  cog = new CogEmulator();
  await cog.start();
  renderer = await startProcess(join(place.dir, "data"), { RENDERER_COGS: JSON.stringify({ "acme/painter": cog.origin }) });
  provider = replicateAt({
    id: "cog", name: "Own containers", models: [], delivers: "raw", secrets: [], configured: () => null, fileHosts: [], words: wordsOf(() => new Map(models.map((one) => [one.model.name, one]))),
    times: { submitMs: 10_000, lookupLagMs: 0, resolveMs: 60_000, limits: { concurrency: 1, perMinute: null, perDay: null } },
  });
  call = { baseUrl: renderer.origin, token: TOKEN, webhookSecret: SECRET, more: {}, now: () => Date.now(), fetch: (url, init) => fetch(url, init) };
}, 120_000);
afterAll(async () => {
  await renderer.crash();
  await cog.stop();
  place.remove();
});

const order = (id: string, more: Partial<Order> = {}): Order => ({
  model: "acme/painter", version: null, request: { tool: "frame", prompt: "A boat", aspect: "1:1", seed: 7 }, id, webhookUrl: null, signal: AbortSignal.timeout(10_000),
  keep: { put: () => Promise.reject(new Error("nothing is kept")), has: () => Promise.resolve(null) }, ...more,
});
const seen = (id: string) => provider.check(call, id);
const ended = (id: string) => until(async () => { const sight = await seen(id); return sight.state !== "running" && sight.state !== "silent" && sight; });

test("an order reaches the container in its words, once, and its file comes from the renderer", { timeout: 60_000 }, async () => {
  const id = newId();
  expect(await provider.submit(call, order(id))).toMatchObject({ end: "accepted", ticket: id });
  expect(await provider.submit(call, order(id))).toMatchObject({ end: "accepted", ticket: id });
  await until(() => cog.running === id);
  expect(cog.asked.filter(({ method }) => method === "PUT").map(({ body }) => (body as { input: object }).input)).toEqual([{ prompt: "A boat", aspect_ratio: "1:1", seed: 7 }]);
  await cog.log("progress 40 painting\n");
  await until(async () => { const sight = await seen(id); return sight.state === "running" && sight.progress === 40 && sight.text === "Painting"; });
  await cog.end({ status: "succeeded", output: { images: [`data:image/png;base64,${PNG.toString("base64")}`] } });
  const sight = await ended(id);
  if (sight.state !== "succeeded") throw new Error(JSON.stringify(sight));
  const { panel } = sight.output as { panel: string };
  expect([Object.keys(sight.output as object), provider.mayFetch(call, new URL(panel)), provider.mayFetch(call, new URL(`${cog.origin}/out.png`))]).toEqual([["panel"], true, false]);
  expect(Buffer.from(await (await fetch(panel)).arrayBuffer())).toEqual(PNG);
  expect(await provider.lookup(call, { id, sentAt: 0, keep: order(id).keep })).toMatchObject({ state: "succeeded", ticket: id });
  expect(await provider.lookup(call, { id: newId(), sentAt: 0, keep: order(id).keep })).toEqual({ state: "not_found" });
});

test("what the container fails at may be tried again, what it is cancelled at is over, and one that the renderer does not have is our setting", { timeout: 60_000 }, async () => {
  const [broken, unwanted] = [newId(), newId()];
  await provider.submit(call, order(broken));
  await until(() => cog.running === broken);
  await cog.end({ status: "failed", error: "CUDA out of memory" });
  expect(await ended(broken)).toMatchObject({ state: "failed", retry: "later", problem: { code: "provider_failed" } });
  await provider.submit(call, order(unwanted));
  await until(() => cog.running === unwanted);
  expect(await provider.cancel(call, unwanted)).toBe("requested");
  expect(await ended(unwanted)).toMatchObject({ state: "canceled" });
  expect(await provider.submit(call, order(newId(), { model: "acme/other", request: { tool: "house", input: {} } }))).toMatchObject({ end: "rejected", retry: "later", problem: { code: "provider_config" } });
});
