import { expect, test } from "vitest";
import { shotOf, unableOf } from "./unsupported.ts";

const misfit = { field: "seconds", detail: "It makes at most 8 seconds, and this is 12.", nearest: 8 };

test("each step that nobody can make is told with what falls short and what comes nearest", () => {
  const steps = [{ node: "clip:s1", label: "Clip of shot 1A", model: "fal/veo3.1", misfits: [misfit, { field: "aspect", detail: "It makes 16:9, not 1:1.", nearest: "16:9" }] }];
  expect(unableOf({ extra: { steps } })).toEqual(steps);
});

test("an answer of another form shows nothing wrong", () => {
  expect(unableOf({ extra: {} })).toEqual([]);
  expect(unableOf({ extra: { steps: "all" } })).toEqual([]);
  expect(unableOf({ extra: { steps: [null, { node: "clip:s1" }, { node: "clip:s2", model: "m", misfits: [{ field: "colour", detail: "no" }, { field: "seconds" }, { ...misfit, nearest: { more: 1 } }] }] } }))
    .toEqual([{ node: "clip:s2", label: "clip:s2", model: "m", misfits: [{ ...misfit, nearest: null }] }]);
});

test("only pictures lead to a shot", () => {
  expect([shotOf("clip:s1"), shotOf("frame:s1"), shotOf("voice:l1"), shotOf("music:c1"), shotOf("clip")]).toEqual(["s1", "s1", null, null, null]);
});
