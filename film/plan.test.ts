import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "./edit-list.ts";
import type { Film } from "./film.ts";
import { buildGraph } from "./graph/graph.ts";
import { measuredFrames, plan, staleNodes, stepId, takeShown, targetNodes, type Plan, type Target } from "./plan.ts";
import { priceCard } from "./prices.ts";
import { edits } from "./testing/edits.ts";
import { films, filmsWithShots } from "./testing/films.ts";
import { Shelf } from "./testing/making.ts";
import { whatIf } from "./what-if.ts";

const planOf = (film: Film, takes: Shelf, target: Target): Plan => plan({ graph: buildGraph(film), takes, prices: priceCard, target });

/** Makes the animatic and then the master, as a creator would: the second is priced on measured voices. */
function finish(film: Film, shelf = new Shelf()): Shelf {
  shelf.makeAll(planOf(film, shelf, "animatic").steps);
  return shelf.makeAll(planOf(film, shelf, "master").steps);
}

describe("plan", () => {
  test("the same film is planned the same twice, and whatever order its keys are in", () => {
    fc.assert(
      fc.property(films, fc.constantFrom<Target>("animatic", "master"), (film, target) => {
        const shuffled = reversedKeys(film);
        expect(planOf(shuffled, new Shelf(), target)).toEqual(planOf(film, new Shelf(), target));
      }),
    );
  });

  test("a finished film plans nothing", () => {
    fc.assert(
      fc.property(films, (film) => {
        const shelf = finish(film);
        for (const target of ["animatic", "master"] as const) expect(planOf(film, shelf, target)).toMatchObject({ steps: [], credits: 0, needsVoices: [] });
        expect(staleNodes(buildGraph(film), shelf).filter((id) => targetNodes(buildGraph(film), "master").includes(id))).toEqual([]);
      }),
    );
  });

  test("every step comes after the steps that it names, and names all that it is made from", () => {
    fc.assert(
      fc.property(films, (film) => {
        const seen = new Set<string>();
        for (const step of planOf(film, new Shelf(), "master").steps) {
          expect(step.after.every((id) => seen.has(id))).toBe(true);
          expect(step.after).toEqual(step.deps.map(({ node, fingerprint }) => stepId(node, fingerprint)));
          expect(seen.has(step.id)).toBe(false);
          seen.add(step.id);
        }
      }),
    );
  });

  test("after a crash at any point, in any legal order, planning again finishes the same film", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.infiniteStream(fc.nat()), fc.nat(), (film, choices, crash) => {
        const whole = finish(film);
        const shelf = new Shelf();
        let steps = planOf(film, shelf, "animatic").steps;
        for (let left = crash % (steps.length + 1); left > 0; left -= 1) {
          const ready = steps.filter(({ deps }) => deps.every(({ fingerprint }) => shelf.byFingerprint(fingerprint)));
          const step = ready[(choices.next().value ?? 0) % ready.length];
          if (step) shelf.make(step);
          steps = steps.filter((other) => other !== step);
        }
        finish(film, shelf);
        const made = (takes: Shelf) => takes.takes.map(({ node, fingerprint, frames }) => `${node} ${fingerprint} ${frames}`).sort();
        expect(made(shelf)).toEqual(made(whole));
      }),
    );
  });

  test("a master is not certain while a voice is not measured, and exact once all are", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        const shelf = new Shelf();
        const early = planOf(film, shelf, "master");
        const clipVoices = early.steps.filter(({ tool }) => tool === "clip").flatMap(({ deps }) => deps.filter(({ node }) => node.startsWith("voice:")));
        expect(new Set(early.needsVoices)).toEqual(new Set(clipVoices.map(({ node }) => node)));
        shelf.makeAll(planOf(film, shelf, "animatic").steps);
        const master = planOf(film, shelf, "master");
        expect(master.needsVoices).toEqual([]);
        expect(master.credits).toBeGreaterThanOrEqual(early.credits);
        const clips = master.steps.filter(({ tool }) => tool === "clip");
        expect(master.credits).toBe(clips.reduce((sum, { frames }) => sum + Math.ceil((frames ?? Number.NaN) / 24), 0));
      }),
    );
  });

  test("a node shows its own take, or else its newest, marked as stale", () => {
    fc.assert(
      fc.property(filmsWithShots, edits, (film, edit) => {
        const shelf = finish(film);
        const graph = buildGraph(edit(film));
        const stale = new Set(staleNodes(graph, shelf));
        for (const id of targetNodes(graph, "master")) {
          const shown = takeShown(graph, shelf, id);
          if (shown) expect([shown.take.node, shown.stale]).toEqual([id, stale.has(id)]);
          else expect(shelf.newestOf(id)).toBeUndefined();
        }
        const timeline = assemble(film, measuredFrames(buildGraph(film), shelf), "clip");
        expect(timeline).toMatchObject({ exact: true, frames: shelf.newestOf("cut:film")?.frames });
      }),
    );
  });

  test("an animatic on the house's models is free", () => {
    fc.assert(
      fc.property(films, (film) => {
        const { credits, unpriced } = planOf(film, new Shelf(), "animatic");
        expect({ credits, unpriced }).toEqual({ credits: 0, unpriced: [] });
      }),
    );
  });
});

describe("what if", () => {
  test("what an edit is said to make stale, before it is made, is exactly what is then made", () => {
    fc.assert(
      fc.property(filmsWithShots, edits, fc.constantFrom<Target>("animatic", "master"), (before, edit, target) => {
        const shelf = finish(before);
        const after = edit(before);
        const told = whatIf({ before, after, takes: shelf, prices: priceCard, target });
        const steps = planOf(after, shelf, target).steps;
        expect(told.stale).toEqual(steps.map(({ node }) => node));
        expect(told.added).toEqual(told.stale);
        const count = shelf.takes.length;
        shelf.makeAll(steps);
        expect(shelf.takes.slice(count).map(({ node }) => node)).toEqual(told.stale);
      }),
    );
  });
});

/** The same value with the keys of every object set in the opposite order. */
function reversedKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversedKeys) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversedKeys(member)])) as T;
}
