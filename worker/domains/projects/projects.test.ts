import { expect, test } from "vitest";
import { newWorld, type World } from "../../../test/world.ts";

const make = async (world: World, body: object = { title: "The Lighthouse" }) => (await world.post("/api/v1/projects", body)).json<{ id: string; filmVersion: number }>();

test("a project needs a title, and the answer says which field is wrong", async () => {
  const world = await newWorld();
  const answer = await world.post("/api/v1/projects", { title: "  ", aspect: "4:3" });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: "request.invalid", errors: [{ pointer: "/title" }, { pointer: "/aspect" }] });
});

test("a create that is repeated after a lost answer makes one project; another body under its key is refused", async () => {
  const world = await newWorld();
  const send = (title: string) => world.post("/api/v1/projects", { title }, { "idempotency-key": "k1" });
  const [first, again] = [await send("One"), await send("One")];
  expect(await again.json()).toEqual(await first.json());
  const other = await send("Two");
  expect(other.status).toBe(409);
  expect(await other.json()).toMatchObject({ code: "request.key_reused" });
  expect((await (await world.get("/api/v1/projects")).json<{ data: unknown[] }>()).data).toHaveLength(1);
});

test("two tabs that change different fields both win; the same field changed twice is refused with both values", async () => {
  const world = await newWorld();
  const { id, filmVersion: base } = await make(world);
  const patch = (body: object) => world.patch(`/api/v1/projects/${id}`, body);
  const [one, two] = await Promise.all([patch({ base, title: "The Storm" }), patch({ base, style: "noir" })]);
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(await (await world.get(`/api/v1/projects/${id}`)).json()).toMatchObject({ title: "The Storm", style: "noir", filmVersion: base + 2 });
  const clash = await patch({ base, title: "The Calm" });
  expect(clash.status).toBe(409);
  expect(await clash.json()).toMatchObject({ code: "film.changed", filmVersion: base + 2, conflicts: [{ field: "title", yours: "The Calm", theirs: "The Storm" }] });
});

test("a deleted project is gone until it is restored", async () => {
  const world = await newWorld();
  const { id } = await make(world);
  expect((await world.delete(`/api/v1/projects/${id}`)).status).toBe(204);
  expect((await world.get(`/api/v1/projects/${id}`)).status).toBe(404);
  expect((await world.patch(`/api/v1/projects/${id}`, { title: "Ghost" })).status).toBe(404);
  expect(await (await world.get("/api/v1/projects?deleted=true")).json()).toMatchObject({ data: [{ id, deletedAt: expect.any(String) }] });
  expect((await world.post(`/api/v1/projects/${id}/restore`)).status).toBe(200);
  expect((await world.get(`/api/v1/projects/${id}`)).status).toBe(200);
});

test("lists come in pages without gaps or repeats, and a cursor that is not ours is refused", async () => {
  const world = await newWorld();
  for (let count = 0; count < 5; count += 1) await make(world, { title: `Film ${count}` });
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: { data: { id: string }[]; nextCursor: string | null } = await (await world.get(`/api/v1/projects?limit=2${cursor && `&cursor=${cursor}`}`)).json();
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(5);
  expect(seen).toHaveLength(5);
  expect((await world.get("/api/v1/projects?cursor=nonsense")).status).toBe(422);
});

test("another studio's project and one that never was look the same", async () => {
  const [world, stranger] = [await newWorld(), await newWorld()];
  const { id } = await make(world);
  const text = async (path: string) => ({ ...await (await stranger.get(path)).json<object>(), instance: "" });
  expect(await text(`/api/v1/projects/${id}`)).toEqual(await text("/api/v1/projects/proj_00000000"));
});
