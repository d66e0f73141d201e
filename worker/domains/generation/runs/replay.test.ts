import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { Json } from "#film/film.ts";
import { replay } from "#objects/run/replay.ts";
import { AnthropicEmulator } from "../../../../test/emulators/anthropic/emulator.ts";
import { newFilmWorld, type QuoteWire } from "../../../../test/film-world.ts";
import { expectSame, recordOf, type RecordWire } from "../../../../test/records.ts";
import { filesIn, type Files } from "../../../../test/task-files.ts";
import { newVendorWorld } from "../../../../test/vendor-world.ts";
import { anthropic } from "../providers/anthropic.ts";
import { toolOf, tools } from "../tools/index.ts";
import { ledgerDifferences } from "./replayed-ledger.ts";

/** What each tool is asked for that is ordered by itself, and by which vendor it is made where the house does not. */
const orders: Record<string, { input: (files: Files) => object; model?: string }> = {
  frame: { input: () => ({ prompt: "A lighthouse" }) }, clip: { input: ({ image }) => ({ prompt: "She turns around", image, seconds: 5 }), model: "fal/kling-v3-standard" },
  voice: { input: () => ({ text: "You're late.", cast: "clara" }) }, music: { input: () => ({ mood: "tense", seconds: 12 }) }, sound: { input: () => ({ prompt: "A door falls shut", seconds: 3 }), model: "fal/sound-v2" },
  "lip-sync": { input: ({ video, audio }) => ({ video, audio }), model: "fal/sync-lipsync-2" }, transcribe: { input: ({ audio }) => ({ audio, language: "en" }), model: "fal/scribe-v2" },
  dub: { input: ({ audio }) => ({ media: audio, to: "fr" }), model: "elevenlabs/dubbing-v1" }, "clean-audio": { input: ({ audio }) => ({ audio }) }, grade: { input: ({ video }) => ({ video, look: "noir" }) },
  roto: { input: ({ video }) => ({ video, color: "#00b140" }) }, upscale: { input: ({ video }) => ({ video }) }, mesh: { input: ({ image }) => ({ image }) }, rig: { input: ({ mesh }) => ({ mesh }) },
};

/** A film made by the house, its master paid, and with a picture in it that somebody brought. */
async function ofFilm(): Promise<RecordWire[]> {
  const world = await newFilmWorld({ credits: 200 });
  const animatic = await world.animatic();
  const master = await world.until((await world.start((await world.quote("master")).id)).id);
  const { filmVersion, nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ filmVersion: number; nodes: { id: string; kind: string }[] }>();
  const frame = nodes.find(({ kind }) => kind === "frame")?.id;
  const { image } = await filesIn(world);
  expect((await world.post(`/api/v1/projects/${world.project}/nodes/${frame}/upload`, { base: filmVersion, asset: image })).status).toBe(200);
  const brought = await world.until((await world.start((await world.quote([frame])).id)).id);
  expect([animatic, master, brought].map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  return Promise.all([animatic, master, brought].map(({ id }) => recordOf(world, id)));
}

async function ofOrders(): Promise<RecordWire[]> {
  const world = await newVendorWorld({ credits: 2_000 });
  const files = await filesIn(world);
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 50);
  try {
    // One after the other: two free runs may be open at once.
    const records: RecordWire[] = [];
    for (const [tool, { input, model }] of Object.entries(orders)) {
      const quote = await (await world.post("/api/v1/quotes", { tool, input: input(files), wish: `model:${model ?? `dailies/${tool}`}` })).json<QuoteWire>();
      const run = await world.until((await world.start(quote.id)).id, undefined, 90);
      expect([tool, run.status]).toEqual([tool, "succeeded"]);
      records.push(await recordOf(world, run.id));
    }
    return records;
  } finally {
    clearInterval(weather);
  }
}

/** What language models write: a breakdown of the script, and an answer about it. */
async function ofWords(): Promise<RecordWire[]> {
  const origin = "https://api.anthropic.com";
  const writer = new AnthropicEmulator({ key: "key", now: () => Date.now(), deliver: null, delayMs: null, origin, filesOrigin: origin });
  const world = await newFilmWorld({ others: (request) => (new URL(request.url).origin === origin ? writer.handle(request) : null) });
  vi.spyOn(anthropic, "configured").mockReturnValue({ baseUrl: origin, token: "key", webhookSecret: "", more: {} });
  const records: RecordWire[] = [];
  const asked: [{ tool: string; input?: object }, Record<string, Json>][] = [
    [{ tool: "break-down" }, { scenes: [], characters: [], locations: [], props: [], costumes: [] }], [{ tool: "chat", input: { message: "Who is late?" } }, { reply: "Marta." }],
  ];
  for (const [order, says] of asked) {
    writer.texts.answers.splice(0, Infinity, { says });
    const quote = await (await world.post("/api/v1/quotes", { ...order, project: world.project })).json<QuoteWire>();
    const run = await world.until((await world.start(quote.id)).id);
    expect([order.tool, run.status]).toEqual([order.tool, "succeeded"]);
    records.push(await recordOf(world, run.id));
  }
  return records;
}

test("a run gone through again from its record gives the same events and the same entries, for every tool that there is", { timeout: 240_000 }, async () => {
  const records = [...(await ofFilm()), ...(await ofOrders()), ...(await ofWords())];
  for (const record of records) expectSame(record);
  const replayed = new Set(records.flatMap(({ snapshot }) => snapshot.steps.map(({ step }) => toolOf(step.recipe))));
  expect([...replayed].toSorted()).toEqual([...tools.keys()].toSorted());
  const kinds = new Set(records.flatMap(({ entries }) => entries.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)));
  expect([...kinds].toSorted()).toEqual(["capture", "hold", "release"]);
});

test.each([
  ["answers that are lost", { at: "create", does: "lost", times: 3 }],
  ["results that are corrupt", { at: "file", does: "corrupt", times: 2 }],
  ["a provider that is throttled", { at: "create", does: { status: 429, headers: { "retry-after": "1" } }, times: 3 }],
] as const)("a run with %s, whose object was evicted on the way, is gone through again to the same events", { timeout: 90_000 }, async (_words, fault) => {
  const world = await newFilmWorld({ credits: 200, delayMs: 300 });
  world.provider.faults.push(fault);
  const run = await world.start((await world.quote("animatic")).id);
  await new Promise((resolve) => setTimeout(resolve, 800));
  await evictDurableObject(env.RUN.getByName(run.id));
  await world.until(run.id);
  expectSame(await recordOf(world, run.id));
});

test("a record that was altered does not come out the same, and another studio's is not there", async () => {
  const world = await newFilmWorld({ credits: 200 });
  const { id } = await world.animatic();
  const record = await recordOf(world, id);
  const at = record.rows.findIndex(({ data }) => data.includes('"status":"succeeded"'));
  const rows = record.rows.map((row, index) => (index === at ? { ...row, data: row.data.replace('"status":"succeeded"', '"status":"failed"') } : row));
  expect(rows).not.toEqual(record.rows);
  expect(replay({ ...record, rows }).differences.length).toBeGreaterThan(0);
  const stranger = await newFilmWorld();
  expect((await stranger.get(`/api/v1/runs/${id}/record`)).status).toBe(404);
});

test("a ledger that has another hold, capture or release than the run asks for does not come out the same", async () => {
  const world = await newFilmWorld({ credits: 200 });
  await world.animatic();
  const run = await world.until((await world.start((await world.quote("master")).id)).id);
  const record = await recordOf(world, run.id);
  const { commands } = replay(record);
  type Body = { kind: string; reason: string; expiresAt: number | null; key: string; postings: { account: string; credits: number }[] };
  const altered = (kind: string, change: (body: Body) => object | null) => ({
    ...record, entries: record.entries.flatMap(({ seq, body }) => { const was = JSON.parse(body) as Body; const is = was.kind === kind ? change(was) : was; return is === null ? [] : [{ seq, body: JSON.stringify(is) }]; }),
  });
  const more = ({ postings, ...body }: Body) => ({ ...body, postings: postings.map((posting) => ({ ...posting, credits: posting.credits * 2 })) });
  expect(ledgerDifferences(record, commands)).toEqual([]);
  for (const kind of ["hold", "capture", "release"]) {
    expect([kind, ledgerDifferences(altered(kind, () => null), commands).length > 0]).toEqual([kind, true]);
    if (kind !== "release" || run.credits.returned > 0) expect([kind, ledgerDifferences(altered(kind, more), commands).length > 0]).toEqual([kind, true]);
    expect(ledgerDifferences({ ...record, entries: [...record.entries, ...record.entries.filter(({ body }) => (JSON.parse(body) as Body).kind === kind).slice(0, 1)] }, commands)).toContainEqual(expect.stringContaining("the ledger has what the run does not ask for"));
  }
  expect(ledgerDifferences(altered("hold", (body) => ({ ...body, expiresAt: 1 })), commands)).toHaveLength(2);
  expect(ledgerDifferences(altered("release", (body) => ({ ...body, reason: "failed" })), commands)).toHaveLength(2);
  expect(ledgerDifferences(altered("hold", (body) => ({ ...body, seq: 1e9 })), commands)).toEqual([expect.stringContaining("another order")]);
});

test("a hold that ended before its run is replayed as the wallet answered: delivered, and not paid", async () => {
  const world = await newFilmWorld({ credits: 200, script: "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n" });
  await world.animatic();
  world.provider.options.delayMs = null;
  const run = await world.start((await world.quote("master")).id);
  await expect.poll(() => [...world.provider.predictions.values()].filter(({ status }) => status === "starting" || status === "processing").length, { timeout: 10_000 }).toBeGreaterThan(0);
  const { hold } = await recordOf(world, run.id);
  expect(await env.WALLET.getByName(world.studio).release({ key: "operator", hold, cause: "cancelled" })).toMatchObject({ ok: true });
  const timer = setInterval(() => world.provider.finishAll(), 100);
  const over = await world.until(run.id).finally(() => clearInterval(timer));
  expect(over).toMatchObject({ status: "succeeded", credits: { captured: 0 } });
  const record = await recordOf(world, run.id);
  expect(record.entries.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)).toEqual(["hold", "release"]);
  expect(replay(record).commands.filter(({ kind }) => kind === "capture").length).toBeGreaterThan(0);
  expectSame(record);
});

test("a retake shows what it differs in, and nothing that every take has of its own", async () => {
  const world = await newFilmWorld({ credits: 200 });
  await world.animatic();
  const graph = async () => (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ filmVersion: number; nodes: { id: string; kind: string; take: { id: string } }[] }>();
  const { filmVersion, nodes } = await graph();
  const frame = nodes.find(({ kind }) => kind === "frame");
  await world.post(`/api/v1/projects/${world.project}/nodes/${frame?.id}/retake`, { base: filmVersion });
  await world.until((await world.start((await world.quote([frame?.id])).id)).id);
  const again = (await graph()).nodes.find(({ id }) => id === frame?.id);
  expect(again?.take.id).not.toBe(frame?.take.id);
  const difference = await (await world.get(`/api/v1/takes/${frame?.take.id}/difference?with=${again?.take.id}`)).json<{ differences: { field: string }[] }>();
  expect(difference.differences.map(({ field }) => field)).toContain("recipe.variant");
  expect(difference.differences.map(({ field }) => field).filter((field) => ["take", "run", "job", "quote", "madeAt"].includes(field))).toEqual([]);
  const voice = nodes.find(({ kind }) => kind === "voice");
  expect((await world.get(`/api/v1/takes/${frame?.take.id}/difference?with=${voice?.take.id}`)).status).toBe(422);
});
