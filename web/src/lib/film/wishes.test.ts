import { expect, test } from "vitest";
import type { FilmNode, Model, Shot } from "#lib/api/types.ts";
import { forecast, misfitsOf, piecesOf, type Piece } from "./wishes.ts";

const model = (id: string, edit: Partial<Model> = {}): Model => ({
  object: "model", id, label: id, tool: "clip", provider: id.split("/")[0] ?? "", lifecycle: "active", available: true, price: null, quality: 70, sunset: null, speed: { seconds: 30, perSecond: 5 },
  accepts: { seconds: { least: 2, most: 10, only: null }, aspects: ["16:9"], resolutions: ["720p"], firstFrame: "may", promptMax: 1_000, languages: null }, ...edit,
});
const house = model("dailies/clip", { provider: "house", accepts: null, quality: 30, speed: { seconds: 2, perSecond: 0.5 } });
const models = [house, model("runway/gen4.5", { quality: 90 }), model("fal/seedance-1.5-pro"), model("fal/veo3.1", { available: false, quality: 99 })];
const piece = (seconds: number): Piece => ({ node: "clip:s1", kind: "clip", seconds, letters: null, aspect: "16:9", language: "en" });

test("a wish costs what the card says for the model that the router would take", () => {
  expect(forecast("cheapest", { pieces: [piece(5)], models })).toMatchObject({ credits: 5, models: ["dailies/clip"], unable: [] });
  expect(forecast("model:runway/gen4.5", { pieces: [piece(5), piece(4)], models })).toMatchObject({ credits: 135, models: ["runway/gen4.5"] });
  expect(forecast("best", { pieces: [piece(5)], models })).toMatchObject({ credits: 75, models: ["runway/gen4.5"] });
});

test("what a model cannot make is told instead of priced", () => {
  const made = forecast("model:runway/gen4.5", { pieces: [piece(5), piece(12)], models });
  expect(made).toMatchObject({ credits: 75, unable: [{ misfits: [{ field: "seconds", nearest: 10 }] }] });
  expect(misfitsOf(model("runway/gen4.5"), { ...piece(5), aspect: "9:16" })).toMatchObject([{ field: "aspect", nearest: "16:9" }]);
});

test("a model that is not set up here makes nothing", () => {
  expect(forecast("model:fal/veo3.1", { pieces: [piece(5)], models })).toBeNull();
  expect(forecast("cheapest", { pieces: [], models })).toBeNull();
});

test("lengths are those of the shots as they are now, not of what was made before", () => {
  const node = { id: "clip:s1", kind: "clip", shot: "s1", line: null, take: { frames: 240 } } as FilmNode;
  const spoken = { id: "voice:l1", kind: "voice", shot: "s1", line: "l1", take: null } as FilmNode;
  const shots = [{ id: "s1", seconds: 4, lines: [{ id: "l1", text: "Twelve chars" }] } as Shot];
  const project = { aspect: "16:9", language: "en" } as const;
  expect(piecesOf([node, spoken, { ...node, kind: "cut" }], { project, shots })).toEqual([
    { node: "clip:s1", kind: "clip", seconds: 4, letters: null, aspect: "16:9", language: "en" }, { node: "voice:l1", kind: "voice", seconds: null, letters: 12, aspect: "16:9", language: "en" },
  ]);
  expect(piecesOf([node], { project, shots: [] })[0]?.seconds).toBe(10);
});
