import { expect, test } from "vitest";
import { inOrder } from "./in-order.ts";

const take = (at: number, id = `take_${at}`) => ({ id, createdAt: `2026-11-29T12:00:0${at}.000Z` });

test("earlier exchanges that come late leave the answer that came meanwhile in its place", () => {
  const [first, second, third, answer] = [take(1), take(2), take(3), take(4)];
  const shown = inOrder([third], [answer]);
  expect(inOrder(shown, [second, first])).toEqual([first, second, third, answer]);
});

test("what is listed twice is shown once, and what came at one moment stands in the list's order", () => {
  expect(inOrder([take(1), take(2)], [take(2), take(1)])).toEqual([take(1), take(2)]);
  expect(inOrder([take(1, "take_b")], [take(1, "take_a")])).toEqual([take(1, "take_a"), take(1, "take_b")]);
});
