import fc from "fast-check";
import { expect, test } from "vitest";
import { mayCheck, type Pace } from "./pace.ts";

const apartMs = 5_000;

test("one submission is asked about once in its time, and of those who come before one comes again; others do not wait for it", () => {
  const pace: Pace = new Map();
  expect(mayCheck(pace, { key: "a", apartMs }, 0)).toBe(0);
  expect([1_000, 2_000].map((now) => mayCheck(pace, { key: "a", apartMs }, now))).toEqual([4_000, null]);
  expect(mayCheck(pace, { key: "b", apartMs }, 2_000)).toBe(0);
  expect(mayCheck(pace, { key: "a", apartMs }, 5_000)).toBe(0);
  expect(mayCheck(pace, { key: "a", apartMs }, 5_001)).toBe(4_999);
  mayCheck(pace, { key: "c", apartMs }, 60_000);
  expect([...pace.keys()]).toEqual(["c"]);
});

test("whoever comes whenever, nobody asks too early, and somebody asks as soon as it may be", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 40 }), (gaps) => {
    const pace: Pace = new Map();
    const asked: number[] = [];
    let [now, due] = [0, Infinity];
    const come = (at: number) => {
      const wait = mayCheck(pace, { key: "a", apartMs }, at);
      if (wait === 0) asked.push(at);
      else if (wait !== null) due = at + wait;
    };
    for (const gap of gaps) {
      now += gap;
      if (due <= now) {
        const at = due;
        due = Infinity;
        come(at);
      }
      come(now);
    }
    asked.slice(1).forEach((at, index) => expect(at - (asked[index] ?? 0)).toBe(apartMs));
  }));
});
