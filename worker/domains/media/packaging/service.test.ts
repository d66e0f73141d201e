import { afterEach, expect, test, vi } from "vitest";
import { newStreamWorld } from "../../../../test/stream-world.ts";
import { beginPackages } from "./service.ts";

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
