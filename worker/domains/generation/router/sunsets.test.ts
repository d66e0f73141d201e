/** Models that end: told once, sent along, and got away from without paying twice. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { inStudio, makeCtx, type StudioCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { newWorld, type World } from "../../../../test/world.ts";
import { providers } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { createQuote } from "../quotes/service.ts";
import { models } from "../tools/index.ts";
import { noticesOf } from "../notices/service.ts";
import { lifecycleAt } from "./rules.ts";
import { affectedProjects, headersFor, listAllModels, noteShutdowns, replaceInFilm, sunsetHeaders } from "./sunsets.ts";

const DAY_MS = 86_400_000;
const keys: object = { RUNWAY_API_KEY: "key_of_the_tests", FAL_KEY: "fal:of-the-tests" };
const SCRIPT = "EXT. BRIDGE - DAWN\n\nTOM walks alone. Rain runs down the stones.\n";

function ctxOf({ studio, user }: World): StudioCtx {
  return inStudio(makeCtx({ env: { ...env, ...keys }, db: openDb(env), actor: { kind: "user", user, session: "s", emailVerified: true, admin: false }, requestId: "req_test", later: () => undefined, idempotencyKey: null }), studio, "owner");
}

const runway = providers.get("runway") as Provider;
const { shutdowns } = runway;
afterEach(() => void Object.assign(runway, { shutdowns }));
const runwaySays = (list: { name: string; at: number }[]) => Object.assign(runway, { shutdowns: () => Promise.resolve(list) });

const findingsOf = async (model: string) => (await env.DB.prepare("SELECT detail, severity FROM findings WHERE subject = ?").bind(model).all<{ detail: string; severity: string }>()).results;

async function filmOf() {
  const world = await newWorld({ credits: 5_000 });
  const { id: project } = await (await world.post("/api/v1/projects", { title: "Bridge" })).json<{ id: string }>();
  await world.put(`/api/v1/projects/${project}/script`, { text: SCRIPT });
  const version = async () => (await (await world.get(`/api/v1/projects/${project}/shots`)).json<{ filmVersion: number; data: { id: string }[] }>());
  return { world, project, version };
}

test("a vendor's notice is a critical finding and an event once, a changed date is another, and a vendor that does not answer hinders nobody", async () => {
  const world = await newWorld();
  const ctx = ctxOf(world);
  const at = Date.now() + 90 * DAY_MS;
  runwaySays([{ name: "gen4_turbo", at }, { name: "something else", at }]);
  await noteShutdowns(ctx);
  await noteShutdowns(ctx);
  expect(await findingsOf("runway/gen4-turbo")).toEqual([{ severity: "critical", detail: expect.stringContaining("Name a successor") }]);
  expect((await listAllModels(ctx)).find(({ id }) => id === "runway/gen4-turbo")).toMatchObject({ lifecycle: "deprecated", available: true, sunset: { retires: new Date(at).toISOString() } });
  runwaySays([{ name: "gen4_turbo", at: at - 30 * DAY_MS }]);
  await noteShutdowns(ctx);
  expect((await findingsOf("runway/gen4-turbo")).length).toBe(2);
  Object.assign(runway, { shutdowns: () => Promise.reject(new Error("down")) });
  await expect(noteShutdowns(ctx)).resolves.toBeUndefined();
  expect(await headersFor(ctx, ["dailies/clip", "runway/gen4-turbo"])).toMatchObject({ sunset: new Date(at - 30 * DAY_MS).toUTCString(), deprecation: expect.stringMatching(/^@\d+$/) });
  expect(await headersFor(ctx, ["dailies/clip"])).toEqual({});
  const listed = await world.get("/api/v1/models");
  const { data } = await listed.json<{ data: { lifecycle: string; sunset: { retires: string } | null }[] }>();
  const first = Math.min(...data.flatMap(({ lifecycle, sunset }) => (sunset && lifecycle !== "retired" ? [Date.parse(sunset.retires)] : [])));
  expect(first).toBeLessThanOrEqual(at - 30 * DAY_MS);
  expect([listed.headers.get("sunset"), listed.headers.get("deprecation")]).toEqual([new Date(first).toUTCString(), expect.stringMatching(/^@\d+$/)]);
});

test("from its day on a model is retired: nothing is quoted on it, by whatever name", async () => {
  const { world, project, version } = await filmOf();
  const ctx = ctxOf(world);
  runwaySays([{ name: "gen4_image", at: Date.now() - 1_000 }]);
  await noteShutdowns(ctx);
  const { filmVersion, data } = await version();
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: filmVersion, wishes: { frame: "model:runway/gen4-image" } });
  const refused = await createQuote(ctx, { project, target: data.map(({ id }) => `frame:${id}`), priority: 2 }).then(() => null, (error: unknown) => error);
  expect(refused).toBeInstanceOf(AppError);
  expect(refused).toMatchObject({ code: "tool.unavailable", detail: expect.stringContaining("retired") });
});

test("dates are told in the headers' own forms, those of the model that ends first; where nothing ends there are none", () => {
  const later = { announced: "2026-03-01T00:00:00.000Z", retires: "2027-03-01T00:00:00.000Z", successor: null };
  const sooner = { announced: "2026-06-01T00:00:00.000Z", retires: "2026-12-24T00:00:00.000Z", successor: null };
  expect(sunsetHeaders([later, null, sooner])).toEqual({ sunset: "Thu, 24 Dec 2026 00:00:00 GMT", deprecation: "@1780272000" });
  expect(sunsetHeaders([null])).toEqual({});
});

test("a model is deprecated while its end is ahead, and retired from its day on, whatever its file says", () => {
  const active = { lifecycle: "active" as const, sunset: null };
  expect([lifecycleAt(active, { now: 5, announced: null }), lifecycleAt(active, { now: 5, announced: 6 }), lifecycleAt(active, { now: 6, announced: 6 })]).toEqual(["active", "deprecated", "retired"]);
  const dated = { lifecycle: "active" as const, sunset: { announced: "2026-01-01", retires: "2026-02-01", successor: null } };
  expect(lifecycleAt(dated, { now: Date.parse("2026-02-01"), announced: null })).toBe("retired");
});

test("whoever depends on a model is listed, and a film that moves to another is quoted with what differs; a stranger sees and moves nothing", async () => {
  const { world, project, version } = await filmOf();
  const ctx = ctxOf(world);
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await version()).filmVersion, wishes: { frame: "model:runway/gen4-image" } });
  const listed = await affectedProjects(ctx, { model: "runway/gen4-image", limit: 100 });
  expect(listed.data).toEqual([{ project, title: "Bridge", takes: 0, wished: (await version()).data.length }]);
  expect((await (await (await world.stranger()).get("/api/v1/models/affected?model=runway/gen4-image")).json<{ data: unknown[] }>()).data).toEqual([]);
  const { filmVersion: base, data: shots } = await version();
  await expect(replaceInFilm(ctx, project, { base, from: "runway/gen4-image", to: null, target: "animatic" })).rejects.toMatchObject({ code: "model.no_successor", detail: expect.stringContaining("fal/nano-banana-2 is nearest") });
  await expect(replaceInFilm(ctx, project, { base, from: "runway/gen4-image", to: "runway/gen4.5", target: "animatic" })).rejects.toMatchObject({ code: "request.invalid" });
  expect((await (await world.stranger()).post(`/api/v1/projects/${project}/replace-model`, { base, from: "runway/gen4-image", to: "fal/nano-banana-2" })).status).toBe(404);
  const moved = await replaceInFilm(ctx, project, { base, from: "runway/gen4-image", to: "fal/nano-banana-2", target: "animatic" });
  expect(moved).toMatchObject({ from: { price: { credits: 7 } }, to: { model: "fal/nano-banana-2", quality: models.get("fal/nano-banana-2")?.quality }, problem: null });
  expect(moved.quote?.items.filter(({ tool }) => tool === "frame").map(({ model }) => model)).toEqual(shots.map(() => "fal/nano-banana-2"));
  expect((await affectedProjects(ctx, { model: "runway/gen4-image", limit: 100 })).data).toEqual([]);
});

test("a model that ended names what takes its place: its films are told of it, and one press moves their wish there and quotes it", async () => {
  const { world, project, version } = await filmOf();
  const ctx = ctxOf(world);
  expect((await noticesOf(ctx, null)).ending).toEqual([]);
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await version()).filmVersion, wishes: { clip: "model:openai-sora/sora-2" } });
  const { filmVersion: base, data: shots } = await version();
  const told = [{ model: "openai-sora/sora-2", label: "Sora 2", retires: "2026-09-24T00:00:00.000Z", ended: true, projects: [{ id: project, title: "Bridge" }] }];
  expect([(await noticesOf(ctx, null)).ending, (await noticesOf(ctx, project)).ending]).toEqual([told, told]);
  expect((await (await (await world.stranger()).get("/api/v1/notices")).json<{ ending: unknown[] }>()).ending).toEqual([]);
  const affected = await affectedProjects(ctx, { model: "openai-sora/sora-2", limit: 100 });
  expect(affected).toMatchObject({ from: { price: null, quality: 85 }, to: { model: "runway/gen4.5", price: { unit: "second" }, quality: models.get("runway/gen4.5")?.quality }, data: [{ project, wished: shots.length }] });
  await expect(createQuote(ctx, { project, target: shots.map(({ id }) => `clip:${id}`), priority: 2 })).rejects.toMatchObject({ code: "tool.unavailable" });
  const moved = await replaceInFilm(ctx, project, { base, from: "openai-sora/sora-2", to: null, target: "master" });
  expect(moved).toMatchObject({ to: { model: "runway/gen4.5" }, problem: null });
  expect(moved.quote?.items.filter(({ tool }) => tool === "clip").map(({ model }) => model)).toEqual(shots.map(() => "runway/gen4.5"));
  expect(moved.quote?.credits).toBeGreaterThan(0);
  const { wishes, nodes } = await (await world.get(`/api/v1/projects/${project}/graph`)).json<{ wishes: object; nodes: { kind: string; wish: string }[] }>();
  expect([wishes, nodes.filter(({ kind }) => kind === "clip").map(({ wish }) => wish)]).toEqual([{ clip: "model:runway/gen4.5" }, shots.map(() => "model:runway/gen4.5")]);
  expect((await noticesOf(ctx, null)).ending).toEqual([]);
});

test("where nobody has named what takes a model's place, the nearest is offered of those that the studio may use", async () => {
  const { world } = await filmOf();
  const ctx = ctxOf(world);
  const offered = async (model: string) => { const { to, nearest } = await affectedProjects(ctx, { model, limit: 100 }); return [to?.model ?? null, nearest?.model ?? null]; };
  expect(await offered("runway/gen4-image")).toEqual([null, "fal/nano-banana-2"]);
  expect(await offered("openai/whisper")).toEqual([null, "fal/scribe-v2"]);
  // OpenAI's speech has no other vendor here: the house speaks.
  expect(await offered("openai/speech")).toEqual([null, "dailies/voice"]);
  expect(await offered("openai-sora/sora-2")).toEqual(["runway/gen4.5", null]);
  expect((await world.put("/api/v1/studio/providers", { allowed: ["fal"] })).status).toBe(200);
  const [successor, nearest] = await offered("openai-sora/sora-2");
  expect([successor, models.get(nearest ?? "")?.provider]).toEqual(["runway/gen4.5", "fal"]);
  expect((await world.put("/api/v1/studio/providers", { allowed: [] })).status).toBe(200);
  expect(await offered("runway/gen4-image")).toEqual([null, "dailies/frame"]);
  expect(await offered("openai/whisper")).toEqual([null, null]);
});

test("films that depend on a model are found on further pages, and whoever looked at some alone says how many more there are", async () => {
  const { world, project, version } = await filmOf();
  const ctx = ctxOf(world);
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await version()).filmVersion, wishes: { clip: "model:openai-sora/sora-2" } });
  for (let at = 0; at < 25; at += 1) await world.post("/api/v1/projects", { title: `Newer ${at}` });
  const found: string[] = [];
  interface PageWire { data: { project: string }[]; nextCursor: string | null }
  let [cursor, pages]: [string | null, number] = [null, 0];
  do {
    const page: PageWire = await (await world.get(`/api/v1/models/affected?model=openai-sora/sora-2&limit=10${cursor === null ? "" : `&cursor=${cursor}`}`)).json<PageWire>();
    found.push(...page.data.map((film) => film.project));
    [cursor, pages] = [page.nextCursor, pages + 1];
  } while (cursor !== null);
  expect([found, pages]).toEqual([[project], 3]);
  expect((await world.get("/api/v1/models/affected?model=openai-sora/sora-2&cursor=nonsense")).status).toBe(422);
  expect(await noticesOf(ctx, null)).toMatchObject({ ending: [], unread: 2 });
  expect(await noticesOf(ctx, project)).toMatchObject({ ending: [{ model: "openai-sora/sora-2" }], unread: 0 });
});

test("a quote that names a model which ends says so in its headers, when it is made and when it is read; others say nothing", async () => {
  const { world, project, version } = await filmOf();
  const at = Math.floor(Date.now() / 1_000) * 1_000 + 50 * DAY_MS;
  runwaySays([{ name: "gen4_turbo", at }]);
  await noteShutdowns(ctxOf(world));
  vi.spyOn(runway, "configured").mockReturnValue({ baseUrl: "https://runway.example", token: "key", webhookSecret: "", more: {} });
  try {
    const quoted = async (wish: string | null) => {
      const { filmVersion, data } = await version();
      expect((await world.patch(`/api/v1/projects/${project}/wishes`, { base: filmVersion, wishes: { clip: wish } })).status).toBe(200);
      const answer = await world.post("/api/v1/quotes", { project, target: data.map(({ id }) => `clip:${id}`) });
      const quote = await answer.json<{ id: string; items: { tool: string; model: string }[] }>();
      return { answer, again: await world.get(`/api/v1/quotes/${quote.id}`), models: quote.items.filter(({ tool }) => tool === "clip").map(({ model }) => model) };
    };
    const ending = await quoted("model:runway/gen4-turbo");
    expect([ending.answer.status, new Set(ending.models)]).toEqual([201, new Set(["runway/gen4-turbo"])]);
    for (const answer of [ending.answer, ending.again]) expect([answer.headers.get("sunset"), answer.headers.get("deprecation")]).toEqual([new Date(at).toUTCString(), expect.stringMatching(/^@\d+$/)]);
    const staying = await quoted("model:dailies/clip");
    expect([staying.answer.status, new Set(staying.models)]).toEqual([201, new Set(["dailies/clip"])]);
    for (const answer of [staying.answer, staying.again]) expect([answer.headers.get("sunset"), answer.headers.get("deprecation")]).toEqual([null, null]);
  } finally {
    vi.restoreAllMocks();
  }
});

test("of a model whose end is ahead, the day is told while a film still has something to be made with it", async () => {
  const { world, project, version } = await filmOf();
  const ctx = ctxOf(world);
  const at = Math.floor(Date.now() / 1_000) * 1_000 + 40 * DAY_MS;
  runwaySays([{ name: "sound_v2_of_nobody", at }, { name: "gen4_turbo", at }]);
  await noteShutdowns(ctx);
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await version()).filmVersion, wishes: { clip: "model:runway/gen4-turbo" } });
  expect((await noticesOf(ctx, project)).ending).toEqual([{ model: "runway/gen4-turbo", label: models.get("runway/gen4-turbo")?.label, retires: new Date(at).toISOString(), ended: false, projects: [{ id: project, title: "Bridge" }] }]);
  await world.patch(`/api/v1/projects/${project}/wishes`, { base: (await version()).filmVersion, wishes: { clip: null } });
  expect((await noticesOf(ctx, project)).ending).toEqual([]);
});
