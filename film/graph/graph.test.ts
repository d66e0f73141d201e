import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Film, NodeId } from "../film.ts";
import { entriesOf } from "../recipes/order.ts";
import { listEdits } from "../testing/edits.ts";
import { films, filmsWithShots } from "../testing/films.ts";
import { fingerprintsOf } from "../testing/making.ts";
import { buildGraph, dependentsOf } from "./graph.ts";

/** Nodes that an edit gives another fingerprint, or brings in. */
function touched(before: Film, after: Film): NodeId[] {
  const old = fingerprintsOf(buildGraph(before));
  return [...buildGraph(after).nodes.values()].filter(({ id, fingerprint }) => old[id] !== fingerprint).map(({ id }) => id);
}

const kindsOf = (ids: readonly NodeId[]): Set<string | undefined> => new Set(ids.map((id) => id.split(":")[0]));

/** A film whose first shot speaks. */
const speaking = filmsWithShots.filter((film) => film.lines.length > 0 && film.editList.entries.every(({ omitted }) => !omitted));

describe("a film's graph", () => {
  test("has every node once, after all that it depends on, and no two with one fingerprint", () => {
    fc.assert(
      fc.property(films, (film) => {
        const { nodes, order } = buildGraph(film);
        const seen = new Set<NodeId>();
        for (const id of order) {
          expect(nodes.get(id)?.deps.every((dep) => seen.has(dep))).toBe(true);
          seen.add(id);
        }
        expect(new Set([...nodes.values()].map(({ fingerprint }) => fingerprint)).size).toBe(order.length);
      }),
    );
  });

  test("reordering, trimming and mixing run no clip, frame or voice again", () => {
    fc.assert(
      fc.property(filmsWithShots, listEdits, (film, edit) => {
        const allowed = new Set(["captions", "animatic", "cut", "poster", "preview"]);
        expect([...kindsOf(touched(film, edit(film)))].filter((kind) => !allowed.has(kind ?? ""))).toEqual([]);
      }),
    );
  });

  test("a level is heard in the cut, and captions stay as they are", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        const louder = { ...film, editList: { ...film.editList, levels: { ...film.editList.levels, music: -6 } } };
        expect(kindsOf(touched(film, louder))).toEqual(new Set(["animatic", "cut", "poster", "preview"]));
      }),
    );
  });

  test("what a line says touches its voice, and what is made from it, and nothing else", () => {
    fc.assert(
      fc.property(speaking, fc.nat(), (film, at) => {
        const line = film.lines[at % film.lines.length];
        if (!line) return;
        const after = { ...film, lines: film.lines.map((other) => (other === line ? { ...line, text: "Something else entirely." } : other)) };
        const voice: NodeId = `voice:${line.id}`;
        expect(new Set(touched(film, after))).toEqual(new Set([voice, ...dependentsOf(buildGraph(after), voice)]));
      }),
    );
  });

  test("renumbering scenes touches the slates of the animatic, and no clip", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        const renumbered = { ...film, shots: film.shots.map((shot) => ({ ...shot, number: `1${shot.number}` })) };
        expect(kindsOf(touched(film, renumbered))).toEqual(new Set(["move", "animatic"]));
      }),
    );
  });

  test("an omitted shot is not made, and neither are its lines", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const shot = film.shots[at % film.shots.length];
        if (!shot) return;
        const entries = entriesOf(film).map((entry) => (entry.id === shot.id ? { ...entry, omitted: true } : entry));
        const { nodes } = buildGraph({ ...film, editList: { ...film.editList, entries } });
        const own = new Set([shot.id, ...shot.lines]);
        expect([...nodes.keys()].filter((id) => own.has(id.slice(id.indexOf(":") + 1)))).toEqual([]);
      }),
    );
  });

  test("two people of a film have two voices, whatever their ids", () => {
    fc.assert(
      fc.property(speaking, fc.uniqueArray(fc.uuid(), { minLength: 4, maxLength: 4 }), (film, ids) => {
        const characters = film.characters.map((character, at) => ({ ...character, id: `char_${ids[at]}` }));
        const renamed = (id: string): string => characters[Number(id.slice(5))]?.id ?? id;
        const { nodes } = buildGraph({ ...film, characters, lines: film.lines.map((line) => ({ ...line, character: renamed(line.character) })) });
        const heard = film.lines.map((line) => [renamed(line.character), nodes.get(`voice:${line.id}`)?.recipe.params["cast"]] as const);
        expect(new Set(heard.map(([, cast]) => cast)).size).toBe(new Set(heard.map(([character]) => character)).size);
      }),
    );
  });
});
