/** What a model is said to cost and to make, held against itself; and the lengths that are bought. */
import { expect, test } from "vitest";
import { accepts, between, lengthFor, misfit, only } from "./cards.ts";
import { fal } from "./fal.ts";
import { replicate } from "./replicate-cloud.ts";
import { openaiSora } from "./retired.ts";
import { runway } from "./runway.ts";

const models = [runway, fal, replicate, openaiSora].flatMap(({ models: own, id }) => own.map((model) => [model.id, model, id] as const));

test.each(models)("%s: its examples are its price, its name is its provider's, and its limits make sense", (id, { provider, vendorPrice, accepts: limits, sunset, lifecycle }, owner) => {
  expect([provider, id.startsWith(`${owner}/`)]).toEqual([owner, true]);
  expect(vendorPrice?.examples.map(({ quantity }) => Math.round(quantity * (vendorPrice?.micros ?? 0)))).toEqual(vendorPrice?.examples.map(({ micros }) => micros));
  expect(vendorPrice?.source).toMatch(/\S/);
  const seconds = limits?.seconds;
  if (seconds) expect([seconds.least > 0, seconds.least <= seconds.most, [...(seconds.only ?? [])].sort((a, b) => a - b)]).toEqual([true, true, [...(seconds.only ?? [])]]);
  expect(sunset === null).toBe(lifecycle === "active");
});

test("no two models of theirs have one id", () => {
  expect(new Set(models.map(([id]) => id)).size).toBe(models.length);
});

test("the shortest length that is long enough is bought, and a rounding buys no more", () => {
  expect([4.3, 5, 5.000_4, 5.001, 0.5, 40].map((seconds) => lengthFor(seconds, between(2, 10)))).toEqual([5, 5, 5, 6, 2, 10]);
  expect([1, 4, 4.01, 6, 7, 9].map((seconds) => lengthFor(seconds, only(4, 6, 8)))).toEqual([4, 4, 6, 6, 8, 8]);
  expect(lengthFor(3.7, accepts({}).seconds)).toBe(3.7);
});

test("a recording that is shorter than a model takes is not sent; what a model makes too long is cut", () => {
  const isolation = { label: "Isolation", accepts: accepts({ seconds: between(4, 600) }) };
  const clean = (seconds: number) => misfit(isolation, { tool: "clean-audio", audio: "https://a.example/a.wav", seconds });
  expect([clean(2), clean(4), clean(600), clean(601)]).toEqual([expect.stringContaining("at least 4 seconds, and this is 2"), null, null, expect.stringContaining("at most 600")]);
  expect(misfit(isolation, { tool: "sound", prompt: "A door", seconds: 2 })).toBeNull();
});

test("Sora is told by name and never reached: nothing is configured, sent, looked for or fetched", async () => {
  const call = { baseUrl: "https://api.openai.com", token: "", webhookSecret: "", more: {}, now: () => 0, fetch: () => Promise.reject(new Error("somebody was asked")) };
  expect(openaiSora.configured({} as Env)).toBeNull();
  expect(openaiSora.models.every(({ lifecycle, sunset }) => lifecycle === "retired" && sunset?.retires === "2026-09-24")).toBe(true);
  const order = { model: "sora-2", version: null, request: { tool: "clip", prompt: "x", seconds: 4, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 1 } as const, id: "j-1", webhookUrl: null, signal: AbortSignal.timeout(1), keep: { put: () => Promise.reject(new Error("no")), has: () => Promise.resolve(null) } };
  expect(await openaiSora.submit(call, order)).toMatchObject({ end: "rejected", retry: "never", problem: { code: "model_retired", detail: expect.stringContaining("Choose another") } });
  expect(openaiSora.mayFetch(call, new URL("https://api.openai.com/v1/videos/1/content"))).toBe(false);
});
