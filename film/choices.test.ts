import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseTake, dropUpload, replaceModel, retake, uploadable, useUpload, wishFilm, wishFor } from "./choices.ts";
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

  test("a film's wish holds for all of its kind where nobody chose for one, makes those stale, and taking it away brings them back", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const wished = wishFilm(film, { clip: "best" });
        const clips = buildGraph(film).order.filter((id) => id.startsWith("clip:"));
        const chosen = clips[at % clips.length] ?? "clip:";
        const own = made(wishFor(wished, chosen, "model:some/one"));
        for (const clip of clips) expect(buildGraph(own).nodes.get(clip)?.recipe.wish).toBe(clip === chosen ? "model:some/one" : "best");
        for (const id of buildGraph(film).order) expect(fingerprint(wished, id) === fingerprint(film, id)).toBe(!["clip", "cut", "poster", "preview"].includes(partsOf(id).kind));
        expect(fingerprintsOf(buildGraph(wishFilm(wished, { clip: null })))).toEqual(fingerprintsOf(buildGraph(film)));
      }),
      { numRuns: 30 },
    );
  });

  test("putting one model in the place of another leaves what is made as it is, and has the rest made by the other", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const before = wishFilm(film, { clip: "model:old/one", frame: "model:old/one" });
        const clips = buildGraph(before).order.filter((id) => id.startsWith("clip:") || id.startsWith("frame:"));
        const hasTake = new Set(clips.filter((_, index) => (at >> (index % 20)) % 2 === 0).map((id) => fingerprint(before, id)));
        const after = replaceModel(before, { from: "old/one", to: "model:new/one", hasTake: (hash) => hasTake.has(hash) });
        for (const id of clips) {
          const kept = hasTake.has(fingerprint(before, id));
          expect(buildGraph(after).nodes.get(id)?.recipe.wish).toBe(kept ? "model:old/one" : "model:new/one");
          if (kept && id.startsWith("frame:")) expect(fingerprint(after, id)).toBe(fingerprint(before, id));
        }
        expect(after.wishes).toEqual({ clip: "model:new/one", frame: "model:new/one" });
      }),
      { numRuns: 30 },
    );
  });

  test("a model that the film does not name is not replaced by anything", () => {
    fc.assert(fc.property(filmsWithShots, (film) => void expect(replaceModel(film, { from: "old/one", to: "best", hasTake: () => false })).toBe(film)), { numRuns: 5 });
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
