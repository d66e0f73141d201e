import { expect, test } from "vitest";
import { houseInput } from "./asking.ts";

test("a picture's words alone say where it is, when, and in what weather", () => {
  expect(houseInput({ tool: "frame", params: { prompt: "A lighthouse in fog, at dusk", aspect: "1:1", style: "noir", seed: 4 } })).toMatchObject({
    description: "A lighthouse in fog, at dusk", place: "", setting: null, timeOfDay: null, weather: null, aspect: "1:1", style: "noir", seed: 4,
  });
});
