import { expect, test } from "vitest";
import { newFilmWorld } from "../../../../test/film-world.ts";

test("a script becomes an animatic: every step is made once, nothing is charged, and each take says how it was made", async () => {
  const world = await newFilmWorld();
  const quote = await world.quote("animatic");
  expect(quote.credits).toBe(0);
  const run = await world.until((await world.start(quote.id)).id);
  expect(run.jobs.filter(({ status }) => status !== "succeeded")).toEqual([]);
  expect(run.status).toBe("succeeded");
  expect(world.provider.doubles).toEqual([]);
  expect(world.provider.creates.size).toBe(quote.items.length);
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  const animatic = run.jobs.find(({ kind }) => kind === "animatic");
  const { manifest, jws } = await (await world.get(`/api/v1/takes/${animatic?.take}/manifest`)).json<{ jws: string; manifest: Record<string, unknown> }>();
  expect(manifest).toMatchObject({ generated: true, node: "animatic:film", provider: "house", model: "dailies/animatic" });
  expect(jws.split(".")).toHaveLength(3);
});
