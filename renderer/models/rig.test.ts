import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, describe, expect, test } from "vitest";
import { type Glb, GlbWriter, readGlb, writeGlb } from "../geometry/glb.ts";
import { readGltf } from "../testing/gltf.ts";
import { runModel, testDir, urlOf } from "../testing/run.ts";
import { mesh } from "./mesh.ts";
import { rig } from "./rig.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

type Joints = { name: string; at: [number, number, number] }[];

/** A figure 1.7 m high out of boxes, with its arms held out by an angle of 0 (hanging) to 1 (level). */
function figure(arms: number, node: object = {}): Buffer {
  const points: number[] = [];
  const tube = (from: number[], to: number[], radius: number): void => {
    for (let n = 0; n <= 12; n += 1) {
      for (let turn = 0; turn < 8; turn += 1) {
        const angle = (turn * Math.PI) / 4;
        const along = from.map((value, axis) => value + (((to[axis] ?? 0) - value) * n) / 12);
        points.push((along[0] ?? 0) + radius * Math.cos(angle) * 0.7, (along[1] ?? 0) + radius * Math.cos(angle) * 0.7, (along[2] ?? 0) + radius * Math.sin(angle));
      }
    }
  };
  tube([0, 0.85, 0], [0, 1.4, 0], 0.12);
  tube([0, 1.5, 0], [0, 1.65, 0], 0.08);
  for (const side of [1, -1]) {
    tube([side * 0.1, 0.05, 0], [side * 0.09, 0.85, 0], 0.06);
    const reach = (Math.PI / 2) * arms;
    tube([side * 0.17, 1.38, 0], [side * (0.17 + 0.6 * Math.sin(reach)), 1.38 - 0.6 * Math.cos(reach), 0], 0.04);
  }
  const writer = new GlbWriter({ gltf: { asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0, ...node }], meshes: [] }, bin: Buffer.alloc(0) });
  const axes = [0, 1, 2].map((axis) => points.map(Math.fround).filter((_, n) => n % 3 === axis));
  const position = writer.accessor(Float32Array.from(points), { type: "VEC3", width: 3, min: axes.map((values) => Math.min(...values)), max: axes.map((values) => Math.max(...values)) });
  const indices = writer.accessor(Uint32Array.from({ length: 3 * Math.floor(points.length / 9) }, (_, n) => n), { type: "SCALAR", width: 1 });
  writer.gltf.meshes = [{ primitives: [{ attributes: { POSITION: position }, indices }] }];
  return writer.finish();
}

async function rigOf(bytes: Buffer) {
  writeFileSync(file("figure.glb"), bytes);
  const run = await runModel(rig, { mesh: urlOf(file("figure.glb")) }, place.dir);
  const gltf = readGltf(readFileSync(run.path("mesh")));
  const joints = run.output.joints as unknown as Joints;
  return { run, gltf, joints, at: (name: string) => joints.find((joint) => joint.name === name)?.at ?? [Number.NaN, Number.NaN, Number.NaN] };
}

describe("a standing figure", () => {
  test.each([["level", 1], ["half raised", 0.6]] as const)("with its arms %s has its joints where they belong, left at +x", async (_, arms) => {
    const { at, joints } = await rigOf(figure(arms));
    const reach = (Math.PI / 2) * arms;
    const hand = [0.17 + 0.87 * 0.6 * Math.sin(reach), 1.38 - 0.87 * 0.6 * Math.cos(reach)];
    expect(joints.length).toBe(17);
    for (const [name, sign] of [["leftHand", 1], ["rightHand", -1]] as const) expect(Math.hypot(at(name)[0] - sign * (hand[0] ?? 0), at(name)[1] - (hand[1] ?? 0))).toBeLessThan(0.1);
    expect([at("leftLowerLeg")[0], at("rightFoot")[0]]).toEqual([expect.closeTo(0.1, 1), expect.closeTo(-0.1, 1)]);
    expect(at("head")[1]).toBeGreaterThan(at("chest")[1]);
    expect([at("hips")[0], at("head")[0]]).toEqual([expect.closeTo(0, 2), expect.closeTo(0, 2)]);
  });

  test("is valid glTF with a skin: four weights a vertex that add up to one, and bound as it stands", async () => {
    const { gltf, joints } = await rigOf(figure(0.7));
    expect(gltf.problems).toEqual([]);
    const [skin] = gltf.json.skins ?? [];
    const { attributes } = gltf.json.meshes[0]?.primitives[0] ?? { attributes: {} };
    const weights = gltf.numbers(attributes.WEIGHTS_0 ?? -1);
    const held = gltf.numbers(attributes.JOINTS_0 ?? -1);
    expect(weights.length).toBe(held.length);
    for (let n = 0; n < weights.length; n += 4) expect(weights.slice(n, n + 4).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    expect(Math.max(...held)).toBeLessThan(joints.length);
    expect(skin?.joints.map((node) => gltf.json.nodes[node]?.name)).toEqual(joints.map(({ name }) => name));
    // Each joint is bound at its own place: its way to the scene undoes its binding.
    const bindings = gltf.numbers(skin?.inverseBindMatrices ?? -1);
    const world = (node: number): number[] => {
      const above = gltf.json.nodes.findIndex(({ children }) => children?.includes(node));
      const base = above < 0 ? [0, 0, 0] : world(above);
      return (gltf.json.nodes[node]?.translation ?? [0, 0, 0]).map((value, axis) => value + (base[axis] ?? 0));
    };
    for (const [n, node] of (skin?.joints ?? []).entries()) for (const [axis, value] of world(node).entries()) expect(value + (bindings[16 * n + 12 + axis] ?? 0)).toBeCloseTo(0, 5);
  });

  test("moves its arm with its arm, and nothing else with it", async () => {
    const { gltf, joints } = await rigOf(figure(0.8));
    const { attributes } = gltf.json.meshes[0]?.primitives[0] ?? { attributes: {} };
    const [points, held, weights] = [attributes.POSITION, attributes.JOINTS_0, attributes.WEIGHTS_0].map((accessor) => gltf.numbers(accessor ?? -1));
    const arm = new Set(joints.flatMap(({ name }, n) => (["leftUpperArm", "leftLowerArm", "leftHand"].includes(name) ? [n] : [])));
    for (let n = 0; 3 * n < (points?.length ?? 0); n += 1) {
      const [x = 0, y = 0] = points?.slice(3 * n, 3 * n + 2) ?? [];
      const hold = [0, 1, 2, 3].reduce((sum, k) => sum + (arm.has(held?.[4 * n + k] ?? -1) ? (weights?.[4 * n + k] ?? 0) : 0), 0);
      if (x > 0.45) expect(hold).toBeGreaterThan(0.97);
      if (y < 0.75 || x < -0.15) expect(hold).toBeLessThan(0.03);
    }
  });

  test("stands as it stood, though its node turns, moves and scales it", async () => {
    const [plain, turned] = [await rigOf(figure(0.7)), await rigOf(figure(0.7, { scale: [2, 2, 2], translation: [5, 1, -3] }))];
    for (const { name, at } of plain.joints) for (const [axis, value] of turned.at(name).entries()) expect(value).toBeCloseTo(2 * (at[axis] ?? 0) + ([5, 1, -3][axis] ?? 0), 4);
    expect(turned.gltf.problems).toEqual([]);
    // The first joint's binding takes a point of the mesh to that joint's own space: scaled by two, less its place.
    const binding = turned.gltf.numbers(turned.gltf.json.skins?.[0]?.inverseBindMatrices ?? -1).slice(0, 16);
    expect([binding[0], binding[5], binding[10]]).toEqual([2, 2, 2]);
    expect(binding[13]).toBeCloseTo(1 - turned.at("hips")[1], 4);
  });

  test("may be a mesh of ours, whose picture stays on it; and comes out the same each time", async () => {
    const canvas = createCanvas(300, 600);
    const context = canvas.getContext("2d");
    context.fillStyle = "#a04030";
    for (const [x, y, w, h] of [[100, 110, 100, 230], [120, 10, 60, 90], [130, 95, 40, 30], [105, 330, 40, 265], [155, 330, 40, 265], [60, 120, 30, 210], [210, 120, 30, 210], [60, 120, 180, 30]] as const) context.fillRect(x, y, w, h);
    writeFileSync(file("cut-out.png"), canvas.toBuffer("image/png"));
    const made = readFileSync((await runModel(mesh, { image: urlOf(file("cut-out.png")) }, place.dir)).path("mesh"));
    const [one, two] = [await rigOf(made), await rigOf(made)];
    expect([one.gltf.problems, one.gltf.json.images?.length]).toEqual([[], 1]);
    expect(readFileSync(one.run.path("mesh")).equals(readFileSync(two.run.path("mesh")))).toBe(true);
    expect(one.at("leftHand")[1]).toBeLessThan(one.at("leftUpperArm")[1] - 0.4);
  });
});

describe("what is no standing figure in one file is refused with a sentence", () => {
  const changed = (change: (glb: Glb) => void): Buffer => {
    const glb = readGlb(figure(0.7));
    change(glb);
    return writeGlb(glb);
  };
  test.each([
    ["nothing", () => Buffer.alloc(0), "the mesh is not a GLB file"],
    ["a page", () => Buffer.from("<html><body>404 Not Found</body></html>"), "the mesh is not a GLB file"],
    ["half a file", () => figure(0.7).subarray(0, 2000), "the mesh is damaged: its length"],
    ["version 1", () => Buffer.from(figure(0.7)).fill(1, 4, 5), "not glTF of version 2"],
    ["a description that is none", () => Buffer.from(figure(0.7)).fill("x", 20, 40), "the mesh is damaged: its description"],
    ["points beyond the end", () => changed(({ gltf }) => void Object.assign(gltf.accessors?.[0] ?? {}, { count: 200_000 })), "the mesh is damaged: its points reach beyond"],
    ["points without end", () => changed(({ gltf }) => void Object.assign(gltf.accessors?.[0] ?? {}, { count: 4_000_000_000 })), "more than 300 000 vertices"],
    ["points of bytes", () => changed(({ gltf }) => void Object.assign(gltf.accessors?.[0] ?? {}, { componentType: 5121 })), "three floats each"],
    ["Draco", () => changed(({ gltf }) => void Object.assign(gltf, { extensionsRequired: ["KHR_draco_mesh_compression"] })), "needs KHR_draco_mesh_compression"],
    ["an empty scene", () => changed(({ gltf }) => void Object.assign(gltf, { scenes: [{ nodes: [] }] })), "its scene shows nothing"],
    ["a skeleton already", () => changed(({ gltf }) => void Object.assign(gltf, { skins: [{ joints: [0] }] })), "has a skeleton already"],
    ["a lying figure", () => figure(0.1, { rotation: [0, 0, Math.SQRT1_2, Math.SQRT1_2] }), "no standing figure"],
    ["nodes in a circle", () => changed(({ gltf }) => void Object.assign(gltf.nodes?.[0] ?? {}, { children: [0], mesh: undefined })), "its scene shows nothing"],
  ])("%s", async (_, make, message) => {
    await expect(rigOf(make())).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining(message) });
  });

  test("a file that names another, and a cancelled order", async () => {
    const text = figure(0.7).toString("latin1").replace('"buffers":[{"byteLength"', '"buffers":[{"uri":"a.bin","byteLength"');
    const bytes = Buffer.from(text, "latin1");
    // The description grew by 14 bytes: pad it to four, and say so.
    const length = bytes.readUInt32LE(12) + 14;
    const padded = Buffer.concat([bytes.subarray(0, 20 + length), Buffer.alloc((4 - (length % 4)) % 4, 0x20), bytes.subarray(20 + length)]);
    padded.writeUInt32LE(padded.length, 8);
    padded.writeUInt32LE(length + ((4 - (length % 4)) % 4), 12);
    await expect(rigOf(padded)).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining("names other files") });
    writeFileSync(file("figure.glb"), figure(0.7));
    await expect(runModel(rig, { mesh: urlOf(file("figure.glb")) }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  });
});
