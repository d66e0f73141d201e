import { expect, test } from "vitest";
import { actionOf } from "./keys.ts";
import { tilePosition } from "./sprite.ts";

const press = (key: string, held: Partial<{ ctrlKey: boolean; metaKey: boolean; altKey: boolean }> = {}) => actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("the keys of a film are those of every other player", () => {
  expect([press("k"), press("K"), press(" ")]).toEqual(Array.from({ length: 3 }, () => ({ do: "toggle" })));
  expect([press("j"), press("l"), press("ArrowLeft")]).toEqual([{ do: "nudge", seconds: -10 }, { do: "nudge", seconds: 10 }, { do: "nudge", seconds: -5 }]);
  expect(press("5")).toEqual({ do: "jump", part: 0.5 });
});

test("keys of the browser are left to the browser", () => {
  expect(press("c", { ctrlKey: true })).toBeNull();
  expect(press("f", { metaKey: true })).toBeNull();
  expect(press("ArrowLeft", { altKey: true })).toBeNull();
});

test("the seek preview shows the first tile at the start and the last one at the end, and never beyond", () => {
  expect(tilePosition({ seconds: 0, total: 60 })).toBe("0.000% 0.000%");
  expect(tilePosition({ seconds: 60, total: 60 })).toBe("100.000% 100.000%");
  expect(tilePosition({ seconds: 6.1, total: 60 })).toBe("0.000% 11.111%");
  expect(tilePosition({ seconds: 5, total: 0 })).toBe("0.000% 0.000%");
});
