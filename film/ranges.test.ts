import fc from "fast-check";
import { expect, test } from "vitest";
import { buildGraph } from "./graph/graph.ts";
import { plan } from "./plan.ts";
import { priceCard } from "./prices.ts";
import { rangesOf } from "./ranges.ts";
import { filmsWithShots } from "./testing/films.ts";
import { Shelf } from "./testing/making.ts";

test("a film that is too long for one quote is made part by part, each small enough, and nothing is missing at the end", () => {
  fc.assert(
    fc.property(filmsWithShots, fc.constantFrom("animatic", "master"), (film, target) => {
      const graph = buildGraph(film);
      const shelf = new Shelf();
      const maxSteps = 12;
      const parts = rangesOf({ graph, film, takes: shelf, target, maxSteps });
      for (const range of parts.slice(0, -1)) {
        const { steps } = plan({ graph, takes: shelf, prices: priceCard, target: range.target });
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.length).toBeLessThanOrEqual(maxSteps);
        shelf.makeAll(steps);
      }
      const rest = plan({ graph, takes: shelf, prices: priceCard, target }).steps;
      if (parts.length > 1) expect(rest.filter(({ tool }) => ["voice", "frame", "move", "clip"].includes(tool))).toEqual([]);
      shelf.makeAll(rest);
      expect(rangesOf({ graph, film, takes: shelf, target, maxSteps })).toEqual([{ scenes: film.scenes.map(({ id }) => id), target }]);
    }),
  );
});
