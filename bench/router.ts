// Section 6 of issue 4: the router against routers with fixed weights on what vendors declare, in worlds whose truth is known. Seeded: two runs print the same.
import { bestModel, CHANGES_AT, fixedWeights, recoveredAfter, router, simulate, weightGrid, worlds, type Policy, type SimulatedWorld } from "../film/testing/routing.ts";

const SEEDS = 40;
const JOBS = 400;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number) => Number(value.toFixed(3));

const regrets = (world: SimulatedWorld, policy: Policy): number[] => Array.from({ length: SEEDS }, (_, seed) => simulate(world, policy, { jobs: JOBS, seed: seed + 1 }).regret);

const grid = weightGrid.map((weights) => ({ weights, byWorld: worlds.map((world) => simulate(world, fixedWeights(...weights), { jobs: JOBS, seed: 1 }).regret) }));
const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
const best = grid.reduce((first, other) => (total(other.byWorld) < total(first.byWorld) ? other : first));

let ours = 0;
for (const [at, world] of worlds.entries()) {
  const runs = Array.from({ length: SEEDS }, (_, seed) => simulate(world, router, { jobs: JOBS, seed: seed + 1 }));
  const own = runs.map(({ regret }) => regret);
  ours += mean(own);
  const changes = bestModel(world, CHANGES_AT - 1) !== bestModel(world, CHANGES_AT);
  const recovery = runs.map((run) => recoveredAfter(run, world));
  console.log(JSON.stringify({
    name: `router: ${world.name}`, unit: "regret", jobs: JOBS, seeds: SEEDS, router_mean: rounded(mean(own)), router_max: rounded(Math.max(...own)),
    best_fixed_weights: rounded(best.byWorld[at] ?? 0), best_fixed_weights_of_this_world: rounded(Math.min(...grid.map(({ byWorld }) => byWorld[at] ?? Infinity))),
    explored_share_max: rounded(Math.max(...runs.map(({ explored, spent }) => explored / spent))),
    ...(changes ? { recovered_after_jobs_median: median(recovery), recovered_after_jobs_max: Math.max(...recovery) } : {}),
  }));
}
console.log(JSON.stringify({ name: "router: all worlds", unit: "regret", router_mean: rounded(ours), best_fixed_weights: rounded(total(best.byWorld)), weights: best.weights, ratio: rounded(ours / total(best.byWorld)), untuned_random: rounded(total(worlds.map((world) => mean(regrets(world, (w, _past, seed) => ({ model: w.models[seed % w.models.length]?.model ?? "", explored: false })))))) }));
