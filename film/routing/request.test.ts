import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CharacterLook, Film, NodeId, Recipe, TakeFacts } from "../film.ts";
import { recipesOf } from "../graph/derive.ts";
import { uploadRecipe } from "../recipes/recipe.ts";
import { filmsWithShots } from "../testing/films.ts";
import { requestOf, wordsOf, type Asking } from "./request.ts";
import { colourName, cutAtWord } from "./words.ts";

const asking: Asking = { promptMax: 1_000, resolution: "720p", firstFrame: true };

const nodesOf = (film: Film): NodeId[] => film.shots.flatMap(({ id }): NodeId[] => [`frame:${id}`, `clip:${id}`]);
const needed = (recipe: Recipe | null): Recipe => recipe ?? { tool: "none", params: {}, wish: "cheapest", variant: 0 };
const words = (film: Film, node: NodeId) => wordsOf(recipesOf(film), { node, recipe: needed(recipesOf(film).effective(node)) });
const take = (node: NodeId, frames: number | null, assets: Record<string, string> = {}): [NodeId, TakeFacts] => [node, { id: `take of ${node}`, node, fingerprint: "f", frames, assets, values: {}, createdAt: 0 }];

/** Takes of everything that a clip is made from. */
function takesFor(film: Film): Map<NodeId, TakeFacts> {
  return new Map([...film.shots.map(({ id }) => take(`frame:${id}`, null, { panel: `panel of ${id}` })), ...film.lines.map(({ id }) => take(`voice:${id}`, 40))]);
}

const ada: CharacterLook = { presents: "woman", hair: "#201008", hairStyle: "long", skin: "#c08a60", top: "#a01020", bottom: "#101830", height: 1, build: "slim" };

/** A film's first shot in one place with one person. */
function withShot(film: Film, change: { description?: string; look?: Partial<CharacterLook>; props?: string[]; place?: string }): Film {
  const [shot] = film.shots;
  if (!shot) return film;
  return {
    ...film,
    characters: [{ id: "char_ada", name: "Ada", aliases: [], voice: null, description: "", look: { ...ada, ...change.look }, lines: 0 }],
    shots: film.shots.map((other) => (other.id === shot.id ? { ...other, description: change.description ?? "Ada waits", cast: ["char_ada"], props: change.props ?? [] } : other)),
    scenes: film.scenes.map((scene) => (scene.id === shot.scene ? { ...scene, place: change.place ?? "HARBOUR" } : scene)),
  };
}

describe("what models are asked for", () => {
  test("the same film asks for the same, word by word", () => {
    fc.assert(fc.property(filmsWithShots, (film) => {
      const copy = structuredClone(film);
      for (const node of nodesOf(film)) {
        expect(words(film, node)).toBe(words(copy, node));
        const step = { node, tool: "x", recipe: needed(recipesOf(film).effective(node)) };
        const input = { words: words(film, node) ?? "", takes: takesFor(film), asking };
        expect(requestOf(step, input)).toEqual(requestOf({ ...step }, { ...input, words: words(copy, node) ?? "" }));
      }
    }), { numRuns: 15 });
  });

  test.each([
    ["what happens", { description: "Ada runs" }], ["who it is", { look: { presents: "man" as const } }], ["the colour of a coat", { look: { top: "#20a040" } }],
    ["what lies on the table", { props: ["a knife"] }], ["the place", { place: "ROOF" }],
  ])("changing %s changes what a frame and its clip are asked for", (_, change) => {
    fc.assert(fc.property(filmsWithShots, (film) => {
      const [shot] = film.shots;
      for (const node of [`frame:${shot?.id}`, `clip:${shot?.id}`] as NodeId[]) expect(words(withShot(film, change), node)).not.toBe(words(withShot(film, {}), node));
    }), { numRuns: 20 });
  });

  test("a clip is asked for with its camera, in seconds of its frames, from the panel of its shot; and never without that panel's take", () => {
    fc.assert(fc.property(filmsWithShots, (film) => {
      const [shot] = film.shots;
      const node: NodeId = `clip:${shot?.id}`;
      const recipe = needed(recipesOf(film).effective(node));
      const takes = takesFor(film);
      const request = requestOf({ node, tool: "clip", recipe }, { words: words(film, node) ?? "", takes, asking });
      expect(request).toMatchObject({ tool: "clip", firstFrame: { $asset: `panel of ${shot?.id}` }, aspect: film.aspect, resolution: "720p" });
      expect(request?.tool === "clip" && Math.abs(request.seconds * 24 - Math.round(request.seconds * 24)) < 1e-9).toBe(true);
      takes.delete(`frame:${shot?.id}`);
      expect(() => requestOf({ node, tool: "clip", recipe }, { words: "x", takes, asking })).toThrow(/no panel/);
      expect(requestOf({ node, tool: "clip", recipe }, { words: "x", takes, asking: { ...asking, firstFrame: false } })).toMatchObject({ firstFrame: null });
    }), { numRuns: 20 });
  });

  test("a retake asks with another seed, so that it is not the same again", () => {
    fc.assert(fc.property(filmsWithShots, (film) => {
      const node: NodeId = `frame:${film.shots[0]?.id}`;
      const recipe = needed(recipesOf(film).effective(node));
      const asked = (variant: number) => requestOf({ node, tool: "frame", recipe: { ...recipe, variant } }, { words: "x", takes: new Map(), asking });
      expect(asked(1)).not.toEqual(asked(0));
    }), { numRuns: 10 });
  });

  test("a shot whose panel people brought is still described, by the script", () => {
    fc.assert(fc.property(filmsWithShots, (film) => {
      const id = film.shots[0]?.id;
      const brought: Film = { ...film, choices: { [`frame:${id}`]: { base: null, recipe: uploadRecipe("0".repeat(64)) } } };
      expect(words(brought, `clip:${id}`)).toBe(words(film, `clip:${id}`));
    }), { numRuns: 20 });
  });

  test("no prompt is longer than the model reads, and none ends within a word or half a letter", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.integer({ min: 10, max: 200 }), (text, most) => {
      const cut = cutAtWord(text, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true);
      expect(text.startsWith(cut)).toBe(true);
    }));
    expect(cutAtWord("the quick brown fox", 12)).toBe("the quick");
    expect(cutAtWord("the quick brown fox", 15)).toBe("the quick brown");
    expect(cutAtWord("abc", 3)).toBe("abc");
  });

  test("colours are called by their names", () => {
    expect([colourName("#ff0000"), colourName("#101010"), colourName("#FFFFFF"), colourName("rgb(1,2,3)")]).toEqual(["red", "black", "white", "rgb(1,2,3)"]);
  });

  test("tools that only the house has are not put in words", () => {
    expect(wordsOf({ derived: () => null, effective: () => null }, { node: "cut:film", recipe: { tool: "cut", params: {}, wish: "best", variant: 0 } })).toBeNull();
  });
});
