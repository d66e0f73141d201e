import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../../index.ts";
import { newWorld, type World } from "../../../../test/world.ts";

const DINER = `INT. DINER - NIGHT

MARTA wipes the counter. Rain on the window.

MARTA
You're late.

TOM
The bridge was closed.

EXT. BRIDGE - DAWN

Tom walks alone.
`;

const make = async (world: World): Promise<string> => (await (await world.post("/api/v1/projects", { title: "Late" })).json<{ id: string }>()).id;
const at = (id: string, rest = "") => `/api/v1/projects/${id}/script${rest}`;
const put = (world: World, id: string, body: object) => world.put(at(id), body);

test("texts that are no script are refused with what is wrong and where, and the draft stays", async () => {
  const world = await newWorld();
  const id = await make(world);
  await put(world, id, { text: DINER });
  const file = (bytes: Uint8Array) => world.post(at(id, "/file?filename=a.fountain"), bytes);
  const cases: [Response, number, object][] = [
    [await put(world, id, { text: "   \n" }), 422, { code: "script.empty" }],
    [await put(world, id, { text: "x".repeat(2 * 1024 * 1024 + 1) }), 413, { code: "script.too_large" }],
    [await put(world, id, { text: "a\u0000b" }), 422, { code: "script.binary", offset: 1 }],
    [await world.send("PUT", at(id), { text: "half \ud83d of a smile" }), 422, { code: "script.encoding", errors: [{ pointer: "/text" }] }],
    [await file(new TextEncoder().encode("%PDF-1.7 …")), 422, { code: "script.binary" }],
    [await file(Uint8Array.of(72, 105, 32, 0xe9, 32)), 422, { code: "script.encoding", offset: 3 }],
    [await file(new Uint8Array(2 * 1024 * 1024 + 1).fill(97)), 413, { code: "script.too_large" }],
  ];
  for (const [answer, status, problem] of cases) {
    expect(await answer.json()).toMatchObject(problem);
    expect(answer.status).toBe(status);
  }
  expect(await (await world.get(at(id))).json()).toMatchObject({ text: DINER, version: 1 });
});

test("two megabytes to the byte are taken, and come back byte for byte", async () => {
  const world = await newWorld();
  const id = await make(world);
  const text = `\ufeff${"a\r\n".repeat(699_051)}`.slice(0, 2 * 1024 * 1024 - 2);
  expect(new TextEncoder().encode(text)).toHaveLength(2 * 1024 * 1024);
  expect((await put(world, id, { text, format: "txt" })).status).toBe(200);
  expect((await (await world.get(at(id))).json<{ text: string }>()).text === text).toBe(true);
});

test("nothing is there before something is written", async () => {
  const world = await newWorld();
  const id = await make(world);
  const answer = await world.get(at(id));
  expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([404, "script.not_found"]);
});

test("a save becomes scenes, cast and shots; the same save again makes no version", async () => {
  const world = await newWorld();
  const id = await make(world);
  const saved = await (await put(world, id, { text: DINER, base: 0 })).json<{ filmVersion: number }>();
  expect(saved).toMatchObject({ version: 1, scenes: 2 });
  expect(await (await put(world, id, { text: DINER, base: 0 })).json()).toEqual(saved);
  const breakdown = await (await world.get(`/api/v1/projects/${id}/breakdown`)).json();
  expect(breakdown).toMatchObject({
    filmVersion: saved.filmVersion,
    scenes: [{ heading: "INT. DINER - NIGHT", setting: "interior", timeOfDay: "night", lines: 2 }, { setting: "exterior", timeOfDay: "dawn" }],
    characters: [{ name: "MARTA", lines: 1 }, { name: "TOM", lines: 1 }],
  });
});

test("a second tab that saves over the first is refused with both texts", async () => {
  const world = await newWorld();
  const id = await make(world);
  await put(world, id, { text: "One." });
  const [first, second] = await Promise.all([put(world, id, { text: "Two.", base: 1 }), put(world, id, { text: "Three.", base: 1 })]);
  expect([first.status, second.status].toSorted()).toEqual([200, 409]);
  const [won, lost] = first.status === 200 ? ["Two.", second] : ["Three.", first];
  expect(await lost.json()).toMatchObject({ code: "script.changed", yours: { version: 1 }, theirs: { text: won, version: 2 } });
});

test("a save that is refused is found among the versions, once", async () => {
  const world = await newWorld();
  const id = await make(world);
  await put(world, id, { text: "One." });
  await put(world, id, { text: "Two.", base: 1 });
  const list = async () => (await (await world.get(at(id, "/versions"))).json<{ data: { id: string; label: string }[] }>()).data;
  expect((await put(world, id, { text: "Three.", format: "txt", base: 1 })).status).toBe(409);
  expect((await put(world, id, { text: "Three.", format: "txt", base: 1 })).status).toBe(409);
  expect(await list()).toMatchObject([{ label: "Not saved, changed elsewhere too" }]);
  expect(await (await world.get(at(id, `/versions/${(await list())[0]?.id}`))).json()).toMatchObject({ text: "Three.", format: "txt" });
  expect(await (await world.get(at(id))).json()).toMatchObject({ text: "Two.", version: 2 });
  await world.post(at(id, "/versions"), { label: "Saved elsewhere" });
  await put(world, id, { text: "Three.", format: "txt", base: 2 });
  expect(await list()).toMatchObject([{ label: "Saved elsewhere" }, { label: "Not saved, changed elsewhere too" }]);
});

test("an upload keeps what was there, and any version can be restored", async () => {
  const world = await newWorld();
  const id = await make(world);
  await put(world, id, { text: "What I typed." });
  expect((await world.post(at(id, "/file?filename=draft.md"), new TextEncoder().encode("# What I brought"))).status).toBe(200);
  const list = async () => (await (await world.get(at(id, "/versions"))).json<{ data: { id: string; reason: string; label: string }[] }>()).data;
  expect(await list()).toMatchObject([{ reason: "upload", label: "draft.md" }, { reason: "upload", label: "Before: draft.md" }]);
  const typed = (await list())[1]?.id ?? "";
  expect(await (await world.get(at(id, `/versions/${typed}`))).json()).toMatchObject({ text: "What I typed.", format: "fountain" });
  expect((await world.post(at(id, `/versions/${typed}/restore`))).status).toBe(200);
  expect(await (await world.get(at(id))).json()).toMatchObject({ text: "What I typed.", format: "fountain", version: 3 });
  expect(await list()).toHaveLength(2);
  const stranger = await world.stranger();
  const theirs = await make(stranger);
  expect((await stranger.get(at(theirs, `/versions/${typed}`))).status).toBe(404);
});

test("saving a version twice makes one, a label makes another", async () => {
  const world = await newWorld();
  const id = await make(world);
  expect((await world.post(at(id, "/versions"), {})).status).toBe(404);
  await put(world, id, { text: "One." });
  const save = async (body: object) => (await (await world.post(at(id, "/versions"), body)).json<{ id: string }>()).id;
  const first = await save({});
  expect(await save({})).toBe(first);
  expect(await save({ label: "Read-through" })).not.toBe(first);
});

test("a draft that rested for ten minutes becomes a version by itself, once", async () => {
  const world = await newWorld();
  const id = await make(world);
  await put(world, id, { text: "Left open over lunch." });
  const minute = async () => {
    const execution = createExecutionContext();
    await worker.scheduled(createScheduledController({ cron: "* * * * *" }), env, execution);
    await waitOnExecutionContext(execution);
  };
  const versions = async () => (await (await world.get(at(id, "/versions"))).json<{ data: { reason: string }[] }>()).data;
  await minute();
  expect(await versions()).toEqual([]);
  await env.DB.prepare("UPDATE projects SET script_saved_at = ? WHERE id = ?").bind(Date.now() - 11 * 60_000, id).run();
  await minute();
  await minute();
  expect(await versions()).toMatchObject([{ reason: "idle" }]);
});
