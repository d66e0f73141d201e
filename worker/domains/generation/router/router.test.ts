/** How a quote's steps find their models, on the real database. Vendors are set up by keys; none of them is called. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inStudio, makeCtx, type StudioCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { EditShot } from "#domains/projects/index.ts";
import type { Film } from "#film/film.ts";
import { taskStep } from "#film/tasks/task.ts";
import { replay } from "#film/routing/choose.ts";
import { newWorld, type World } from "../../../../test/world.ts";
import type { Quote } from "../contract.ts";
import { createQuote, readSnapshot } from "../quotes/service.ts";
import { models } from "../tools/index.ts";
import { keepRoutings, route } from "./service.ts";
import { getRouting } from "./routings.ts";
import { getStudioProviders, putStudioProviders } from "./studio-providers.ts";
import * as store from "./store.ts";

const SILENT = "EXT. BRIDGE - DAWN\n\nTOM walks alone. Rain runs down the stones.\n";
const keys = { RUNWAY_API_KEY: "key_of_the_tests", FAL_KEY: "fal:of-the-tests" };

function ctxOf({ studio, user }: World, settings: object = keys): StudioCtx {
  return inStudio(makeCtx({ env: { ...env, ...settings }, db: openDb(env), actor: { kind: "user", user, session: "session_of_the_tests", emailVerified: true, admin: false }, requestId: "req_test", later: () => undefined, idempotencyKey: null }), studio, "owner");
}

interface Shots { filmVersion: number; data: { id: string }[] }

/** A studio with a film of a few silent shots. */
async function filmOf({ aspect = "16:9", script = SILENT, language = "en" }: { aspect?: Film["aspect"]; script?: string; language?: string } = {}) {
  const world = await newWorld({ credits: 5_000 });
  const { id: project } = await (await world.post("/api/v1/projects", { title: "Bridge", aspect, language })).json<{ id: string }>();
  await world.put(`/api/v1/projects/${project}/script`, { text: script });
  const shots = async () => (await world.get(`/api/v1/projects/${project}/shots`)).json<Shots>();
  const wish = async (wishes: object) => {
    const answer = await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await shots()).filmVersion, wishes });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const { data } = await shots();
  return { world, project, shots, wish, shot: data[0]?.id ?? "", clips: data.map(({ id }) => `clip:${id}`) };
}

const clipsIn = ({ items }: Quote) => items.filter(({ tool }) => tool === "clip");

/** What a quote was refused with. */
async function refusalOf(quote: Promise<unknown>): Promise<AppError> {
  const outcome = await quote.then(() => null, (error: unknown) => error);
  if (!(outcome instanceof AppError)) throw new Error("it was not refused");
  return outcome;
}

const quotesOf = async (world: World) => (await env.DB.prepare("SELECT count(*) AS n FROM quotes WHERE studio = ?").bind(world.studio).first<{ n: number }>())?.n;

test("without a wish the house makes everything, whoever else is set up", async () => {
  const { world, project, clips } = await filmOf();
  const quote = await createQuote(ctxOf(world), { project, target: clips, priority: 2 });
  expect(quote.items.map(({ model }) => model.split("/")[0])).toEqual(quote.items.map(() => "dailies"));
});

test("the best is a real model at its own price, with what is to be made in words and with others that cost no more", async () => {
  const { world, project, clips, wish } = await filmOf();
  await wish({ clip: "best" });
  const ctx = ctxOf(world);
  const quote = await createQuote(ctx, { project, target: clips, priority: 2 });
  const items = clipsIn(quote);
  expect(items.length).toBe(clips.length);
  const { steps } = await readSnapshot(ctx, quote.id);
  const prices = new Map<string, number>();
  for (const step of steps.filter(({ kind }) => kind === "clip")) {
    expect(step.terms.provider).not.toBe("house");
    expect(step.terms.asking?.promptMax).toBeGreaterThan(0);
    expect(step.words).toMatch(/bridge/i);
    expect(step.alternatives?.length).toBeGreaterThan(0);
    prices.set(step.step.id, step.step.item.credits);
    const { record } = (await store.findRouting(ctx, step.job)) ?? {};
    if (!record) throw new Error("the choice was not kept");
    expect(replay(record)).toEqual(record.choice);
    const credits = new Map(record.input.candidates.map((candidate) => [candidate.model, candidate.credits]));
    for (const other of step.alternatives ?? []) expect(credits.get(other.id ?? "") ?? Infinity).toBeLessThanOrEqual(step.step.item.credits);
    expect(await getRouting(ctx, step.job)).toMatchObject({ model: step.terms.id, wish: "best", scores: expect.arrayContaining([expect.objectContaining({ model: step.terms.id })]) });
  }
  expect(quote.credits).toBe(quote.items.reduce((sum, { credits }) => sum + credits, 0));
  for (const { step, credits } of items) expect(credits).toBe(prices.get(step));
  expect(Math.min(...items.map(({ credits }) => credits))).toBeGreaterThan(5);
});

test("a model by name is that one; one that is not set up here, or that the studio does not allow, is refused", async () => {
  const { world, project, clips, wish } = await filmOf();
  await wish({ clip: "model:runway/gen4.5" });
  const ctx = ctxOf(world);
  expect(clipsIn(await createQuote(ctx, { project, target: clips, priority: 2 })).map(({ model, alternatives }) => [model, alternatives])).toEqual(clips.map(() => ["runway/gen4.5", []]));
  expect((await refusalOf(createQuote(ctxOf(world, {}), { project, target: clips, priority: 2 }))).code).toBe("tool.unavailable");
  await putStudioProviders(ctx, { allowed: ["fal"] });
  const refused = await refusalOf(createQuote(ctx, { project, target: clips, priority: 2 }));
  expect([refused.code, refused.detail]).toEqual(["tool.unavailable", expect.stringContaining("does not allow its provider")]);
});

test("what only one model could make goes to no provider that the studio does not allow, and to no model whose end has come", async () => {
  const { world, project } = await filmOf();
  const ctx = ctxOf(world, { ELEVENLABS_API_KEY: "key_of_the_tests", ANTHROPIC_API_KEY: "key_of_the_tests" });
  const orders = [{ tool: "sound", input: { prompt: "A door", seconds: 3 } }, { tool: "chat", input: { message: "Who is late?" } }, { tool: "break-down" }] as const;
  const dub = () => route(ctx, { quote: "q", film: { style: "any", aspect: "any" }, steps: [taskStep("q", { tool: "dub", params: { media: { $asset: "asset_1" }, from: null, to: "fr", seconds: 4 }, wish: "best" })], stepCreditsMax: null, voices: null, labelOf: () => "it" });
  const ask = (order: (typeof orders)[number]) => createQuote(ctx, { ...order, project, priority: 2 });
  const quoted = await Promise.all(orders.map(ask));
  const made = [...quoted.flatMap(({ items }) => items.map(({ model }) => model)), ...(await dub()).map(({ model }) => model.id)];
  expect(made.map((model) => model.split("/")[0])).toEqual(["elevenlabs", "anthropic", "anthropic", "elevenlabs"]);
  const before = await quotesOf(world);
  const refusals = async () => [...(await Promise.all(orders.map((order) => refusalOf(ask(order))))), await refusalOf(dub())].map(({ code, detail }) => [code, detail]);
  await putStudioProviders(ctx, { allowed: [] });
  for (const refused of await refusals()) expect(refused).toEqual(["tool.unavailable", expect.stringMatching(/does not allow its provider \((?:ElevenLabs|Anthropic)\): an owner or admin can, under Providers in the studio's settings/)]);
  await putStudioProviders(ctx, { allowed: null });
  const theirs = [...models.values()].filter(({ provider }) => provider === "elevenlabs" || provider === "anthropic").map(({ id }) => id);
  for (const model of theirs) await store.putShutdown(ctx, { model, retires: ctx.now() - 1_000, seenAt: 1 });
  const ended = await refusals();
  await env.DB.prepare("DELETE FROM model_shutdowns").run();
  for (const refused of ended) expect(refused).toEqual(["tool.unavailable", expect.stringContaining("has been retired")]);
  expect([await quotesOf(world), (await world.balance()).held]).toEqual([before, 0]);
});

test("a line is priced by its letters and spoken as it is written; in a language that a model does not speak it is not that model", async () => {
  const text = "The bridge was closed, and I have walked all the way around by the harbour, past the old mill, in this rain, without a coat.";
  const spoken = { script: `INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nTOM\n${text}\n` };
  const settings = { ELEVENLABS_API_KEY: "key_of_the_tests", OPENAI_API_KEY: "key_of_the_tests" };
  const { world, project, wish } = await filmOf(spoken);
  await wish({ voice: "model:elevenlabs/multilingual-v2" });
  const graph = await (await world.get(`/api/v1/projects/${project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const target = graph.nodes.filter(({ kind }) => kind === "voice").map(({ id }) => id);
  const ctx = ctxOf(world, settings);
  const quote = await createQuote(ctx, { project, target, priority: 2 });
  expect(quote.items).toMatchObject([{ model: "elevenlabs/multilingual-v2", unit: "letters", quantity: 2, credits: 4 }]);
  expect((await readSnapshot(ctx, quote.id)).steps.map(({ words }) => words)).toEqual([text]);
  const other = await filmOf({ ...spoken, language: "cy" });
  await other.wish({ voice: "model:elevenlabs/multilingual-v2" });
  const voices = (await (await other.world.get(`/api/v1/projects/${other.project}/graph`)).json<typeof graph>()).nodes.filter(({ kind }) => kind === "voice").map(({ id }) => id);
  expect((await refusalOf(createQuote(ctxOf(other.world, settings), { project: other.project, target: voices, priority: 2 }))).extra).toMatchObject({ field: "language", nearest: "en" });
});

test("a length that the model does not make is refused before anything is held or kept, with the nearest that works", async () => {
  const { world, project, shot, wish, shots } = await filmOf();
  await wish({ clip: "model:runway/veo3.1" });
  const fields = EditShot.shape.fields.parse({ seconds: 12.5 });
  expect((await world.patch(`/api/v1/projects/${project}/shots/${shot}`, { base: (await shots()).filmVersion, fields })).status).toBe(200);
  const refused = await refusalOf(createQuote(ctxOf(world), { project, target: [`clip:${shot}`], priority: 2 }));
  expect(refused.code).toBe("tool.unsupported");
  expect(refused.extra).toMatchObject({ field: "seconds", nearest: 8, model: "runway/veo3.1", steps: [{ node: `clip:${shot}` }] });
  expect(refused.detail).toContain("The nearest that works is 8 seconds");
  expect(await quotesOf(world)).toBe(0);
  expect((await world.balance()).held).toBe(0);
});

test("a shape that the model does not make is refused; who wishes for the best gets one that does", async () => {
  const { world, project, clips, wish } = await filmOf({ aspect: "1:1" });
  await wish({ clip: "model:runway/veo3.1" });
  expect((await refusalOf(createQuote(ctxOf(world), { project, target: clips, priority: 2 }))).extra).toMatchObject({ field: "aspect", nearest: "16:9" });
  await wish({ clip: "best" });
  for (const { model } of clipsIn(await createQuote(ctxOf(world), { project, target: clips, priority: 2 }))) expect(["fal/kling-v3-pro", "fal/kling-v3-standard", "fal/seedance-1.5-pro", "runway/gen4-turbo"]).toContain(model);
});

test("nothing costs more than a step may: then it is another model, or none", async () => {
  const { world, project, shot, wish, shots } = await filmOf();
  await wish({ clip: "best" });
  await world.patch(`/api/v1/projects/${project}/shots/${shot}`, { base: (await shots()).filmVersion, fields: { seconds: 4 } });
  const ctx = ctxOf(world);
  const target = [`clip:${shot}`];
  for (const { credits } of clipsIn(await createQuote(ctx, { project, target, priority: 2, stepCreditsMax: 40 }))) expect(credits).toBeLessThanOrEqual(40);
  const refused = await refusalOf(createQuote(ctx, { project, target, priority: 2, stepCreditsMax: 3 }));
  expect([refused.code, refused.detail]).toEqual(["tool.unavailable", expect.stringContaining("cost more than a step may")]);
});

test("one quote explores no more than its share, however many steps it has", async () => {
  const { world, project, clips, wish } = await filmOf();
  await wish({ clip: "best" });
  const ctx = ctxOf(world);
  const { id } = await createQuote(ctx, { project, target: clips, priority: 2 });
  const { film, steps } = await readSnapshot(ctx, id);
  const [clip] = steps.filter(({ kind }) => kind === "clip").map(({ step }) => step);
  if (!clip || !film) throw new Error("no clip");
  const many = Array.from({ length: 200 }, (_, at) => ({ ...clip, id: `step_${at}` }));
  const routed = await route(ctx, { quote: "q", film, steps: many, stepCreditsMax: null, voices: null, labelOf: ({ node }) => node });
  const sum = (of: typeof routed) => of.reduce((total, { step }) => total + step.item.credits, 0);
  expect(routed.some(({ choice }) => choice.explored)).toBe(true);
  expect(sum(routed.filter(({ choice }) => choice.explored))).toBeLessThanOrEqual(0.05 * sum(routed));
  expect(routed.map(({ model }) => model.id)).toEqual((await route(ctx, { quote: "q", film, steps: many, stepCreditsMax: null, voices: null, labelOf: ({ node }) => node })).map(({ model }) => model.id));
  expect(keepRoutings(ctx, { quote: "q", routed, jobOf: ({ id: step }) => step }).length).toBe(2);
});

test("what the studio allows is told with who is set up, is noted in its log, and names only providers that there are", async () => {
  const { world } = await filmOf();
  const ctx = ctxOf(world);
  expect((await getStudioProviders(ctx)).providers.find(({ id }) => id === "runway")).toEqual({ id: "runway", name: "Runway", available: true, allowed: true });
  expect((await putStudioProviders(ctx, { allowed: ["fal", "house", "fal"] })).allowed).toEqual(["fal"]);
  await putStudioProviders(ctx, { allowed: ["fal"] });
  expect((await world.events()).filter((type) => type === "studio.providers_changed").length).toBe(1);
  expect((await world.put("/api/v1/studio/providers", { allowed: ["nobody"] })).status).toBe(422);
  expect((await (await world.member("editor")).put("/api/v1/studio/providers", { allowed: null })).status).toBe(403);
  expect((await (await world.put("/api/v1/studio/providers", { allowed: null })).json<{ allowed: null }>()).allowed).toBeNull();
});

test("a wish for a model of another tool, or for none that there is, is refused; and a stranger finds no project", async () => {
  const { world, project, clips, shots } = await filmOf();
  const base = (await shots()).filmVersion;
  const wish = (caller: Pick<World, "put">, value: string) => caller.put(`/api/v1/projects/${project}/nodes/${encodeURIComponent(clips[0] ?? "")}/wish`, { base, wish: value });
  expect((await wish(world, "model:elevenlabs/v3")).status).toBe(422);
  expect((await wish(world, "model:sora/three")).status).toBe(404);
  expect((await wish(world, "dearest")).status).toBe(422);
  expect((await wish(await world.stranger(), "best")).status).toBe(404);
  expect((await wish(world, "best")).status).toBe(200);
  const { nodes } = await (await world.get(`/api/v1/projects/${project}/graph`)).json<{ nodes: { id: string; wish: string }[] }>();
  expect(nodes.filter(({ wish: wished }) => wished === "best").map(({ id }) => id)).toEqual([clips[0]]);
});
