import { expect, test } from "vitest";
import { newWorld, type World } from "../../../../test/world.ts";

const TEXT = "INT. DINER - NIGHT\n\nMARTA wipes the counter. Rain runs down the window.\n\nMARTA\nYou're late.\n\nTOM\nThe bridge was closed.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";
interface Shot { id: string; scene: string; description: string; framing: string; edited: string[] }
interface Changed { filmVersion: number; previousVersion: number; shot?: Shot }

async function filmOf(world: World) {
  const { id } = await (await world.post("/api/v1/projects", { title: "Late" })).json<{ id: string }>();
  await world.put(`/api/v1/projects/${id}/script`, { text: TEXT });
  const at = (rest: string) => `/api/v1/projects/${id}${rest}`;
  const shots = async () => (await world.get(at("/shots"))).json<{ filmVersion: number; data: Shot[] }>();
  const { filmVersion: base, data } = await shots();
  const [first, second] = data;
  if (!first || !second) throw new Error("the script has fewer than two shots");
  return { id, at, shots, base, first, second };
}

test("an edit of a shot survives the script being read again", async () => {
  const world = await newWorld();
  const { at, shots, base, first } = await filmOf(world);
  const changed = await world.patch(at(`/shots/${first.id}`), { base, fields: { framing: "extreme-close" } });
  expect(await changed.json()).toMatchObject({ filmVersion: base + 1, previousVersion: base });
  await world.put(at("/script"), { text: `INT. CELLAR - DAY\n\nNobody here.\n\n${TEXT}` });
  expect((await shots()).data.find(({ id }) => id === first.id)).toMatchObject({ framing: "extreme-close", edited: ["framing"] });
});

test("two people edit one shot: different fields merge, the same field is refused with both values", async () => {
  const world = await newWorld();
  const { at, shots, base, first } = await filmOf(world);
  const edit = (fields: object) => world.patch(at(`/shots/${first.id}`), { base, fields });
  const answers = await Promise.all([edit({ framing: "wide" }), edit({ description: "The counter shines." })]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect((await shots()).data[0]).toMatchObject({ framing: "wide", description: "The counter shines." });
  const clash = await edit({ framing: "close" });
  expect(clash.status).toBe(409);
  expect(await clash.json()).toMatchObject({ code: "film.changed", conflicts: [{ field: "framing", yours: "close", theirs: "wide" }] });
});

test("what no film can have is refused and changes nothing", async () => {
  const world = await newWorld();
  const { at, base, first, shots } = await filmOf(world);
  expect((await world.patch(at(`/shots/${first.id}`), { base, fields: { seconds: 61 } })).status).toBe(422);
  expect((await world.patch(at(`/shots/${first.id}`), { base, fields: { cast: ["char_nobody"] } })).status).toBe(422);
  expect((await world.patch(at("/shots/shot_nothing"), { base, fields: { framing: "wide" } })).status).toBe(404);
  expect((await world.patch(at("/characters/char_nothing"), { base, fields: { description: "?" } })).status).toBe(404);
  expect((await world.put(at("/edit-list"), { base, entries: [{ id: "shot_nothing", trimStart: 0, trimEnd: 0, transition: "cut", omitted: false }] })).status).toBe(422);
  expect((await shots()).filmVersion).toBe(base);
});

test("shots are added, divided, moved and taken out, and undo puts the film back", async () => {
  const world = await newWorld();
  const { at, shots, base, first, second } = await filmOf(world);
  const before = await shots();
  const added = await (await world.post(at("/shots"), { base, scene: first.scene, after: first.id, description: "A cup on the counter." })).json<Changed>();
  expect((await shots()).data[1]).toMatchObject({ id: added.shot?.id, description: "A cup on the counter." });
  const divided = await (await world.post(at(`/shots/${added.shot?.id}/split`), { base: added.filmVersion })).json<Changed>();
  expect((await shots()).data).toHaveLength(before.data.length + 2);
  expect((await world.post(at(`/shots/${second.id}/move`), { base: divided.filmVersion, after: null })).status).toBe(200);
  const list = await (await world.get(at("/edit-list"))).json<{ entries: { id: string }[]; filmVersion: number }>();
  expect(list.entries[0]?.id).toBe(second.id);
  expect((await world.delete(at(`/shots/${first.id}?base=${list.filmVersion}`))).status).toBe(200);
  const { filmVersion } = await shots();
  const undone = await world.post(at("/film/restore"), { base: filmVersion, version: base });
  expect(await undone.json()).toMatchObject({ filmVersion: filmVersion + 1 });
  expect({ ...await shots(), filmVersion: base }).toEqual(before);
  expect((await world.post(at("/film/restore"), { base: filmVersion, version: base })).status).toBe(409);
});

test("levels and order of the edit merge; the order changed twice is refused", async () => {
  const world = await newWorld();
  const { at, base } = await filmOf(world);
  const { entries } = await (await world.get(at("/edit-list"))).json<{ entries: { id: string; label: string; frames: number | null }[] }>();
  const plain = entries.map(({ id }) => ({ id, trimStart: 0, trimEnd: 0, transition: "cut", omitted: false }));
  expect((await world.put(at("/edit-list"), { base, entries: plain.toReversed() })).status).toBe(200);
  expect((await world.put(at("/edit-list"), { base, levels: { voice: 0, music: -6, sound: 0 } })).status).toBe(200);
  const clash = await world.put(at("/edit-list"), { base, entries: plain });
  expect(clash.status).toBe(409);
  expect(await clash.json()).toMatchObject({ conflicts: [{ field: "entries" }] });
  const list = await (await world.get(at("/edit-list"))).json<{ entries: { id: string }[]; levels: { music: number } }>();
  expect(list.entries.map(({ id }) => id)).toEqual(plain.map(({ id }) => id).toReversed());
  expect(list.levels.music).toBe(-6);
});

test("a character keeps the parts of a look that were not sent", async () => {
  const world = await newWorld();
  const { at, base } = await filmOf(world);
  const person = async () => (await (await world.get(at("/breakdown"))).json<{ characters: { id: string; look: Record<string, unknown> }[] }>()).characters[0];
  const before = await person();
  expect((await world.patch(at(`/characters/${before?.id}`), { base, fields: { look: { top: "#aa3300" } } })).status).toBe(200);
  expect(await person()).toEqual({ ...before, look: { ...before?.look, top: "#aa3300" } });
});
