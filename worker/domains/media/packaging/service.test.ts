import { afterEach, expect, test, vi } from "vitest";
import { newStreamWorld } from "../../../../test/stream-world.ts";
import { advance, beginPackages } from "./service.ts";
import { listOfVideo } from "./store.ts";
import { stream } from "./stream.ts";

afterEach(() => vi.restoreAllMocks());

test("of many films that are to be packaged, one that got a package meanwhile keeps it, and the others get theirs", async () => {
  const world = await newStreamWorld();
  const [early, late, hidden] = [await world.film(), await world.film(), await world.film()];
  await world.show(early);
  const before = await world.package(early.video);
  await beginPackages(world.ctx, [early, late, { ...hidden, file: null }]);
  expect(await world.package(early.video)).toEqual(before);
  expect(await world.package(late.video)).toMatchObject({ state: "waiting", attempts: 0, uid: null, sha256: late.file.sha256 });
  expect([await world.packages(hidden.video), await world.events(late.video), await world.events(early.video)]).toEqual([[], ["package.ordered"], ["package.ordered"]]);
  await world.pass(1);
  expect((await world.package(late.video)).state).toBe("copying");
});

test("a step that always throws is tried again later each time, and not every minute for ever", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  await world.pass(1);
  const access = stream.configured(world.ctx.env);
  if (!access) throw new Error("Stream is not set up");
  const broken = Object.defineProperty({ ...access }, "account", { get: () => { throw new Error("it is broken"); } });
  const waits: number[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    const [row] = await listOfVideo(world.ctx, film.video);
    if (!row) throw new Error("there is no package");
    await advance(world.ctx, broken, row);
    const next = await world.package(film.video);
    expect(next).toMatchObject({ state: row.state, attempts: row.attempts, silences: row.silences + 1 });
    waits.push((next.dueAt ?? 0) - world.ctx.now());
  }
  expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
  expect(new Set(waits.map((ms) => Math.round(ms / 60_000))).size).toBe(3);
});
