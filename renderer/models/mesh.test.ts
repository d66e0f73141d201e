import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage, type SKRSContext2D } from "@napi-rs/canvas";
import { afterAll, expect, test } from "vitest";
import { readGltf } from "../testing/gltf.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { mesh } from "./mesh.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

async function raised(name: string, size: { width: number; height: number }, paint: (context: SKRSContext2D) => void, more: object = {}) {
  const canvas = createCanvas(size.width, size.height);
  paint(canvas.getContext("2d"));
  writeFileSync(file(name), canvas.toBuffer("image/png"));
  const run = await runModel(mesh, { image: urlOf(file(name)), ...more }, place.dir);
  const bytes = readFileSync(run.path("mesh"));
  const gltf = readGltf(bytes);
  const { attributes, indices = -1 } = gltf.json.meshes[0]?.primitives[0] ?? { attributes: {} };
  const triples = (numbers: number[]): number[][] => Array.from({ length: numbers.length / 3 }, (_, n) => numbers.slice(3 * n, 3 * n + 3));
  return { run, bytes, gltf, points: triples(gltf.numbers(attributes.POSITION ?? -1)), normals: triples(gltf.numbers(attributes.NORMAL ?? -1)), uvs: gltf.numbers(attributes.TEXCOORD_0 ?? -1), triangles: triples(gltf.numbers(indices)) };
}

const fill = (context: SKRSContext2D, color: string, x: number, y: number, w: number, h: number): void => {
  context.fillStyle = color;
  context.fillRect(x, y, w, h);
};

test("a picture becomes valid glTF: a plate one metre high, in its shape, that carries the picture", async () => {
  const { gltf, points, run, uvs, bytes } = await raised("plate.png", { width: 800, height: 400 }, (context) => {
    fill(context, "#202020", 0, 0, 800, 400);
    fill(context, "#f0f0f0", 300, 100, 200, 200);
  });
  expect(gltf.problems).toEqual([]);
  const spans = [0, 1, 2].map((axis) => Math.max(...points.map((point) => point[axis] ?? 0)) - Math.min(...points.map((point) => point[axis] ?? 0)));
  expect(spans).toEqual([expect.closeTo(2, 1), expect.closeTo(1, 5), expect.closeTo(0.12 * (0.94 - 0.13), 2)]);
  expect(run.output).toMatchObject({ vertices: points.length, triangles: expect.any(Number) });
  expect([Math.min(...uvs) >= 0, Math.max(...uvs) <= 1]).toEqual([true, true]);
  const view = gltf.json.bufferViews[gltf.json.images?.[0]?.bufferView ?? -1];
  const picture = await loadImage(gltf.bin.subarray(view?.byteOffset ?? 0, (view?.byteOffset ?? 0) + (view?.byteLength ?? 0)));
  expect([picture.width, picture.height]).toEqual([1024, 512]);
  expect(bytes.equals(readFileSync((await runModel(mesh, { image: urlOf(file("plate.png")) }, place.dir)).path("mesh")))).toBe(true);
});

test("what is light stands out, by as much as is asked for", async () => {
  const paint = (context: SKRSContext2D): void => {
    fill(context, "#000000", 0, 0, 400, 400);
    fill(context, "#ffffff", 200, 0, 200, 400);
  };
  for (const depth of [0.1, 0.4]) {
    const { points } = await raised("halves.png", { width: 400, height: 400 }, paint, { depth });
    const mean = (of: number[][]): number => of.reduce((sum, point) => sum + (point[2] ?? 0), 0) / of.length;
    expect(mean(points.filter(([x = 0]) => x > 0.1)) - mean(points.filter(([x = 0]) => x < -0.1))).toBeCloseTo(depth, 2);
  }
});

test("a cut-out becomes a round body with a back, closed at its edge, whose faces look outward", async () => {
  const { gltf, points, normals, triangles } = await raised("figure.png", { width: 300, height: 600 }, (context) => {
    context.fillStyle = "#c04040";
    context.beginPath();
    context.ellipse(150, 300, 100, 280, 0, 0, 2 * Math.PI);
    context.fill();
  });
  expect(gltf.problems).toEqual([]);
  const depths = points.map((point) => point[2] ?? 0);
  expect(Math.max(...depths)).toBeCloseTo(-Math.min(...depths), 5);
  expect(Math.max(...depths)).toBeGreaterThan(0.05);
  expect(Math.max(...points.map((point) => point[1] ?? 0))).toBeLessThanOrEqual(1.7);
  const middle = points.filter(([x = 0, y = 0]) => Math.abs(x) < 0.05 && Math.abs(y - 0.85) < 0.1).map((point) => Math.abs(point[2] ?? 0));
  const rim = points.filter(([x = 0]) => Math.abs(x) > 0.27).map((point) => Math.abs(point[2] ?? 0));
  expect(Math.min(...middle)).toBeGreaterThan(Math.max(...rim));
  // Corners run counter-clockwise as seen from where the normals point.
  const inward = triangles.filter((corners) => {
    const [a = [], b = [], c = []] = corners.map((corner) => points[corner] ?? []);
    const [u, v] = [b.map((value, axis) => value - (a[axis] ?? 0)), c.map((value, axis) => value - (a[axis] ?? 0))];
    const facing = (u[0] ?? 0) * (v[1] ?? 0) - (u[1] ?? 0) * (v[0] ?? 0);
    return facing * (normals[corners[0] ?? 0]?.[2] ?? 0) < 0;
  });
  expect(inward).toEqual([]);
});

test("a needle and a single pixel are meshes too", async () => {
  for (const size of [{ width: 2000, height: 3 }, { width: 1, height: 1 }]) {
    const { gltf, triangles } = await raised("small.png", size, (context) => fill(context, "#808080", 0, 0, size.width, size.height));
    expect([gltf.problems, triangles.length > 0]).toEqual([[], true]);
  }
});

test("nothing, a page, a video, a picture of nothing and a cancelled order make no mesh", async () => {
  for (const [bytes, message] of [["", "the file is empty"], ["<html></html>", "the file is not a video, sound or picture that can be read"]] as const) {
    writeFileSync(file("bad"), bytes);
    await expect(runModel(mesh, { image: urlOf(file("bad")) }, place.dir)).rejects.toMatchObject({ name: "InputError", message });
  }
  const clip = await testClip(file("clip.mp4"), { width: 320, height: 180, frames: 30, hue: 0 });
  await expect(runModel(mesh, { image: urlOf(clip) }, place.dir)).rejects.toMatchObject({ name: "InputError", message: "the file is a video, not a picture" });
  await expect(raised("clear.png", { width: 64, height: 64 }, () => undefined)).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining("see-through everywhere") });
  await expect(runModel(mesh, { image: urlOf(file("halves.png")) }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  expect(mesh.input.safeParse({ image: "https://files.example/a", depth: 2 }).success).toBe(false);
});
