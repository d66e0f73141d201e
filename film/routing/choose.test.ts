import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choose, EXPLORED_SHARE, nearestMiss, offersBeside, recordOf, replay, type Candidate, type ChoiceInput, type ChoiceRecord } from "./choose.ts";
import { beta, randomFrom } from "./random.ts";
import { classOf, statsOf, type Outcome } from "./stats.ts";

/** Choices as they were logged by the first rules. */
const before = JSON.parse(readFileSync(fileURLToPath(new URL("../testing/choices-v1.json", import.meta.url).href), "utf8")) as ChoiceRecord[];

const limits = { seconds: { least: 2, most: 10, only: null }, aspects: ["16:9" as const, "9:16" as const], resolutions: ["720p" as const], firstFrame: "may" as const, promptMax: 1_000, languages: null };
const house: Candidate = { model: "dailies/clip", provider: "house", limits: null, lifecycle: "active", quality: 50, credits: 5, seconds: 8 };
const good: Candidate = { model: "runway/one", provider: "runway", limits, lifecycle: "active", quality: 90, credits: 75, seconds: 90 };
const plain: Candidate = { model: "fal/two", provider: "fal", limits, lifecycle: "active", quality: 70, credits: 40, seconds: 60 };
const ask: ChoiceInput = {
  tool: "clip", class: "clip/8s/16:9/noir", wish: "cheapest", wanted: { seconds: 5, aspect: "16:9", resolution: null, firstFrame: "have", letters: null, language: null },
  ceiling: null, providers: null, candidates: [house, good, plain], stats: {}, spent: { credits: 0, explored: 0 }, seed: 1,
};
const excludedFrom = (input: ChoiceInput) => Object.fromEntries(choose(input).excluded.map(({ model, because }) => [model, because]));

describe("which model makes a shot", () => {
  test("cheapest is the house, fastest is whoever is expected to be done first, best is the best real one", () => {
    expect(choose(ask)).toMatchObject({ model: "dailies/clip", credits: 5, explored: false });
    expect(choose({ ...ask, wish: "fastest" }).model).toBe("dailies/clip");
    expect(choose({ ...ask, wish: "best" })).toMatchObject({ model: "runway/one", alternatives: ["fal/two"] });
    expect(excludedFrom({ ...ask, wish: "best" })).toEqual({ "dailies/clip": "wish" });
  });

  test("where no real model is set up, or the studio allows none, the best is the house", () => {
    expect(choose({ ...ask, wish: "best", candidates: [house] }).model).toBe("dailies/clip");
    expect(choose({ ...ask, wish: "best", providers: [] }).model).toBe("dailies/clip");
    expect(choose({ ...ask, wish: "best", candidates: [house, { ...good, lifecycle: "retired" }] }).model).toBe("dailies/clip");
  });

  test("who wishes for the best and asks for what no real model does is not given the house instead, but told what comes nearest", () => {
    const long = { ...ask, wish: "best" as const, wanted: { ...ask.wanted, seconds: 14 }, candidates: [house, good, { ...plain, limits: { ...limits, seconds: { least: 3, most: 12, only: null } } }] };
    expect(choose(long).model).toBeNull();
    expect(nearestMiss(choose(long), long.candidates, 14)).toMatchObject({ model: "fal/two", misfits: [{ field: "seconds", nearest: 12 }] });
  });

  test("of those that take no file so short, the one that takes the shortest is named", () => {
    const from = (least: number) => ({ ...limits, seconds: { least, most: 60, only: null } });
    const short = { ...ask, wish: "best" as const, wanted: { ...ask.wanted, seconds: 1, isGiven: true as const }, candidates: [{ ...good, limits: from(4) }, { ...plain, limits: from(2) }] };
    expect(nearestMiss(choose(short), short.candidates, 1)).toMatchObject({ model: "fal/two", misfits: [{ field: "seconds", nearest: 2 }] });
  });

  test("others are offered of other providers, cheapest first; of the same one where there is nobody else", () => {
    const turbo = { ...good, model: "runway/turbo", credits: 20 };
    const offered = (candidates: Candidate[], wish: ChoiceInput["wish"] = "model:runway/one") => { const input = { ...ask, wish, candidates }; return offersBeside(input, choose(input)); };
    expect(offered([house, good, plain, turbo])).toEqual([{ model: "dailies/clip", credits: 5 }, { model: "fal/two", credits: 40 }]);
    expect(offered([good, turbo])).toEqual([{ model: "runway/turbo", credits: 20 }]);
    expect(offered([good])).toEqual([]);
  });

  test("a model by name is that one or none, and nobody stands in for it", () => {
    expect(choose({ ...ask, wish: "model:fal/two" })).toMatchObject({ model: "fal/two", alternatives: [], why: "wished for by name" });
    expect(choose({ ...ask, wish: "model:fal/two", wanted: { ...ask.wanted, aspect: "1:1" } }).model).toBeNull();
    expect(choose({ ...ask, wish: "model:sora/two" }).model).toBeNull();
  });

  test("a film's voices stay with who speaks them, while that one can be had, and no line is an experiment", () => {
    const voice = { ...ask, tool: "voice", wish: "best" as const, spent: { credits: 100_000, explored: 0 } };
    expect(choose(voice).model).toBe("runway/one");
    expect(choose({ ...voice, kept: "fal/two" })).toMatchObject({ model: "fal/two", credits: 40, explored: false, alternatives: [] });
    expect(choose({ ...voice, kept: "fal/two", providers: ["runway"] }).model).toBe("runway/one");
    expect(choose({ ...voice, kept: "fal/two", wish: "cheapest" }).model).toBe("dailies/clip");
    expect(Array.from({ length: 200 }, (_, seed) => choose({ ...voice, seed })).filter(({ explored }) => explored)).toEqual([]);
  });

  test("retired and sunset models, providers that the studio does not allow, and what costs more than the ceiling are left out, each with its reason", () => {
    const candidates = [house, good, plain, { ...plain, model: "old/a", lifecycle: "retired" as const }, { ...plain, model: "old/b", lifecycle: "sunset" as const }, { ...plain, model: "no/price", credits: null }];
    expect(excludedFrom({ ...ask, wish: "best", candidates, providers: ["fal"], ceiling: 39 })).toEqual({ "runway/one": "provider", "fal/two": "ceiling", "old/a": "lifecycle", "old/b": "lifecycle", "no/price": "price", "dailies/clip": "wish" });
  });

  test("nobody who stands in costs more than the item", () => {
    fc.assert(fc.property(inputs(), (input) => {
      const choice = choose(input);
      const price = new Map(input.candidates.map(({ model, credits }) => [model, credits]));
      for (const other of choice.alternatives) expect(price.get(other) ?? Infinity).toBeLessThanOrEqual(choice.credits);
      expect(choice.alternatives).not.toContain(choice.model);
      if (choice.model !== null) expect(choice.credits).toBe(price.get(choice.model));
    }));
  });

  test("a record is replayed to the same choice, also from its JSON", () => {
    fc.assert(fc.property(inputs(), (input) => {
      const record = recordOf(input);
      expect(replay(JSON.parse(JSON.stringify(record)) as typeof record)).toEqual(record.choice);
    }));
  });

  test("a record of before is replayed by the rules of its time", () => {
    expect(before.length).toBeGreaterThan(10);
    for (const record of before) expect([record.v, replay(record)]).toEqual([1, record.choice]);
  });

  test("exploring never costs more than the item would, nor more than the ceiling or its share of the class's credits", () => {
    const tried = Array.from({ length: 200 }, (_, seed) => choose({ ...ask, wish: "best", spent: { credits: 10_000, explored: 0 }, seed })).filter(({ explored }) => explored);
    expect(tried.length).toBeGreaterThan(5);
    expect(new Set(tried.map(({ model }) => model))).toEqual(new Set(["fal/two"]));
    fc.assert(fc.property(inputs(), (input) => {
      const choice = choose(input);
      if (!choice.explored) return;
      expect(input.wish).toBe("best");
      expect(choice.credits).toBeLessThanOrEqual(choice.scores[0]?.credits ?? 0);
      expect(choice.credits).toBeLessThanOrEqual(input.ceiling ?? Infinity);
      expect(input.spent.explored + choice.credits).toBeLessThanOrEqual(EXPLORED_SHARE * (input.spent.credits + choice.credits));
    }), { numRuns: 500 });
    expect(choose({ ...ask, wish: "best", spent: { credits: 0, explored: 0 } }).explored).toBe(false);
  });
});

describe("what is learned", () => {
  const outcome = (model: string, accepted: boolean | null, delivered = true): Outcome => ({ model, delivered, seconds: delivered ? 60 : null, credits: 40, accepted });
  const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test("takes that people ask to have made again cost a model its place, and takes that they go on with win it", () => {
    const disliked = statsOf([...many(8, outcome("runway/one", false)), ...many(8, outcome("fal/two", true))]);
    expect(choose({ ...ask, wish: "best", stats: disliked }).model).toBe("fal/two");
  });

  test("a model that fails is left, and one that takes long is not the fastest any more", () => {
    expect(choose({ ...ask, wish: "best", stats: statsOf(many(6, outcome("runway/one", null, false))) }).model).toBe("fal/two");
    const slow = { "dailies/clip": { delivered: 20, failed: 0, accepted: 0, retaken: 0, seconds: 900 } };
    expect(choose({ ...ask, wish: "fastest", stats: slow }).model).toBe("fal/two");
  });

  test("who fails is not cheap: a dearer one that delivers is, until what was held against the other has faded", () => {
    const [lean, solid] = [{ ...plain, model: "lean", credits: 10 }, { ...good, model: "solid", credits: 14 }];
    const picked = (outcomes: Outcome[], wish: ChoiceInput["wish"] = "cheapest", candidates = [lean, solid]) => choose({ ...ask, wish, candidates, stats: statsOf(outcomes) });
    const [fails, comes] = [outcome("lean", null, false), outcome("solid", null)];
    expect(picked([]).model).toBe("lean");
    expect(picked([fails]).model).toBe("lean");
    expect(picked([...many(2, fails), ...many(5, comes)])).toMatchObject({ model: "solid", credits: 14, why: "cheapest of 2 that can be relied on: 14 credits" });
    expect(picked([...many(60, comes), ...many(4, fails)]).model).toBe("lean");
    // However cheap it is.
    const penny = { ...lean, credits: 1 };
    expect(picked(many(20, fails), "cheapest", [penny, solid]).model).toBe("solid");
    expect(picked(many(4, fails), "fastest", [{ ...lean, seconds: 30 }, { ...solid, seconds: 45 }]).model).toBe("solid");
    // What is free is asked again for nothing.
    expect(picked(many(40, outcome("dailies/clip", null, false)), "cheapest", [{ ...house, credits: 0 }, solid]).model).toBe("dailies/clip");
  });

  test("what a provider says that it cost counts as its price does, and what says nothing is not held against it", () => {
    const [a, b] = [{ ...plain, model: "a", credits: 40 }, { ...good, model: "b", credits: 44 }];
    const cost = (model: string, part: number | null): Outcome => ({ ...outcome(model, null), cost: part });
    const picked = (outcomes: Outcome[]) => choose({ ...ask, candidates: [a, b], stats: statsOf(outcomes) });
    expect(picked([...many(6, cost("a", 1)), ...many(6, cost("b", null))]).model).toBe("a");
    // It bills half as much again: people pay what was quoted, and it is not the cheapest any more.
    expect(picked([...many(6, cost("a", 1.5)), ...many(6, cost("b", null))])).toMatchObject({ model: "b", credits: 44 });
    expect(statsOf([cost("a", 2), cost("a", 1)])["a"]?.cost?.part).toBeCloseTo(1.51, 2);
  });

  test("four bad takes in a row outweigh a long good past, three do not erase it", () => {
    const past = many(60, outcome("runway/one", true));
    expect(statsOf([...many(4, outcome("runway/one", false)), ...past])["runway/one"]?.accepted).toBe(0);
    expect(statsOf([...many(3, outcome("runway/one", false)), ...past])["runway/one"]?.accepted).toBeGreaterThan(10);
  });

  test("a take that nobody has looked at yet says nothing about whether it is liked", () => {
    expect(statsOf([outcome("a", null)])["a"]).toMatchObject({ delivered: 1, accepted: 0, retaken: 0 });
  });

  test("lengths of one kind are one class, and shapes and styles are not mixed", () => {
    const of = (seconds: number | null, aspect = "16:9") => classOf({ tool: "clip", seconds, aspect, style: "noir" });
    expect([of(3), of(4), of(4.1), of(8), of(20), of(null)]).toEqual(["clip/4s/16:9/noir", "clip/4s/16:9/noir", "clip/8s/16:9/noir", "clip/8s/16:9/noir", "clip/over-15s/16:9/noir", "clip/any/16:9/noir"]);
    expect(of(5, "9:16")).not.toBe(of(5));
  });
});

describe("random numbers", () => {
  test("a Beta's draws have its mean and its spread, and follow from the seed", () => {
    const random = randomFrom(7);
    const draws = Array.from({ length: 20_000 }, () => beta(random, { a: 3, b: 2 }));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    expect(mean).toBeCloseTo(0.6, 2);
    expect(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length).toBeCloseTo(0.04, 2);
    expect(beta(randomFrom(7), { a: 3, b: 2 })).toBe(draws[0]);
  });
});

function inputs(): fc.Arbitrary<ChoiceInput> {
  const candidate = fc.record({
    quality: fc.integer({ min: 0, max: 100 }), credits: fc.option(fc.integer({ min: 1, max: 100 }), { freq: 8 }), seconds: fc.integer({ min: 1, max: 200 }),
    provider: fc.constantFrom("runway", "fal", "house"), lifecycle: fc.constantFrom("active" as const, "active" as const, "deprecated" as const, "retired" as const),
  });
  const counts = fc.record({ delivered: fc.integer({ min: 0, max: 20 }), failed: fc.integer({ min: 0, max: 20 }), accepted: fc.integer({ min: 0, max: 20 }), retaken: fc.integer({ min: 0, max: 20 }), seconds: fc.option(fc.integer({ min: 1, max: 300 })), cost: fc.record({ part: fc.double({ min: 0, max: 3, noNaN: true }), weight: fc.integer({ min: 1, max: 20 }) }) }, { requiredKeys: ["delivered", "failed", "accepted", "retaken", "seconds"] });
  return fc.record({
    wish: fc.constantFrom("best" as const, "best" as const, "fastest" as const, "cheapest" as const, "model:m1" as const), candidates: fc.array(candidate, { maxLength: 6 }), stats: fc.array(counts, { minLength: 6, maxLength: 6 }),
    ceiling: fc.option(fc.integer({ min: 1, max: 120 })), credits: fc.integer({ min: 0, max: 20_000 }), explored: fc.integer({ min: 0, max: 200 }), seed: fc.nat(),
  }).map(({ wish, candidates, stats, ceiling, credits, explored, seed }) => ({
    ...ask, wish, ceiling, seed, spent: { credits, explored },
    candidates: candidates.map((one, at) => ({ ...one, model: `m${at}`, limits: one.provider === "house" ? null : limits })), stats: Object.fromEntries(stats.map((own, at) => [`m${at}`, own])),
  }));
}
