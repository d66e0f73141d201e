import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { replay } from "#objects/run/replay.ts";
import { newFilmWorld } from "../../../../test/film-world.ts";
import { captured, expectSame, recordOf } from "../../../../test/records.ts";

test("a film gone through again from its record gives the same events and the same entries, for every tool", async () => {
  const world = await newFilmWorld({ credits: 200 });
  const animatic = await world.animatic();
  const master = await world.until((await world.start((await world.quote("master")).id)).id);
  const records = await Promise.all([animatic, master].map(({ id }) => recordOf(world, id)));
  for (const record of records) expectSame(record);
  const tools = new Set(records.flatMap(({ snapshot }) => snapshot.steps.map(({ step }) => step.tool)));
  expect([...tools].toSorted()).toEqual(["animatic", "captions", "clip", "cut", "frame", "move", "music", "poster", "preview", "title", "voice"]);
  expect(captured(records[1] ?? { entries: [] }).length).toBeGreaterThan(0);
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
