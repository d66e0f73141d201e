import { expect, test } from "vitest";
import { bestModel, CHANGES_AT, fixedWeights, recoveredAfter, router, simulate, weightGrid, withinBudget, worlds } from "../testing/routing.ts";

/** A small version of bench/router.ts. */
const SEEDS = [1, 2, 3, 4, 5, 6];
const JOBS = 300;
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

const ours = worlds.map((world) => SEEDS.map((seed) => simulate(world, router, { jobs: JOBS, seed })));

test("over all worlds the router misses less than half of what the best fixed weights miss, though those are chosen in hindsight", () => {
  const fixed = Math.min(...weightGrid.map((weights) => sum(worlds.map((world) => simulate(world, fixedWeights(...weights), { jobs: JOBS, seed: 1 }).regret))));
  expect(sum(ours.map((runs) => sum(runs.map(({ regret }) => regret)) / SEEDS.length))).toBeLessThan(fixed / 2);
});

test.each(["the best one turns bad", "the best one goes down and comes back"])("where %s, it is left within 20 jobs, with whatever luck", (name) => {
  const at = worlds.findIndex((world) => world.name === name);
  const world = worlds[at];
  if (!world) throw new Error("no such world");
  expect(bestModel(world, CHANGES_AT)).not.toBe(bestModel(world, CHANGES_AT - 1));
  for (const run of ours[at] ?? []) expect(recoveredAfter(run, world)).toBeLessThanOrEqual(20);
});

test("trying others never takes more than its share of the credits", () => {
  for (const run of ours.flat()) expect(withinBudget(run)).toBe(true);
});

test("the same luck is the same choices", () => {
  const [world] = worlds;
  if (!world) throw new Error("no worlds");
  expect(simulate(world, router, { jobs: 60, seed: 3 })).toEqual(simulate(world, router, { jobs: 60, seed: 3 }));
});
