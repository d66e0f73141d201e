import { expect, test } from "vitest";
import { labelled, ticksTo } from "./ticks.ts";

test.each([
  [0, [0, 1]], [1, [0, 1]], [3, [0, 1, 2, 3]], [4, [0, 1, 2, 3, 4]], [7, [0, 2, 4, 6, 8]], [96, [0, 50, 100]], [100, [0, 50, 100]], [101, [0, 50, 100, 150]], [12_345, [0, 5_000, 10_000, 15_000]],
])("an axis up to %i has round ticks that reach it", (most, ticks) => {
  expect(ticksTo(most)).toEqual(ticks);
});

test("words stand evenly apart and the last place always has one", () => {
  expect([...labelled(7, 10)].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([...labelled(30, 6)].toSorted((a, b) => a - b)).toEqual([4, 9, 14, 19, 24, 29]);
  expect([...labelled(400, 5)]).toContain(399);
  expect(labelled(0, 5).size).toBe(0);
});
