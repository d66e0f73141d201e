import { expect, test } from "vitest";
import { progressIn } from "./replicate.ts";

test("how far a prediction is reaches people as a figure and words, whoever made the model", () => {
  expect(progressIn("warming up\nprogress 10 reading\nprogress 40 drawing the set\n")).toEqual({ progress: 40, text: "Drawing the set" });
  expect(progressIn("progress 40 drawing\nusing 2 threads\n")).toEqual({ progress: 40, text: "Drawing" });
  expect(progressIn("loading\n 35%|###   | 7/20\n")).toEqual({ progress: 35, text: "|###   | 7/20" });
  expect(progressIn("progress 100 done")).toEqual({ progress: 99, text: "Done" });
  expect(progressIn("")).toEqual({ progress: null, text: null });
});
