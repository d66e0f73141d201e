import { expect, test } from "vitest";
import { FRAME_RATE } from "#film/film.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import type { Pack, Plan } from "#lib/api/types.ts";
import { coverOf, estimate, makeable, modelsOf, readIdea, type Idea } from "./estimate.ts";

const plan = (code: Plan["code"], amountCents: number, credits: number): Plan => ({
  object: "plan", code, ladder: "creator", name: code, aliases: [], amountCents, currency: "usd", interval: "month", credits, creditsCome: "monthly",
  quotas: { avatars: 1, filmsPerMonth: 3, concepts: 0 }, entitlements: [],
});
const pack = (code: Pack["code"], credits: number): Pack => ({ object: "pack", code, credits, amountCents: credits, currency: "usd" });
const sold = {
  plans: [plan("creator_enterprise", 9_999, 10_000), plan("creator_free", 0, 100), plan("creator_starter", 999, 500), plan("growth_starter", 4_900, 4_900)],
  packs: [pack("credits_10000", 10_000), pack("credits_500", 500), pack("credits_2000", 2_000)],
};
const creditsOf = (idea: Partial<Idea> & Pick<Idea, "make">) => estimate(priceCard, { model: null, count: 1, seconds: 5, letters: 200, ...idea })?.credits;

test("a film costs its shots, and a second that was started counts whole", () => {
  expect(creditsOf({ make: "film", count: 12, seconds: 5 })).toBe(60);
  expect(creditsOf({ make: "film", count: 12, seconds: 5.01 })).toBe(60);
  expect(creditsOf({ make: "film", count: 12, seconds: 5.05 })).toBe(72);
});

test.each(priceCard.examples.filter(({ credits }) => credits > 0))("it says what the card's own example says: $words", ({ order, credits }) => {
  expect(creditsOf({ make: order.tool, model: order.model, count: order.count ?? 1, seconds: (order.frames ?? 0) / FRAME_RATE, letters: order.letters ?? 0 })).toBe(credits);
});

test("with each model that can be chosen it says what a quote of that many pieces would", () => {
  for (const make of makeable(priceCard)) {
    for (const { model } of modelsOf(priceCard, { make })) {
      const quoted = priceOf(priceCard, { tool: make === "film" ? "clip" : make, model, frames: 7.5 * FRAME_RATE, letters: 101 });
      expect(creditsOf({ make, model, count: 3, seconds: 7.5, letters: 101 }), `${make} ${model}`).toBe(3 * (quoted?.credits ?? Number.NaN));
    }
  }
  expect(creditsOf({ make: "hologram" })).toBeUndefined();
});

test("a length that a model does not sell is told with the one that is paid", () => {
  const shot = (seconds: number, model: string | null) => estimate(priceCard, { make: "film", model, count: 2, seconds, letters: 1 });
  expect(shot(5, "fal/veo3.1")).toMatchObject({ soldAs: 6, quantityEach: 6, credits: 300 });
  expect(shot(1, "runway/gen4.5")).toMatchObject({ soldAs: 2 });
  expect(shot(6, "fal/veo3.1")).toMatchObject({ soldAs: null });
  expect(shot(4.5, null)).toMatchObject({ soldAs: null, credits: 10 });
});

test("what has to be known of each is what its model is priced by", () => {
  const measure = (make: string, model: string | null) => estimate(priceCard, { make, model, count: 1, seconds: 5, letters: 200 })?.measure;
  expect([measure("voice", null), measure("voice", "elevenlabs/v3"), measure("music", "elevenlabs/music-v2"), measure("film", null)]).toEqual(["none", "letters", "seconds", "seconds"]);
});

test("an address full of nonsense is read as something sensible", () => {
  const read = (query: string) => readIdea(priceCard, new URLSearchParams(query));
  const first: Idea = { make: "film", model: null, count: 12, seconds: 5, letters: 200 };
  expect(read("")).toEqual(first);
  expect(read("make=hologram&count=&seconds=%20")).toEqual(first);
  expect(read("make=roto&count=-4&seconds=1e99")).toEqual({ ...first, make: "roto", count: 1, seconds: 3_600 });
  expect(read("make=mesh&count=2.6&seconds=NaN&letters=0")).toEqual({ ...first, make: "mesh", count: 3, letters: 1 });
  expect(read("count=99999999").count).toBe(10_000);
});

test("a model of another tool is not taken over when something else is chosen", () => {
  const read = (query: string) => readIdea(priceCard, new URLSearchParams(query)).model;
  expect(read("make=film&model=runway/gen4.5")).toBe("runway/gen4.5");
  expect(read("make=voice&model=runway/gen4.5")).toBeNull();
  expect(read("make=clip&model=sora")).toBeNull();
});

test("what covers it is the cheapest that does", () => {
  expect(coverOf(100, sold).free?.code).toBe("creator_free");
  expect(coverOf(101, sold).free).toBeNull();
  expect(coverOf(101, sold).plan?.code).toBe("creator_starter");
  expect(coverOf(501, sold).plan?.code).toBe("growth_starter");
  expect(coverOf(10_001, sold).plan).toBeNull();
});

test.each([[1, 500], [500, 500], [501, 2_000], [2_001, 10_000], [10_000, 10_000], [10_001, 10_500], [32_000, 32_000], [38_000, 40_000]])("packs for %i credits bring %i", (credits, brought) => {
  const { packs, packsCents } = coverOf(credits, sold);
  expect(packs.reduce((sum, { pack: { credits: each }, count }) => sum + each * count, 0)).toBe(brought);
  expect(packsCents).toBe(brought);
});

test("nothing needs no pack", () => {
  expect(coverOf(0, sold).packs).toEqual([]);
  expect(coverOf(5, { plans: [], packs: [] })).toEqual({ free: null, plan: null, packs: [], packsCents: 0 });
});
