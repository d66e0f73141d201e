/** A container behind the renderer makes clips that people pay for: whole runs, and what becomes of them where it is out or its setting is wrong. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { termsFor } from "../worker/domains/generation/router/rules.ts";
import { models } from "../worker/domains/generation/tools/index.ts";
import { providers } from "../worker/domains/generation/providers/index.ts";
import type { QuotedStep, Snapshot, Terms } from "../durable-objects/run/snapshot.ts";
import { newFilmWorld, type FilmWorld } from "./film-world.ts";
import { anonymous } from "./world.ts";

const SCRIPT = "INT. ROOM - DAY\n\nMarta waits.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";
const CONTAINER = "acme/painter";
const MODEL = "cog/painter";
const painter = {
  id: "painter", label: "Painter", container: CONTAINER, tool: "clip", input: { prompt: "$prompt", image: "$firstFrame", num_frames: { $: "seconds", times: 24 } }, output: "video",
  seconds: { least: 1, most: 10 }, aspects: ["16:9"], resolutions: ["720p"], firstFrame: "must", promptMax: 500, quality: 60, speed: { seconds: 1, perSecond: 0 }, timeoutSeconds: 60, concurrency: 2,
  price: { unit: "second", micros: 20_000, source: "the hour of our own machine", example: { words: "Five seconds", quantity: 5, micros: 100_000, credits: 15 } },
};
const set = (model: object | null) => Object.assign(env, { COG_MODELS: model === null ? undefined : JSON.stringify({ version: "2026-12-1", models: [model] }) });

/** What the gate has learned here is no news for other tests, nor is there such a model for them. */
afterEach(async () => {
  set(null);
  const gate = env.GATE.getByName("cog");
  await runInDurableObject(gate, async (_, { storage }) => { await storage.deleteAlarm(); await storage.deleteAll(); });
  await evictDurableObject(gate);
});

async function newContainerWorld(wish = `model:${MODEL}`): Promise<{ world: FilmWorld; clips: string[] }> {
  const world = await newFilmWorld({ script: SCRIPT, credits: 1_000, delayMs: 100 });
  const { nodes, filmVersion: base } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[]; filmVersion: number }>();
  const answer = await world.patch(`/api/v1/projects/${world.project}/wishes`, { base, wishes: { clip: wish } });
  if (!answer.ok) throw new Error(await answer.text());
  return { world, clips: nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id) };
}

const madeOf = ({ provider }: FilmWorld, model: string) => [...provider.predictions.values()].filter((prediction) => prediction.model === model);
type ClipJob = { node: string; kind: string; status: string; model: string; provider: string; attempts: number; problem: { code: string } | null; credits: { quoted: number; captured: number } };
const clipsOf = async (world: FilmWorld, run: string) => (await world.run(run)).jobs.filter(({ kind }) => kind === "clip") as unknown as ClipJob[];

/** Has other models stand in for the container's. */
async function standIn(world: FilmWorld, quote: string, ids: string[]): Promise<void> {
  const terms = (id: string): Terms => {
    const model = models.get(id);
    const provider = providers.get(model?.provider ?? "");
    if (!model || !provider) throw new Error(`there is no model ${id}`);
    return termsFor(model, provider);
  };
  const key = `quotes/${world.studio}/${quote}.json`;
  const snapshot = await (await env.MEDIA.get(key))?.json<Snapshot>();
  if (!snapshot) throw new Error("the quote has no snapshot");
  const steps = snapshot.steps.map((step): QuotedStep => (step.kind === "clip" ? { ...step, alternatives: ids.map(terms) } : step));
  await env.MEDIA.put(key, JSON.stringify({ ...snapshot, steps }));
}

test("a wish for its model is quoted at its price, made by it once, fitted by the house, and paid once", { timeout: 120_000 }, async () => {
  set(painter);
  const { world, clips } = await newContainerWorld();
  const listed = (await (await anonymous.get("/api/v1/models")).json<{ data: { id: string; price: object; available: boolean }[] }>()).data.find(({ id }) => id === MODEL);
  expect(listed).toMatchObject({ available: true, price: { credits: 3, unit: "second", card: expect.stringMatching(/\+2026-12-1$/) } });
  const quote = (await world.quote(clips)) as unknown as { id: string; credits: number; items: { node: string; model: string; credits: number }[] };
  const priced = quote.items.filter(({ node }) => clips.includes(node));
  expect(priced.map(({ model }) => model)).toEqual(clips.map(() => MODEL));
  expect(priced.every(({ credits }) => credits > 0 && credits % 3 === 0)).toBe(true);
  expect(quote.credits).toBe(priced.reduce((sum, { credits }) => sum + credits, 0));
  const { id: run } = await world.start(quote.id);
  const over = await world.until(run, undefined, 80);
  expect(over).toMatchObject({ status: "succeeded", credits: { captured: quote.credits, held: 0 } });
  expect(await world.balance()).toEqual({ available: 1_000 - quote.credits, held: 0 });
  const sent = madeOf(world, CONTAINER);
  expect([sent.length, world.provider.doubles, madeOf(world, "dailies/clip").length, madeOf(world, "dailies/conform").length]).toEqual([clips.length, [], 0, clips.length]);
  expect(sent.map(({ input }) => [Object.keys(input).sort(), typeof input["prompt"], Number(input["num_frames"]) % 24])).toEqual(clips.map(() => [["image", "num_frames", "prompt"], "string", 0]));
  const { results } = await env.DB.prepare("SELECT provider, model, credits FROM takes WHERE run = ? AND kind = 'clip'").bind(run).all<{ provider: string; model: string; credits: number }>();
  expect(results.map(({ provider, model }) => `${model} at ${provider}`)).toEqual(clips.map(() => `${MODEL} at cog`));
  expect((await env.DB.prepare("SELECT price_card FROM quotes WHERE id = ?").bind(quote.id).first<{ price_card: string }>())?.price_card).toMatch(/\+2026-12-1$/);
  // How each ended is told by a webhook that is signed; one that another signed is not heard.
  const told = world.provider.webhooks.find(({ url }) => new URL(url).pathname === "/api/webhooks/cog");
  const headers = { ...(told?.init.headers as Record<string, string>) };
  const tell = (more: object) => exports.default.fetch(new Request(told?.url ?? "", { ...told?.init, headers: { ...headers, ...more } }));
  expect([(await tell({})).status, (await tell({ "webhook-signature": "v1,AAAA" })).status]).toEqual([200, 400]);
});

test("what it cannot make is refused when it is quoted: nothing is held, and nothing is sent", async () => {
  set({ ...painter, aspects: ["9:16"] });
  const { world, clips } = await newContainerWorld();
  const answer = await world.post("/api/v1/quotes", { project: world.project, target: clips });
  expect([answer.status, await answer.json()]).toMatchObject([422, { code: "tool.unsupported", field: "aspect", nearest: "9:16", model: MODEL }]);
  expect([await world.balance(), world.provider.predictions.size]).toEqual([{ available: 1_000, held: 0 }, 0]);
});

test("where it is out, its clips are made by who stands in; a container that is not there is waited for, with the credits whole", { timeout: 180_000 }, async () => {
  set(painter);
  const { world, clips } = await newContainerWorld();
  world.provider.failing.set(CONTAINER, `the container of ${CONTAINER} does not answer`);
  const [first = "", second = ""] = clips;
  const replaced = await world.quote([first]);
  await standIn(world, replaced.id, ["dailies/clip"]);
  const over = await world.until((await world.start(replaced.id)).id, undefined, 80);
  const [moved] = await clipsOf(world, over.id);
  expect([over.status, moved]).toMatchObject(["succeeded", { status: "succeeded", provider: "house", credits: { captured: replaced.credits } }]);
  world.provider.failing.clear();
  world.provider.faults.push({ at: "create", model: CONTAINER, does: { status: 404 } });
  const alone = await world.quote([second]);
  const { id: run } = await world.start(alone.id);
  const waiting = await world.until(run, ["waiting"], 60);
  expect([waiting.waitingFor, waiting.credits]).toMatchObject([expect.stringMatching(/^Painter .*not answering.*nothing is charged/), { captured: 0, held: alone.credits }]);
  world.provider.faults.splice(0);
  expect(await world.until(run, undefined, 90)).toMatchObject({ status: "succeeded", credits: { captured: alone.credits, held: 0 } });
});

test("what comes from another place than the renderer, or without its file, is not taken and not paid", { timeout: 120_000 }, async () => {
  set(painter);
  const { world, clips: [first = "", second = ""] } = await newContainerWorld();
  world.provider.faults.push({ at: "file", model: CONTAINER, does: "elsewhere" });
  const strange = await world.until((await world.start((await world.quote([first])).id)).id, undefined, 60);
  expect([(await clipsOf(world, strange.id))[0]?.problem?.code, strange.credits]).toMatchObject(["bad_output", { captured: 0, held: 0 }]);
  set({ ...painter, output: "film" });
  const empty = await world.until((await world.start((await world.quote([second])).id)).id, undefined, 60);
  expect([(await clipsOf(world, empty.id))[0], empty.credits]).toMatchObject([{ attempts: 1, problem: { code: "empty_output" } }, { captured: 0, held: 0 }]);
  expect(await world.balance()).toEqual({ available: 1_000, held: 0 });
});

test("a setting that is wrong is said at the health check, and only its models are not there", async () => {
  set({ ...painter, price: { ...painter.price, example: { ...painter.price.example, credits: 10 } } });
  const { world, clips } = await newContainerWorld("fastest");
  const health = await anonymous.get("/api/v1/health");
  expect([health.status, await health.json()]).toMatchObject([503, { status: "failing", parts: { worker: { status: "failing", detail: "COG_MODELS, painter: its example is not what it is sold for: that is 15 credits, not 10" }, renderer: { status: "ok" } } }]);
  const { filmVersion: base } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ filmVersion: number }>();
  expect((await world.patch(`/api/v1/projects/${world.project}/wishes`, { base, wishes: { clip: `model:${MODEL}` } })).status).toBe(404);
  expect((await world.quote(clips)).credits).toBeGreaterThan(0);
  set(painter);
  expect((await anonymous.get("/api/v1/health")).status).toBe(200);
});
