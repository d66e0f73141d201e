/** A world of models whose true behaviour is known, so that what the router chooses can be held against what it should have chosen. */
import { choose, EXPLORED_SHARE, type Candidate, type ChoiceInput } from "../routing/choose.ts";
import { randomFrom } from "../routing/random.ts";
import { statsOf, type Outcome } from "../routing/stats.ts";

/** How a model really behaves: chances, and seconds. */
export interface Truth {
  accepted: number;
  delivered: number;
  seconds: number;
}

export interface SimulatedWorld {
  name: string;
  /** What is declared of each model. */
  models: readonly (Pick<Candidate, "model" | "quality" | "seconds"> & { credits: number })[];
  truth(model: string, job: number): Truth;
}

/** Chooses for one job, from what has happened so far, newest first. */
export type Policy = (world: SimulatedWorld, past: { outcomes: readonly Outcome[]; explored: number; spent: number }, seed: number) => { model: string; explored: boolean };

const limits = { seconds: { least: 1, most: 10, only: null }, aspects: ["16:9" as const], resolutions: ["720p" as const], firstFrame: "may" as const, promptMax: 1_000, languages: null };

/** What the router is asked in such a world. */
export function inputIn(world: SimulatedWorld, { outcomes, spent, explored }: { outcomes: readonly Outcome[]; spent: number; explored: number }, seed: number): ChoiceInput {
  return {
    tool: "clip", class: "clip/8s/16:9/noir", wish: "best", wanted: { seconds: 5, aspect: "16:9", resolution: null, firstFrame: "have", letters: null, language: null }, ceiling: null, providers: null,
    candidates: world.models.map((model) => ({ ...model, provider: "some", limits, lifecycle: "active" as const })), stats: statsOf(outcomes), spent: { credits: spent, explored }, seed,
  };
}

export const router: Policy = (world, past, seed) => {
  const { model, explored } = choose(inputIn(world, past, seed));
  return { model: model ?? "", explored };
};

/** A router with weights on what is declared, that learns nothing. */
export const fixedWeights = (quality: number, price: number, delay: number): Policy => (world) => {
  const dearest = Math.max(...world.models.map(({ credits }) => credits));
  const slowest = Math.max(...world.models.map(({ seconds }) => seconds));
  const score = (one: SimulatedWorld["models"][number]) => (quality * one.quality) / 100 - (price * one.credits) / dearest - (delay * one.seconds) / slowest;
  const best = world.models.reduce((first, other) => (score(other) > score(first) ? other : first));
  return { model: best.model, explored: false };
};

/** Weights on quality, price and delay that add up to one, in tenths. */
export const weightGrid: readonly (readonly [number, number, number])[] = Array.from({ length: 11 }, (_, q) => Array.from({ length: 11 - q }, (__, p) => [q / 10, p / 10, (10 - q - p) / 10] as const)).flat();

/** What a job is worth in expectation, by the same measure for every policy. */
function worth(world: SimulatedWorld, model: string, job: number): number {
  const { accepted, delivered, seconds } = world.truth(model, job);
  const credits = world.models.find((one) => one.model === model)?.credits ?? 0;
  const dearest = Math.max(...world.models.map((one) => one.credits));
  const slowest = Math.max(...world.models.map((one) => world.truth(one.model, job).seconds));
  return accepted * delivered - (0.03 * credits) / dearest - (0.01 * seconds) / slowest;
}

export const bestModel = (world: SimulatedWorld, job: number): string => world.models.reduce((best, { model }) => (worth(world, model, job) > worth(world, best, job) ? model : best), world.models[0]?.model ?? "");

/** People look at a take some jobs later. */
const LOOKED_AFTER = 3;

export interface Simulated {
  /** Worth that was missed, job by job added up. */
  regret: number;
  picks: string[];
  /** Credits of explorations, and of all jobs. */
  explored: number;
  spent: number;
}

/** Runs a policy through a world. The same seed is the same luck. */
export function simulate(world: SimulatedWorld, policy: Policy, { jobs, seed }: { jobs: number; seed: number }): Simulated {
  const random = randomFrom(seed);
  const past: (Outcome & { liked: boolean })[] = [];
  const result: Simulated = { regret: 0, picks: [], explored: 0, spent: 0 };
  for (let job = 0; job < jobs; job += 1) {
    const outcomes = past.map((outcome, age) => ({ ...outcome, accepted: outcome.delivered && age >= LOOKED_AFTER - 1 ? outcome.liked : null })).slice(0, 220);
    const { model, explored } = policy(world, { outcomes, explored: result.explored, spent: result.spent }, seed * 100_003 + job);
    const truth = world.truth(model, job);
    const credits = world.models.find((one) => one.model === model)?.credits ?? 0;
    const delivered = random() < truth.delivered;
    const liked = random() < truth.accepted;
    past.unshift({ model, delivered, liked, seconds: delivered ? truth.seconds * (0.7 + 0.6 * random()) : null, credits, accepted: null });
    result.picks.push(model);
    result.regret += worth(world, bestModel(world, job), job) - worth(world, model, job);
    result.spent += credits;
    if (explored) result.explored += credits;
  }
  return result;
}

export const withinBudget = ({ explored, spent }: Simulated): boolean => explored <= EXPLORED_SHARE * spent;

const model = (id: string, quality: number, credits: number, seconds: number) => ({ model: id, quality, credits, seconds });
const steady = (truths: Record<string, Truth>) => (id: string): Truth => truths[id] ?? { accepted: 0, delivered: 0, seconds: 60 };
const does = (accepted: number, delivered = 0.98, seconds = 60): Truth => ({ accepted, delivered, seconds });

/** From this job on, in worlds in which something changes. */
export const CHANGES_AT = 120;

export const worlds: readonly SimulatedWorld[] = [
  { name: "as declared", models: [model("a", 90, 60, 70), model("b", 75, 60, 60), model("c", 60, 30, 40)], truth: steady({ a: does(0.9), b: does(0.75), c: does(0.6, 0.98, 40) }) },
  { name: "the praised one is poor", models: [model("a", 95, 60, 60), model("b", 70, 60, 60), model("c", 55, 40, 40)], truth: steady({ a: does(0.35), b: does(0.88), c: does(0.5) }) },
  { name: "the cheap one is as good", models: [model("a", 90, 80, 70), model("b", 70, 20, 60), model("c", 65, 40, 60)], truth: steady({ a: does(0.85), b: does(0.85), c: does(0.6) }) },
  { name: "the best one fails half the time", models: [model("a", 92, 60, 60), model("b", 80, 55, 60), model("c", 60, 30, 40)], truth: steady({ a: does(0.92, 0.5), b: does(0.82), c: does(0.55) }) },
  {
    name: "the best one turns bad", models: [model("a", 90, 60, 60), model("b", 80, 60, 60), model("c", 60, 30, 40)],
    truth: (id, job) => steady({ a: does(job < CHANGES_AT ? 0.92 : 0.1), b: does(0.8), c: does(0.55) })(id),
  },
  {
    name: "the best one goes down and comes back", models: [model("a", 90, 60, 60), model("b", 78, 60, 60), model("c", 60, 30, 40)],
    truth: (id, job) => steady({ a: does(0.92, job >= CHANGES_AT && job < CHANGES_AT + 80 ? 0.05 : 0.98), b: does(0.78), c: does(0.55) })(id),
  },
  {
    name: "two change places", models: [model("a", 85, 60, 60), model("b", 80, 60, 60), model("c", 60, 30, 40)],
    truth: (id, job) => (job < CHANGES_AT ? steady({ a: does(0.9), b: does(0.6), c: does(0.5) })(id) : steady({ a: does(0.4), b: does(0.9), c: does(0.5) })(id)),
  },
];

/** Jobs from a change on until at least eight of the next ten go to no model that has turned bad: to none that was the best and now is not. Infinity: never. */
export function recoveredAfter({ picks }: Simulated, world: SimulatedWorld): number {
  const was = bestModel(world, CHANGES_AT - 1);
  for (let job = CHANGES_AT; job + 10 <= picks.length; job += 1) if (picks.slice(job, job + 10).filter((picked) => picked === was).length <= 2) return job - CHANGES_AT;
  return Infinity;
}
