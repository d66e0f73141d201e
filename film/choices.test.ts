import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseTake, dropUpload, retake, uploadable, useUpload, wishFor } from "./choices.ts";
import type { Film, NodeId } from "./film.ts";
import { buildGraph } from "./graph/graph.ts";
import { lineageOf, type Lineage } from "./graph/lineage.ts";
import { partsOf } from "./recipes/recipe.ts";
import { edits } from "./testing/edits.ts";
import { filmsWithShots } from "./testing/films.ts";
import { fingerprintsOf } from "./testing/making.ts";

const fingerprint = (film: Film, node: NodeId): string | undefined => buildGraph(film).nodes.get(node)?.fingerprint;

function pick(film: Film, at: number): NodeId {
  const { order } = buildGraph(film);
  return order[at % order.length] ?? "animatic:film";
}

function lineage(film: Film, node: NodeId): Lineage {
  const found = lineageOf(buildGraph(film), node);
  if (!found) throw new Error(`${node} is not in the film`);
  return found;
}

function made<T>(value: T | null): T {
  if (value === null) throw new Error("the film refused");
  return value;
}

describe("choosing takes", () => {
  test("an old take becomes exactly the current one, whatever was edited since", () => {
    fc.assert(
      fc.property(filmsWithShots, edits, fc.nat(), (film, edit, at) => {
        const node = pick(film, at);
        const old = lineage(film, node);
        const chosen = chooseTake(edit(film), old);
        fc.pre(buildGraph(chosen).nodes.has(node));
        expect(fingerprint(chosen, node)).toBe(old.fingerprint);
        for (const dep of old.deps) expect(fingerprint(chosen, dep.node)).toBe(dep.fingerprint);
      }),
      { numRuns: 300 },
    );
  });

  test("choosing the newer take again undoes it: every fingerprint is as before", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), fc.nat(), (film, at, other) => {
        const node = pick(film, at);
        const newer = made(retake(made(retake(film, node)), pick(film, other)));
        const back = chooseTake(newer, lineage(film, node));
        expect(fingerprint(back, node)).toBe(fingerprint(film, node));
        const again = chooseTake(back, lineage(newer, node));
        expect(fingerprintsOf(buildGraph(again))).toEqual(fingerprintsOf(buildGraph(newer)));
      }),
    );
  });

  test("choosing the take that is current changes nothing, not even the version", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), fc.nat(), (film, at, other) => {
        const edited = made(retake(film, pick(film, other)));
        expect(chooseTake(edited, lineage(edited, pick(edited, at)))).toBe(edited);
      }),
    );
  });

  test("a retake is a variant that no take has, and the edit that comes after it wins", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        const shot = film.shots.find(({ id }) => buildGraph(film).nodes.has(`frame:${id}`));
        if (!shot) return;
        const again = made(retake(film, `frame:${shot.id}`, [0, 1, 4]));
        expect(buildGraph(again).nodes.get(`frame:${shot.id}`)?.recipe.variant).toBe(5);
        const redrawn = (description: string): Film => ({ ...again, shots: again.shots.map((each) => (each.id === shot.id ? { ...each, description } : each)) });
        expect(buildGraph(redrawn(`${shot.description}!`)).nodes.get(`frame:${shot.id}`)?.recipe).toMatchObject({ variant: 0, params: { description: `${shot.description}!` } });
        expect(fingerprint(redrawn(shot.description), `frame:${shot.id}`)).toBe(fingerprint(again, `frame:${shot.id}`));
      }),
    );
  });

  test("an upload stays through every edit, until it is taken away", () => {
    fc.assert(
      fc.property(filmsWithShots, edits, fc.nat(), (film, edit, at) => {
        const node = pick(film, at);
        const uploaded = useUpload(film, node, "a".repeat(64));
        if (!uploadable.includes(partsOf(node).kind)) {
          expect(uploaded).toBeNull();
          return;
        }
        const edited = buildGraph(edit(made(uploaded))).nodes.get(node);
        if (edited) expect(edited).toMatchObject({ deps: [], recipe: { tool: "upload", params: { asset: "a".repeat(64) } } });
        expect(fingerprintsOf(buildGraph(made(dropUpload(made(uploaded), node))))).toEqual(fingerprintsOf(buildGraph(film)));
      }),
    );
  });

  test("footage that people bring for a shot is what the animatic shows, too", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const shots = buildGraph(film).order.filter((id) => id.startsWith("clip:"));
        const clip = shots[at % shots.length] ?? "clip:";
        const { nodes } = buildGraph(made(useUpload(film, clip, "b".repeat(64))));
        for (const whole of ["animatic:film", "cut:film"] as const) expect(nodes.get(whole)?.deps).toContain(clip);
      }),
    );
  });

  test("a wish is part of how a thing is made, and the cheapest is no wish", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const node = pick(film, at);
        const best = made(wishFor(film, node, "best"));
        expect(fingerprint(best, node)).not.toBe(fingerprint(film, node));
        expect(made(wishFor(best, node, "cheapest")).choices).toEqual(film.choices);
      }),
    );
  });

  test("a node that the film does not have is refused", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        expect(retake(film, "frame:shot_nowhere")).toBeNull();
        expect(useUpload(film, "clip:shot_nowhere", "c".repeat(64))).toBeNull();
        expect(dropUpload(film, "clip:shot_nowhere")).toBeNull();
      }),
      { numRuns: 5 },
    );
  });
});
