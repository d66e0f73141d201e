import { expect, test } from "vitest";
import { formatWaitRange } from "./format.ts";

test("a waiting time between two is said in one unit, and once where both come to the same", () => {
  expect(formatWaitRange(62, 118)).toBe("1–2 min");
  expect(formatWaitRange(20, 41)).toBe("20–45 sec");
  expect(formatWaitRange(8, 9)).toBe("10 sec");
  expect(formatWaitRange(3, 200)).toBe("1–3 min");
  expect(formatWaitRange(118, 121)).toBe("2 min");
  expect(formatWaitRange(0, 0)).toBe("5 sec");
});
