import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { houseModelOf } from "./inputs/tool-input.ts";
import { freeLimitPassed, priceCard, priceOf } from "./prices.ts";

describe("the price card", () => {
  test.each(priceCard.examples.map((example) => [example.words, example] as const))("%s", (_, { order, credits }) => {
    expect(priceOf(priceCard, order)?.credits).toBe(credits);
  });

  test("a clip costs one credit for each second that it has started, and no length costs a fraction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (frames) => {
        const price = priceOf(priceCard, { tool: "clip", model: null, frames });
        expect(price).toEqual({ credits: price?.quantity, quantity: price?.quantity, unit: "second", unitCredits: 1 });
        const seconds = price?.quantity ?? 0;
        expect(seconds * 24).toBeGreaterThanOrEqual(frames);
        expect((seconds - 1) * 24).toBeLessThan(frames);
      }),
    );
  });

  test("an order that no line prices has no price, rather than none to pay", () => {
    expect(priceOf(priceCard, { tool: "clip", model: "somebody/else" })).toBeNull();
    expect(priceOf(priceCard, { tool: "teleport", model: null })).toBeNull();
  });

  test("whatever a film can need has a house model with a price, so no plan of a film is without one", () => {
    const tools = ["upload", "voice", "frame", "move", "clip", "title", "music", "captions", "animatic", "cut", "poster", "preview"];
    for (const tool of tools) expect(priceOf(priceCard, { tool, model: houseModelOf(tool), frames: 24 })).toEqual(priceOf(priceCard, { tool, model: null, frames: 24 }));
    expect(tools.filter((tool) => priceOf(priceCard, { tool, model: null }) === null)).toEqual([]);
  });

  test("no tool and model has two prices, and every price is a whole number of credits", () => {
    const names = priceCard.lines.map(({ tool, model }) => `${tool} ${model}`);
    expect(new Set(names).size).toBe(names.length);
    expect(priceCard.lines.filter(({ credits }) => !Number.isInteger(credits) || credits < 0)).toEqual([]);
  });

  test("a free run is told which limit it passes, at the first frame past it", () => {
    const { openRuns, shots, seconds } = priceCard.freeAnimatic;
    expect(freeLimitPassed(priceCard, { openRuns, shots, seconds })).toBeNull();
    expect(freeLimitPassed(priceCard, { openRuns, shots: shots + 1, seconds })).toEqual({ limit: "shots", most: shots, asked: shots + 1 });
  });
});
