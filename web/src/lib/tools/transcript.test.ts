import { expect, test } from "vitest";
import { passagesIn } from "./transcript.ts";

const word = (text: string, start: number) => ({ text, start, end: start + 0.3 });

test("a transcript is read sentence by sentence, and a pause ends one too", () => {
  const words = [word("You're", 0), word(" ", 0.3), word("late.", 0.4), word("The", 1), word("bridge", 1.4), word("was", 4), word("closed", 4.4)];
  expect(passagesIn({ text: "", words })).toEqual([{ start: 0, text: "You're late." }, { start: 1, text: "The bridge" }, { start: 4, text: "was closed" }]);
});

test("what never ends is divided, and what is no transcript has no passages", () => {
  expect(passagesIn({ words: Array.from({ length: 40 }, (_, at) => word(`w${at}`, at * 0.4)) })).toHaveLength(3);
  expect(passagesIn({ words: [{ text: 4 }, null] })).toEqual([]);
  expect(passagesIn(null)).toEqual([]);
});
