import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readPoints } from "../geometry/accessors.ts";
import { type Glb, type GltfNode, GlbWriter, readGlb } from "../geometry/glb.ts";
import { type Matrix, moved, type Point, times, translation, worldOf } from "../geometry/matrix.ts";
import { fitSkeleton, type Joint, skinWeights } from "../geometry/skeleton.ts";
import { fileUrl } from "../media/rework.ts";
import { defineModel, InputError } from "../model.ts";

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_VERTICES = 300_000;

/** A figure that can be moved. */
export const rig = defineModel({
  name: "rig",
  description: "A GLB of a standing figure, with a skeleton of 17 joints fitted into it and its skin bound to them.",
  input: z.object({ mesh: fileUrl }),
  run: async ({ mesh }, ctx) => {
    ctx.progress(5, "fetching the mesh");
    const path = await ctx.fetchFile(mesh);
    if (statSync(path).size > MOST_BYTES) throw new InputError("the mesh is larger than 256 MB");
    ctx.progress(20, "reading the mesh");
    const glb = readGlb(readFileSync(path));
    const parts = partsOf(glb);
    ctx.signal.throwIfAborted();
    ctx.progress(40, "fitting the skeleton");
    const joints = fitSkeleton(parts.flatMap(({ primitives }) => primitives.flatMap(({ points }) => points)));
    ctx.progress(60, "binding the skin");
    const file = join(ctx.dir, "rigged.glb");
    writeFileSync(file, rigged(glb, parts, joints));
    return { mesh: { file }, joints: joints.map(({ name, at }) => ({ name, at: [...at] })), vertices: parts.reduce((sum, { primitives }) => sum + primitives.reduce((count, { points }) => count + points.length, 0), 0) };
  },
});

/** A node with a mesh: how it lies in the scene, and the points of each of its primitives there. */
interface Part {
  node: GltfNode;
  world: Matrix;
  primitives: { attributes: Record<string, number>; points: Point[] }[];
}

function partsOf(glb: Glb): Part[] {
  const { nodes = [], meshes = [], scenes = [], scene = 0, skins = [] } = glb.gltf;
  if (skins.length > 0) throw new InputError("the mesh has a skeleton already");
  const parts: Part[] = [];
  let vertices = 0;
  for (const [index, world] of worldOf(nodes, scenes[scene]?.nodes ?? [])) {
    const node = nodes[index];
    const mesh = node?.mesh === undefined ? undefined : meshes[node.mesh];
    if (!node || !mesh) continue;
    vertices += mesh.primitives.reduce((sum, { attributes }) => sum + (glb.gltf.accessors?.[attributes.POSITION ?? -1]?.count ?? 0), 0);
    if (vertices > MOST_VERTICES) throw new InputError("the mesh has more than 300 000 vertices");
    const primitives = mesh.primitives.map(({ attributes }) => ({ attributes, points: readPoints(glb, attributes.POSITION).map((point) => moved(world, point)) }));
    parts.push({ node, world, primitives });
  }
  if (parts.length === 0) throw new InputError("the mesh is empty: its scene shows nothing");
  // A mesh that stands in the scene twice would need two skins of its own.
  if (new Set(parts.map(({ node }) => node.mesh)).size < parts.length) throw new InputError("the mesh uses a part of itself twice: make them separate meshes");
  return parts;
}

/** The same file with joints as nodes, one skin a mesh node, and four joints a vertex. */
function rigged(glb: Glb, parts: readonly Part[], joints: readonly Joint[]): Buffer {
  const writer = new GlbWriter(glb);
  const { gltf } = writer;
  const nodes = (gltf.nodes ??= []);
  const first = nodes.length;
  for (const [index, { name, parent, at }] of joints.entries()) {
    const above = parent === null ? ([0, 0, 0] as const) : (joints[parent]?.at ?? ([0, 0, 0] as const));
    const children = joints.flatMap((joint, n) => (joint.parent === index ? [first + n] : []));
    nodes.push({ name, translation: at.map((value, axis) => value - (above[axis] ?? 0)), ...(children.length > 0 ? { children } : {}) });
  }
  gltf.scenes?.[gltf.scene ?? 0]?.nodes?.push(first);
  const skins = (gltf.skins ??= []);
  for (const { node, world, primitives } of parts) {
    // A skinned node's own place in the scene does not count: it goes into the binding.
    const bindings = joints.flatMap(({ at }) => [...times(translation([-at[0], -at[1], -at[2]]), world)]);
    const inverseBindMatrices = writer.accessor(Float32Array.from(bindings), { type: "MAT4", width: 16 });
    skins.push({ name: "skeleton", joints: joints.map((_, n) => first + n), inverseBindMatrices, skeleton: first });
    node.skin = skins.length - 1;
    for (const { attributes, points } of primitives) {
      const bound = skinWeights(points, joints);
      attributes.JOINTS_0 = writer.accessor(bound.joints, { type: "VEC4", width: 4, target: 34_962 });
      attributes.WEIGHTS_0 = writer.accessor(bound.weights, { type: "VEC4", width: 4, target: 34_962 });
    }
  }
  return writer.finish();
}
